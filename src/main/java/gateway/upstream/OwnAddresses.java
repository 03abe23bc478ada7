package gateway.upstream;

import gateway.settings.Upstream;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The addresses that an upstream was configured with: only they see its credentials, and they may be private. */
record OwnAddresses(List<URI> roots) {

    static OwnAddresses of(Upstream upstream) {
        return new OwnAddresses(Stream.concat(Stream.of(upstream.url()), upstream.hosts().values().stream())
                .toList());
    }

    /** Whether a URL lies below one of them. */
    boolean cover(URI uri) {
        Endpoint endpoint = Endpoint.of(uri);
        return roots.stream().anyMatch(root -> Endpoint.of(root).equals(endpoint) && below(path(root), path(uri)));
    }

    /** Whether a connection to this host and port was asked for in the settings; https may stand in for http. */
    boolean include(String host, int port) {
        String bare = Endpoint.bare(host);
        return roots.stream()
                .map(Endpoint::of)
                .anyMatch(own -> own.host().equals(bare) && (own.port() == port || port == 443));
    }

    private static boolean below(String root, String path) {
        String folder = root.endsWith("/") ? root : root + "/";
        return !climbs(path) && (path + "/").startsWith(folder);
    }

    // A server may take apart what we would not: "/mine/..%2fyours".
    private static boolean climbs(String path) {
        String plain = path.toLowerCase(Locale.ROOT)
                .replace("%2e", ".")
                .replace("%2f", "/")
                .replace("%5c", "/")
                .replace('\\', '/');
        return (plain + "/").contains("/../");
    }

    private static String path(URI uri) {
        return uri.getRawPath() == null ? "" : uri.getRawPath();
    }
}
