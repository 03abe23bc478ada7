package gateway.upstream;

import gateway.settings.Upstream;
import gateway.upstream.UpstreamRequest.Lane;
import java.net.URI;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * All that is kept about one upstream.
 *
 * @param connections those that {@code pooled} keeps
 * @param pooled keeps connections, a bounded number of them
 * @param fresh makes one connection for one request
 */
record Peer(
        Upstream upstream,
        AddressGuard guard,
        RequestHeaders headers,
        ConnectionProvider connections,
        HttpClient pooled,
        HttpClient fresh,
        Breaker index,
        Breaker artifact,
        Budget budget,
        Uses uses) {

    Breaker breaker(Lane lane) {
        return switch (lane) {
            case INDEX -> index;
            case ARTIFACT -> artifact;
        };
    }

    /** Whether a member of a project named it, and not the operator. */
    boolean isPassing() {
        return !upstream.terms().trusted();
    }

    /** Whether it is not asked for a while, because it failed or told us so. */
    boolean isLeftAlone() {
        return budget.until() != null || index.openUntil() != null || artifact.openUntil() != null;
    }

    Failures failures(URI uri) {
        return new Failures(upstream.name(), Endpoint.of(uri).shown());
    }
}
