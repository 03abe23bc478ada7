package gateway.upstream;

import gateway.settings.Upstream;
import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * One question to an upstream.
 *
 * @param upstream whose credentials, breaker and budget apply
 * @param lane which breaker of that upstream counts it
 * @param method {@code GET}, {@code HEAD} or {@code POST}
 * @param uri absolute; credentials of the upstream are sent only when it lies below one of the upstream's own addresses
 * @param headers what the pipeline asks for, for example {@code Accept}, {@code If-None-Match}, {@code Range}
 * @param body null for none; subscribed at most once
 * @param encoded whether the body may be compressed in transit; it is decoded before anybody sees it
 */
public record UpstreamRequest(
        Upstream upstream,
        Lane lane,
        String method,
        URI uri,
        Map<String, String> headers,
        @Nullable Flux<ByteBuf> body,
        boolean encoded) {

    /** Class of requests with a breaker of its own. */
    public enum Lane {
        INDEX,
        ARTIFACT
    }
}
