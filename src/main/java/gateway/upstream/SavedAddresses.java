package gateway.upstream;

import gateway.settings.AllowedHost;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;

/**
 * What can be said of a URL when somebody wants to save it: no name server is asked, so a name that leads to a private address is found only when it is
 * connected to.
 */
public final class SavedAddresses {
    private SavedAddresses() {}

    /** Whether it names this machine or a private network, and the settings do not allow that. */
    public static boolean refuse(URI url, List<AllowedHost> allowed) {
        Endpoint endpoint = Endpoint.of(url);
        String host = endpoint.host();
        if (host.equals("localhost") || host.endsWith(".localhost")) {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            return allowed.stream().noneMatch(some -> some.allows(host, loopback));
        }
        return !new AddressGuard(new OwnAddresses(List.of()), allowed).allows(endpoint);
    }
}
