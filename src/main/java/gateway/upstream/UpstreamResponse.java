package gateway.upstream;

import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Head of an upstream's answer, with its body still to come. */
public interface UpstreamResponse {

    int status();

    /** First value of a header, in any case; null when it is absent. */
    @Nullable
    String header(String name);

    /** Length of the body as it will be emitted; empty when unknown or when it was compressed in transit. */
    Optional<Long> length();

    /** Where the answer came from, after redirects. */
    URI uri();

    /**
     * The body, to be subscribed once; the subscriber owns the buffers. Ends with an {@link UpstreamException} when the
     * connection breaks, stays idle too long, or ends before the declared length.
     */
    Flux<ByteBuf> body();

    /** Drops the body and gives the connection up; harmless when it was consumed. */
    void discard();

    /**
     * Tells the breaker that the body failed after a good head; the pipeline calls it, since an operator on the head
     * cannot see it.
     */
    void failed(Throwable cause);
}
