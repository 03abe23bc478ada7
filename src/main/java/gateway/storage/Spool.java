package gateway.storage;

import gateway.format.Algorithm;
import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

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

    /** What a finished body turned out to be. */
    public record Filled(Digest digest, long size, Map<Algorithm, String> digests) {}

    /** A part of the body for a socket, and where it stands in the body. */
    public record Region(long position, long length, FileRegion file) {}

    private sealed interface State {
        record Running() implements State {}

        record Complete() implements State {}

        record Failed(Throwable cause) implements State {}
    }

    private final Path path;
    private final SharedFile file;
    private final Scheduler scheduler;
    private final CopyOnWriteArrayList<Follower> followers = new CopyOnWriteArrayList<>();

    /** Bytes written. */
    private volatile long written;
    /** Bytes that followers may read; never more than written. */
    private volatile long visible;

    private volatile State state = new State.Running();

    Spool(Path path, SharedFile file, Scheduler scheduler) {
        this.path = path;
        this.file = file;
        this.scheduler = scheduler;
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
     * Appends the body, to be called once; the buffers are released here. The result says what arrived, which nobody has
     * verified yet.
     *
     * @param length declared length, -1 when unknown; a body of another length is an error
     * @param limit most bytes to accept
     * @param digests computed beside SHA-256
     */
    public Mono<Filled> fill(Flux<ByteBuf> body, long length, long limit, Set<Algorithm> digests) {
        return Mono.create(sink -> {
            Ingest ingest = new Ingest(this, scheduler.createWorker(), length, limit, digests, sink);
            sink.onDispose(ingest);
            body.subscribe(ingest);
        });
    }

    /** The bytes are right: shows the last of them and lets followers end. */
    public void complete() {
        visible = written;
        state = new State.Complete();
        signal();
    }

    /** The bytes are wrong or will not come: breaks all followers off, now and later. */
    public void fail(Throwable cause) {
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
            subscriber.onSubscribe(follower);
            follower.drain();
        });
    }

    /** Called by the writer's worker after each batch. */
    void wrote(long total, long nowVisible) {
        written = total;
        visible = nowVisible;
        signal();
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
    }
}
