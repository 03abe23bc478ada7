package gateway.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the gateway reaches upstreams, and whom it believes.
 *
 * @param allowPrivateUpstreams private addresses and hosts that redirects may lead to; what is configured as an upstream
 *     is allowed by that act
 * @param proxy the HTTP proxy for calls to upstreams; null for none
 * @param caFile PEM certificates trusted beside the system's; null for none
 * @param trustedProxies peers whose Forwarded and X-Forwarded headers may decide rewritten links
 * @param connectTimeout until a connection stands
 * @param responseTimeout until the header of an answer is there
 * @param idleTimeout between two pieces of a body
 * @param flightTimeout for one whole fetch
 */
public record Network(
        List<AllowedHost> allowPrivateUpstreams,
        @Nullable ProxyServer proxy,
        @Nullable Path caFile,
        List<Cidr> trustedProxies,
        Duration connectTimeout,
        Duration responseTimeout,
        Duration idleTimeout,
        Duration flightTimeout) {

    public Network {
        allowPrivateUpstreams = List.copyOf(allowPrivateUpstreams);
        trustedProxies = List.copyOf(trustedProxies);
    }
}
