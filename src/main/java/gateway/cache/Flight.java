package gateway.cache;

import gateway.catalog.Absence;
import gateway.catalog.Entry;
import gateway.storage.Spool;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One fetch that any number of askers share. It belongs to its key, never to a request: nobody's leaving stops it.
 *
 * <p>It tells two things, each once: what the upstream's head said, and what was stored in the end. Both are kept for
 * askers who come later.
 */
final class Flight {

    /** What the upstream's head said. */
    sealed interface Head {

        /**
         * A body is coming.
         *
         * @param length -1 when unknown
         * @param lastModified null when the upstream did not say
         * @param promised whether its digest is known, so that no part may be released on its own before it is verified
         * @param rescuer goes on alone when the store fails
         */
        record Streaming(
                Spool spool,
                String contentType,
                long length,
                @Nullable String lastModified,
                boolean promised,
                Rescue rescuer)
                implements Head {}

        /**
         * The entry is right as it is.
         *
         * @param status the upstream's, 304, or 206 when it added to what was held, or 0 when somebody had stored it meanwhile
         */
        record Settled(Entry entry, int status) implements Head {}

        /** The upstream says that it does not exist. */
        record Gone(Absence absence) implements Head {}
    }

    private final Sinks.One<Head> head = Sinks.one();
    private final Sinks.One<Entry> stored = Sinks.one();
    private final Sinks.Empty<Void> landed = Sinks.empty();
    private volatile boolean over;

    /** What the head said, or why there was none. */
    Mono<Head> head() {
        return head.asMono();
    }

    /** The entry when it is stored; empty when there is nothing to store; the error when that failed. */
    Mono<Entry> stored() {
        return stored.asMono();
    }

    /** Completes when nobody can join it any more. */
    Mono<Void> landed() {
        return landed.asMono();
    }

    void streaming(Head.Streaming streaming) {
        head.tryEmitValue(streaming);
    }

    void settled(Entry entry, int status) {
        over = true;
        head.tryEmitValue(new Head.Settled(entry, status));
        stored.tryEmitValue(entry);
    }

    /** Whether what it fetched is in the catalog, or it ended with nothing: who comes now looks there, or starts anew. */
    boolean over() {
        return over;
    }

    void gone(Absence absence) {
        over = true;
        head.tryEmitValue(new Head.Gone(absence));
        stored.tryEmitEmpty();
    }

    void stored(Entry entry) {
        over = true;
        stored.tryEmitValue(entry);
    }

    /** Ends the flight for all who wait; later calls and earlier results stand. */
    void failed(Throwable error) {
        over = true;
        head.tryEmitError(error);
        stored.tryEmitError(error);
    }

    void land() {
        landed.tryEmitEmpty();
    }
}
