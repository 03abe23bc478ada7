package gateway.upstream.git;

import gateway.upstream.UpstreamException;
import gateway.upstream.UpstreamException.Reason;
import gateway.upstream.UpstreamResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;

/** An answer that was made here. */
final class GitResponse implements UpstreamResponse {

    private static final int PIECE = 128 << 10;

    private final URI uri;
    private final int status;
    private final String contentType;
    private final long length;
    private final Map<String, String> headers;
    private final Flux<ByteBuf> body;
    private final Runnable drop;
    private final AtomicBoolean taken = new AtomicBoolean();

    /** @param length negative for one that is not known */
    private GitResponse(URI uri, int status, String contentType, long length, Flux<ByteBuf> body, Runnable drop) {
        this(uri, status, contentType, length, Map.of(), body, drop);
    }

    private GitResponse(
            URI uri,
            int status,
            String contentType,
            long length,
            Map<String, String> headers,
            Flux<ByteBuf> body,
            Runnable drop) {
        this.uri = uri;
        this.status = status;
        this.contentType = contentType;
        this.length = length;
        this.headers = headers;
        this.body = body;
        this.drop = drop;
    }

    /** The same with more headers; their names in lower case. */
    GitResponse with(Map<String, String> more) {
        return new GitResponse(uri, status, contentType, length, more, body, drop);
    }

    static GitResponse of(URI uri, int status, String contentType, byte[] bytes) {
        Flux<ByteBuf> body =
                Flux.defer(() -> bytes.length == 0 ? Flux.empty() : Flux.just(Unpooled.wrappedBuffer(bytes)));
        return new GitResponse(uri, status, contentType, bytes.length, body, () -> {});
    }

    /** What HEAD gets of something that nobody made yet. */
    static GitResponse head(URI uri, String contentType) {
        return new GitResponse(uri, 200, contentType, -1, Flux.empty(), () -> {});
    }

    /**
     * A file, which is closed when it was read, or is not wanted.
     *
     * @param threads where it is read
     */
    static GitResponse file(URI uri, String contentType, long length, InputStream file, Scheduler threads) {
        Flux<ByteBuf> body = Flux.<ByteBuf, InputStream>generate(
                        () -> file,
                        (in, sink) -> {
                            read(in, sink);
                            return in;
                        },
                        GitResponse::close)
                .subscribeOn(threads);
        return new GitResponse(uri, 200, contentType, length, body, () -> close(file));
    }

    private static void read(InputStream in, SynchronousSink<ByteBuf> sink) {
        try {
            byte[] bytes = in.readNBytes(PIECE);
            if (bytes.length == 0) {
                sink.complete();
            } else {
                sink.next(Unpooled.wrappedBuffer(bytes));
            }
        } catch (IOException e) {
            sink.error(new UpstreamException(Reason.BROKEN_BODY, "a module could not be read", null, e));
        }
    }

    private static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public @Nullable String header(String name) {
        if (name.equalsIgnoreCase("Content-Length")) {
            return length < 0 ? null : Long.toString(length);
        }
        return name.equalsIgnoreCase("Content-Type") ? contentType : headers.get(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public Optional<Long> length() {
        return length < 0 ? Optional.empty() : Optional.of(length);
    }

    @Override
    public URI uri() {
        return uri;
    }

    @Override
    public Flux<ByteBuf> body() {
        return Flux.defer(() -> taken.compareAndSet(false, true)
                ? body
                : Flux.error(new IllegalStateException("the body was taken or discarded before")));
    }

    @Override
    public void discard() {
        if (taken.compareAndSet(false, true)) {
            drop.run();
        }
    }

    @Override
    public void failed(Throwable cause) {
        // There is no breaker to be told: what failed was made here.
    }
}
