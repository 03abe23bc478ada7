package gateway.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An answer whose head is there. */
final class ReceivedResponse implements UpstreamResponse {

    /**
     * The head.
     *
     * @param decoded whether the body is unpacked on its way to us, so that its length and encoding no longer apply
     */
    record Head(String method, URI uri, int status, HttpHeaders headers, boolean decoded) {

        /** Whether no body follows, whatever the headers say. */
        boolean bodiless() {
            return method.equals("HEAD") || status == 204 || status == 304;
        }

        /** The length that was declared for the bytes on the wire; negative for none. */
        long declared() {
            String text = headers.get(HttpHeaderNames.CONTENT_LENGTH);
            return text != null && text.strip().matches("[0-9]{1,18}") ? Long.parseLong(text.strip()) : -1;
        }

        private boolean hides(String name) {
            return decoded
                    && (HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
                            || HttpHeaderNames.CONTENT_ENCODING.contentEqualsIgnoreCase(name));
        }
    }

    private final Head head;
    private final Flux<ByteBuf> body;
    private final Runnable drop;
    private final Outcome outcome;
    private final AtomicBoolean taken = new AtomicBoolean();

    /**
     * An answer.
     *
     * @param body subscribed once at most
     * @param drop run instead when nobody wants the body
     * @param outcome told how the body ends
     */
    ReceivedResponse(Head head, Flux<ByteBuf> body, Runnable drop, Outcome outcome) {
        this.head = head;
        this.body = body;
        this.drop = drop;
        this.outcome = outcome;
    }

    Head head() {
        return head;
    }

    /** The same answer with another body, which holds no connection. */
    ReceivedResponse with(Flux<ByteBuf> settled) {
        return new ReceivedResponse(head, settled, () -> {}, outcome);
    }

    @Override
    public int status() {
        return head.status();
    }

    @Override
    public @Nullable String header(String name) {
        return head.hides(name) ? null : head.headers().get(name);
    }

    @Override
    public Optional<Long> length() {
        if (head.status() == 204 || head.status() == 304) {
            return Optional.of(0L);
        }
        return head.decoded() || head.declared() < 0 ? Optional.empty() : Optional.of(head.declared());
    }

    @Override
    public URI uri() {
        return head.uri();
    }

    @Override
    public Flux<ByteBuf> body() {
        return content()
                .concatWith(Mono.fromRunnable(outcome::fine))
                .onErrorResume(error -> {
                    failed(error);
                    return Flux.error(error);
                })
                .doOnCancel(outcome::fine);
    }

    @Override
    public void discard() {
        outcome.fine();
        drop();
    }

    /** The body of an answer that is not the last word, for instance a redirect. */
    Flux<ByteBuf> content() {
        return Flux.defer(() -> taken.compareAndSet(false, true)
                ? body
                : Flux.error(new IllegalStateException("the body was taken or discarded before")));
    }

    /** Discards an answer that is not the last word. */
    void drop() {
        if (taken.compareAndSet(false, true)) {
            drop.run();
        }
    }

    @Override
    public void failed(Throwable cause) {
        outcome.failed(cause);
    }
}
