package gateway.upstream;

import gateway.settings.Upstream;
import reactor.core.publisher.Mono;

/** Asks upstreams. */
public interface Upstreams {

    /**
     * Sends one request, follows redirects, and emits the response when its head is there.
     *
     * <p>Every status is a response, also 404, 429 and 5xx. Whoever gets a response consumes its body or discards it.
     * Cancelling before the response ends the call. Errors are {@link UpstreamException}s and nothing else.
     */
    Mono<UpstreamResponse> get(UpstreamRequest request);

    /** How a lane of an upstream fares, without asking it. */
    UpstreamState state(Upstream upstream, UpstreamRequest.Lane lane);
}
