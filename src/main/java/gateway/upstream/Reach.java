package gateway.upstream;

import gateway.settings.Network;
import gateway.settings.Upstream;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The rules of {@link HttpUpstreams} for a client of another make: where it may connect to, and what it may tell whom. */
public final class Reach {

    private final Upstream upstream;
    private final Network network;
    private final OwnAddresses own;
    private final AddressGuard guard;
    private @Nullable SSLContext tls;

    public Reach(Upstream upstream, Network network) {
        this.upstream = upstream;
        this.network = network;
        this.own = OwnAddresses.of(upstream);
        this.guard = new AddressGuard(own, network.allowPrivateUpstreams());
    }

    /** What can be said without a name server; an exception when the URL leads to a private address. */
    public void check(URI uri) throws IOException {
        if (!guard.allows(Endpoint.of(uri))) {
            throw new AddressGuard.RefusedException();
        }
    }

    /** Addresses of a name that may be connected to; an exception when there is none. Asks a name server, and so blocks. */
    public List<InetSocketAddress> addresses(String host, int port) throws UnknownHostException {
        List<InetSocketAddress> allowed = Stream.of(InetAddress.getAllByName(host))
                .filter(address -> guard.allows(host, port, address))
                .map(address -> new InetSocketAddress(address, port))
                .toList();
        if (allowed.isEmpty()) {
            var refused = new UnknownHostException(host + " leads to a private address");
            refused.initCause(new AddressGuard.RefusedException());
            throw refused;
        }
        return allowed;
    }

    /** Whether an error, or what it was caused by, is a private address that nobody allowed. */
    public static boolean isRefused(@Nullable Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof AddressGuard.RefusedException) {
                return true;
            }
        }
        return false;
    }

    /** Headers with the upstream's credentials for a URL below its own; empty for any other. */
    public Map<String, String> credentials(URI uri) {
        Map<String, String> credentials = new LinkedHashMap<>();
        if (own.cover(uri)) {
            HttpHeaders headers = new DefaultHttpHeaders();
            RequestHeaders.authenticate(headers, upstream);
            headers.forEach(header -> credentials.put(header.getKey(), header.getValue()));
        }
        return credentials;
    }

    /** Who is believed; read from files at the first call. */
    public synchronized SSLContext tls() {
        SSLContext known = tls;
        if (known == null) {
            known = Trust.jdk(network.caFile());
            tls = known;
        }
        return known;
    }
}
