package gateway.storage;

import gateway.format.Algorithm;
import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A file that is being written: one writer appends, any number of followers read up to where it has come.
 *
 * <p>Followers read the <em>file</em>, each at its own pace. A shared Flux would tie them together: the slowest would set
 * the pace of the fetch, or its backlog would sit on the heap. Here a slow client costs nothing, a leaver stops nothing,
 * and a late joiner begins at byte 0 like everybody else.
 *
 * <p>A body can break after its last byte has been read: its digest may be wrong. So while the length is known the last
 * byte stays invisible until {@link #complete}, and no follower ends before that call. A client therefore never holds
 * something that looks whole and is not; {@link #fail} breaks every follower off instead.
 *
 * <p>The order of volatile accesses carries the design: the writer stores {@code visible} before {@code state}, followers
 * load {@code state} before {@code visible}. Whoever sees the end therefore sees all bytes.
 */
public final class Spool {

    /** A part of the body for a socket, and where it stands in the body. */
    public record Region(long position, long length, FileRegion file) {}

    private sealed interface State {
        record Running() implements State {}

        record Complete() implements State {}

        record Failed(Throwable cause) implements State {}
    }

    private final Path path;
    private final SharedFile file;
    private final Workers workers;
    private final CopyOnWriteArrayList<Follower> followers = new CopyOnWriteArrayList<>();
    private final Map<Algorithm, Digesting> digests = new ConcurrentHashMap<>();

    /** Bytes written. */
    private volatile long written;
    /** Whether the writer has come to the end of the body. */
    private volatile boolean filled;
    /** Bytes that followers may read; never more than written. */
    private volatile long visible;

    private volatile State state = new State.Running();
    /** Why the file is of no use any more, also when its bytes were right. */
    private volatile @Nullable Throwable ruined;

    Spool(Path path, SharedFile file, Workers workers) {
        this.path = path;
        this.file = file;
        this.workers = workers;
    }

    Path path() {
        return path;
    }

    SharedFile file() {
        return file;
    }

    /** Bytes written so far. */
    public long written() {
        return written;
    }

    /**
     * Appends the body, to be called once; the buffers are released here. The result is how many bytes arrived, which
     * nobody has verified yet.
     *
     * @param length declared length, -1 when unknown; a body of another length is an error
     * @param limit most bytes to accept
     */
    public Mono<Long> fill(Flux<ByteBuf> body, long length, long limit) {
        return Mono.create(sink -> {
            Ingest ingest = new Ingest(this, workers.writers(), length, limit, sink);
            sink.onDispose(ingest);
            body.subscribe(ingest);
        });
    }

    /**
     * Fills it from a worker instead, once; closing says that nothing more comes.
     *
     * @param limit most bytes to accept; more are a {@link TooLargeException}
     */
    public OutputStream writer(long limit) {
        return new SpoolWriter(this, limit);
    }

    /** Begins a digest, which is then computed while the body comes in; the highest urgency counts. */
    public void begin(Algorithm algorithm, Urgency urgency) {
        Digesting digesting = digesting(algorithm, urgency);
        if (urgency == Urgency.AWAITED) {
            digesting.hurry(workers.digests(urgency));
        }
    }

    /**
     * A digest of the whole body, lower-case hex; an error once the spool has failed. One that was begun before stays as
     * urgent as it was: who asks need not be a client that waits.
     */
    public Mono<String> digest(Algorithm algorithm) {
        return Mono.defer(() -> digesting(algorithm, Urgency.AWAITED).hex());
    }

    /** Several digests of the whole body. */
    public Mono<Map<Algorithm, String>> digests(Set<Algorithm> algorithms) {
        return Flux.fromIterable(algorithms)
                .flatMap(algorithm -> digest(algorithm).map(hex -> Map.entry(algorithm, hex)))
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    private Digesting digesting(Algorithm algorithm, Urgency urgency) {
        Digesting digesting = digests.computeIfAbsent(algorithm, it -> begun(it, urgency));
        // Only from here on does the writer see it, and may have ended meanwhile without telling it.
        digesting.wake();
        Throwable cause = ruined;
        if (cause != null) {
            digesting.stop(cause);
        }
        return digesting;
    }

    /** The bytes are right: shows the last of them and lets followers end. */
    public void complete() {
        visible = written;
        state = new State.Complete();
        signal();
    }

    /** The bytes are wrong or will not come: breaks all followers off, now and later. */
    public void fail(Throwable cause) {
        ruined = cause;
        digests.values().forEach(digest -> digest.stop(cause));
        // What was found right stays right, also when it could not be published afterwards.
        if (state instanceof State.Running) {
            state = new State.Failed(cause);
            signal();
        }
    }

    /** Keeps the file open until a matching {@link #release}; false when it was closed already. */
    public boolean tryRetain() {
        return file.tryRetain();
    }

    /** Lets go of the file; followers that still read keep it open for themselves. */
    public void release() {
        file.release();
    }

    /**
     * Follows the body.
     *
     * @param from first byte
     * @param to end, exclusive; -1 for the end of the body
     */
    public Flux<Region> follow(long from, long to) {
        return Flux.from(subscriber -> {
            if (!file.tryRetain()) {
                reactor.core.publisher.Operators.error(
                        subscriber, new IllegalStateException("the spool was let go before it was followed"));
                return;
            }
            Follower follower = new Follower(this, subscriber, from, to < 0 ? Long.MAX_VALUE : to);
            followers.add(follower);
            follower.begin();
        });
    }

    /** Called by the writer's worker after each batch. */
    void wrote(long total, long nowVisible) {
        written = total;
        visible = nowVisible;
        signal();
    }

    /** Called by the writer's worker when nothing more will come. */
    void ended() {
        filled = true;
        digests.values().forEach(Digesting::wake);
    }

    boolean filled() {
        return filled;
    }

    private Digesting begun(Algorithm algorithm, Urgency urgency) {
        Digesting digesting = new Digesting(this, algorithm, workers.digests(urgency));
        if (!file.tryRetain()) {
            digesting.refuse(new IllegalStateException("the spool was let go before its digest was asked for"));
        }
        return digesting;
    }

    void left(Follower follower) {
        followers.remove(follower);
        file.release();
    }

    /** What a follower at this position can do. */
    Next next(long position, long to) {
        State now = state;
        long end = Math.min(visible, to);
        return switch (now) {
            case State.Failed failed -> new Next(0, false, failed.cause());
            case State.Complete complete -> new Next(end - position, end <= position, null);
            case State.Running running -> new Next(end - position, position >= to, null);
        };
    }

    /** Bytes that can be read now, whether that is all, and why there will be no more. */
    record Next(long available, boolean end, @Nullable Throwable failure) {}

    private void signal() {
        for (Follower follower : followers) {
            follower.drain();
        }
        for (Digesting digest : digests.values()) {
            digest.wake();
        }
    }
}
