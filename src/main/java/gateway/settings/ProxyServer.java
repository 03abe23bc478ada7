package gateway.settings;

import org.jspecify.annotations.Nullable;

/** An HTTP proxy between the gateway and its upstreams. */
public record ProxyServer(String host, int port, @Nullable Credentials credentials) {

    static ProxyServer of(Node.Scalar value) {
        Address address = Address.of(value);
        if (address.url().getScheme().equals("https")) {
            throw Address.rejected(
                    value, "is not a proxy that can be used; write for example http://proxy.internal:3128");
        }
        if (address.url().getPort() < 0 || !address.url().getRawPath().isEmpty()) {
            throw Address.rejected(value, "must be a host and a port; write for example http://proxy.internal:3128");
        }
        return new ProxyServer(address.url().getHost(), address.url().getPort(), address.credentials());
    }
}
