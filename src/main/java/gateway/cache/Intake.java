package gateway.cache;

import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Algorithm;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import gateway.storage.LengthException;
import gateway.storage.Spool;
import gateway.storage.StorageException;
import gateway.storage.TooLargeException;
import gateway.storage.Urgency;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Takes in what clients upload: a body becomes an entry as a whole, or nothing is left of it. */
final class Intake {

    /** Left free on the volume. */
    private static final long RESERVE = 16L << 20;

    private final Catalog catalog;
    private final BlobStore store;
    private final Evictor evictor;

    Intake(Parts parts, Evictor evictor) {
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.evictor = evictor;
    }

    /**
     * A body on its way.
     *
     * @param length in bytes as declared, -1 when it is not
     * @param most bytes that it may have
     * @param digests wanted besides SHA-256
     */
    record Upload(Flux<ByteBuf> body, long length, long most, Set<Algorithm> digests) {}

    /** A body that is there. */
    record Filled(long size, Map<Algorithm, String> digests) {

        Digest digest() {
            return new Digest(digests.getOrDefault(Algorithm.SHA256, ""));
        }

        /** All digests but the name of the blob, by label. */
        Map<String, String> further() {
            Map<String, String> further = new TreeMap<>();
            digests.forEach((algorithm, hex) -> {
                if (algorithm != Algorithm.SHA256) {
                    further.put(algorithm.label(), hex);
                }
            });
            return further;
        }
    }

    /** Takes the body, and lets the keeper make an entry of it; an error when it is not kept. */
    Mono<Entry> take(Upload upload, BiFunction<Spool, Filled, Mono<Entry>> keeper) {
        if (upload.length() > upload.most()) {
            return Mono.error(tooLarge(upload.most()));
        }
        return Mono.usingWhen(
                        room(upload.length()).then(store.create()),
                        spool -> fill(upload, spool).flatMap(filled -> {
                            spool.complete();
                            return keeper.apply(spool, filled);
                        }),
                        spool -> Mono.fromRunnable(spool::release),
                        (spool, error) -> abandon(spool),
                        this::abandon)
                .onErrorMap(Intake::explained);
    }

    /** A body that was in another. */
    record Unwrapped<W>(W told, Spool spool, Filled filled) {}

    /**
     * Takes a body that is not kept, and gives what was in it to a keeper, who may keep that.
     *
     * @param most bytes of what is in it
     */
    <W, T> Mono<T> unwrap(
            Upload upload, Shelf.Unwrapper<W> unwrapper, long most, Function<Unwrapped<W>, Mono<T>> keeper) {
        if (upload.length() > upload.most()) {
            return Mono.error(tooLarge(most));
        }
        return Mono.usingWhen(
                        room(upload.length()).then(store.create()),
                        outer -> outer.fill(bounded(upload), upload.length(), Long.MAX_VALUE)
                                .then(Mono.usingWhen(
                                        store.create(),
                                        inner -> unwrapped(outer, inner, unwrapper, most, upload.digests())
                                                .flatMap(keeper),
                                        this::abandon,
                                        (inner, error) -> abandon(inner),
                                        this::abandon)),
                        this::abandon,
                        (outer, error) -> abandon(outer),
                        this::abandon)
                .onErrorMap(TooLargeException.class, error -> tooLarge(most))
                .onErrorMap(IOException.class, error -> new StorageException("cannot unwrap an upload", error))
                .onErrorMap(Intake::explained);
    }

    private <W> Mono<Unwrapped<W>> unwrapped(
            Spool outer, Spool inner, Shelf.Unwrapper<W> unwrapper, long most, Set<Algorithm> digests) {
        return store.read(outer, in -> {
                    try (OutputStream out = inner.writer(most)) {
                        return unwrapper.unwrap(in, out);
                    }
                })
                .flatMap(told -> inner.digests(wanted(digests)).map(found -> {
                    inner.complete();
                    return new Unwrapped<>(told, inner, new Filled(inner.written(), found));
                }));
    }

    private static Throwable explained(Throwable error) {
        return switch (error) {
            case LengthException length -> brokeOff(length);
            case StorageException full -> new Failure(507, "there is no room for it, or the store fails", null, full);
            default -> error;
        };
    }

    private static Set<Algorithm> wanted(Set<Algorithm> further) {
        Set<Algorithm> wanted = EnumSet.of(Algorithm.SHA256);
        wanted.addAll(further);
        return wanted;
    }

    /**
     * Makes bytes an entry, in place of the one before: blob, manifest, catalog, in this order, and then what the caller
     * notes. When that fails, what was there before is there again.
     *
     * @param before empty when there is none
     */
    Mono<Entry> keep(Spool spool, Entry entry, Mono<Entry> before, Mono<Void> noted) {
        return store.publish(spool, new Digest(entry.sha256()))
                .then(before)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(held -> place(entry)
                        .then(noted)
                        .onErrorResume(
                                error -> undo(held, entry).onErrorComplete().then(Mono.error(error)))
                        .then(evictor.replaced(held.orElse(null), entry)))
                .onErrorResume(error -> evictor.deleteUnreferenced(new Digest(entry.sha256()))
                        .onErrorComplete()
                        .then(Mono.error(error)))
                .then(Mono.defer(evictor::stored))
                .thenReturn(entry);
    }

    private Mono<Void> place(Entry entry) {
        return store.place(entry.place(), new Digest(entry.sha256()), Manifests.write(entry))
                .then(catalog.save(entry));
    }

    private Mono<Void> undo(Optional<Entry> before, Entry entry) {
        return before.map(this::place).orElseGet(() -> evictor.remove(entry));
    }

    private static Mono<Filled> fill(Upload upload, Spool spool) {
        Set<Algorithm> wanted = wanted(upload.digests());
        return Mono.defer(() -> {
                    wanted.forEach(algorithm -> spool.begin(algorithm, Urgency.AWAITED));
                    return spool.fill(bounded(upload), upload.length(), Long.MAX_VALUE);
                })
                .flatMap(size -> spool.digests(wanted).map(digests -> new Filled(size, digests)));
    }

    private static Flux<ByteBuf> bounded(Upload upload) {
        AtomicLong seen = new AtomicLong();
        return upload.body().onErrorMap(Intake::brokeOff).map(buffer -> {
            if (seen.addAndGet(buffer.readableBytes()) > upload.most()) {
                buffer.release();
                throw tooLarge(upload.most());
            }
            return buffer;
        });
    }

    private static Failure tooLarge(long most) {
        return new Failure(413, "larger than uploads may be here: " + most + " bytes", null, null);
    }

    private static Failure brokeOff(Throwable error) {
        return error instanceof Failure known ? known : new Failure(400, "the upload broke off", null, error);
    }

    private Mono<Void> room(long length) {
        return store.free()
                .flatMap(free -> free - RESERVE >= length
                        ? Mono.empty()
                        : Mono.error(new Failure(507, "there is no room for it", null, null)));
    }

    private Mono<Void> abandon(Spool spool) {
        spool.fail(new IllegalStateException("the upload was not kept"));
        return store.abandon(spool).onErrorComplete().then(Mono.fromRunnable(spool::release));
    }
}
