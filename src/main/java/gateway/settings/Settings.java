package gateway.settings;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything an operator can set, checked and complete.
 *
 * @param tls how the server itself speaks TLS; null when it speaks plain HTTP
 * @param configuredBaseUrl the public URL as the operator gave it, without a trailing slash; null when not given
 * @param repositories the mounts, built-in ones first; no two overlap
 * @param organisation who administers it, and the projects that the configuration names
 */
public record Settings(
        Listen listen,
        @Nullable Tls tls,
        @Nullable URI configuredBaseUrl,
        Storage storage,
        Database database,
        Log log,
        Network network,
        Limits limits,
        List<Repository> repositories,
        Shutdown shutdown,
        Organisation organisation) {

    public Settings {
        repositories = List.copyOf(repositories);
    }

    /** The URL that clients use, without a trailing slash: as configured, else made from the listening address. */
    public URI baseUrl() {
        if (configuredBaseUrl != null) {
            return configuredBaseUrl;
        }
        String host = listen.isWildcard() ? "localhost" : listen.host();
        return URI.create((tls == null ? "http://" : "https://") + host + ":" + listen.port());
    }

    /** These settings with the port that was really bound, which matters when port 0 asked for a free one. */
    public Settings withPort(int port) {
        return new Settings(
                new Listen(listen.host(), port),
                tls,
                configuredBaseUrl,
                storage,
                database,
                log,
                network,
                limits,
                repositories,
                shutdown,
                organisation);
    }

    /** What the operator should know at start, one line each. */
    public List<String> warnings() {
        if (configuredBaseUrl != null || listen.isLoopback()) {
            return List.of();
        }
        return List.of("base_url is not set: other machines can reach " + listen + ", but links in indexes will say "
                + baseUrl() + "; set base_url to the address that clients use");
    }
}
