package gateway.upstream;

import gateway.settings.Upstream;
import gateway.upstream.UpstreamRequest.Lane;
import java.net.URI;
import reactor.netty.http.client.HttpClient;

/**
 * All that is kept about one upstream while the process runs.
 *
 * @param pooled keeps connections, a bounded number of them
 * @param fresh makes one connection for one request
 */
record Peer(
        Upstream upstream,
        AddressGuard guard,
        RequestHeaders headers,
        HttpClient pooled,
        HttpClient fresh,
        Breaker index,
        Breaker artifact,
        Budget budget) {

    Breaker breaker(Lane lane) {
        return switch (lane) {
            case INDEX -> index;
            case ARTIFACT -> artifact;
        };
    }

    Failures failures(URI uri) {
        return new Failures(upstream.name(), Endpoint.of(uri).shown());
    }
}
