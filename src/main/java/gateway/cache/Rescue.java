package gateway.cache;

import gateway.upstream.UpstreamException;
import gateway.upstream.UpstreamRequest;
import gateway.upstream.UpstreamResponse;
import gateway.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Goes on with a body that broke, by {@code Range} and {@code If-Range}, so that clients see a pause and not an error.
 *
 * <p>Only a strong validator promises that the tail belongs to the head (RFC 9110, section 13.1.5): without one a broken
 * body stays broken.
 *
 * @param uri where the body was asked for: redirects are followed anew, since signed addresses expire
 * @param validator strong ETag; null when the upstream gave none
 */
record Rescue(
        Upstreams upstreams,
        UpstreamRequest original,
        URI uri,
        long length,
        @Nullable String validator) {

    private static final int ATTEMPTS = 3;

    static Rescue of(Upstreams upstreams, UpstreamRequest request, UpstreamResponse response) {
        String etag = response.header("ETag");
        boolean strong = etag != null && etag.startsWith("\"");
        return new Rescue(upstreams, request, request.uri(), response.length().orElse(-1L), strong ? etag : null);
    }

    /** The whole body, resumed where it breaks, a bounded number of times. */
    Flux<ByteBuf> resumed(UpstreamResponse first) {
        AtomicLong received = new AtomicLong();
        return attempt(first.body(), received, ATTEMPTS, first);
    }

    private Flux<ByteBuf> attempt(Flux<ByteBuf> body, AtomicLong received, int left, UpstreamResponse response) {
        return body.map(buffer -> {
                    received.addAndGet(buffer.readableBytes());
                    return buffer;
                })
                .onErrorResume(UpstreamException.class, error -> {
                    response.failed(error);
                    boolean hopeless = left == 0 || validator == null || length < 0;
                    return hopeless
                            ? Flux.error(error)
                            : from(received.get(), length)
                                    .onErrorMap(UpstreamException.class, again -> error)
                                    .flatMapMany(next -> attempt(next.body(), received, left - 1, next));
                });
    }

    /**
     * The body from a position up to an end; an error when the upstream cannot give exactly that.
     *
     * @param to exclusive; -1 for the end of the body
     */
    Flux<ByteBuf> rest(long position, long to) {
        return from(position, to < 0 ? length : to).flatMapMany(UpstreamResponse::body);
    }

    private Mono<UpstreamResponse> from(long position, long end) {
        if (validator == null || length < 0) {
            return Mono.error(Failure.badGateway("the upstream's body broke and cannot be resumed"));
        }
        Map<String, String> headers = new HashMap<>(original.headers());
        headers.keySet().removeIf(name -> name.startsWith("If-"));
        headers.put("Range", "bytes=" + position + "-" + (end == length ? "" : Long.toString(end - 1)));
        headers.put("If-Range", validator);
        return upstreams
                .get(new UpstreamRequest(
                        original.upstream(), original.lane(), "GET", uri, Map.copyOf(headers), null, false))
                .flatMap(response -> continues(response, position, end)
                        ? Mono.just(response)
                        : Mono.<UpstreamResponse>error(refused(response)));
    }

    private boolean continues(UpstreamResponse response, long position, long end) {
        String range = response.header("Content-Range");
        String etag = response.header("ETag");
        return response.status() == 206
                && ("bytes " + position + "-" + (end - 1) + "/" + length).equals(range)
                && (etag == null || etag.equals(validator));
    }

    private static Failure refused(UpstreamResponse response) {
        response.discard();
        return Failure.badGateway("the upstream's body broke and changed before it could be resumed");
    }
}
