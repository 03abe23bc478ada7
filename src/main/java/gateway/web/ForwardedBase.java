package gateway.web;

import gateway.cache.Mount;
import gateway.settings.Cidr;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The public URL as a trusted proxy tells it by {@code X-Forwarded-Proto}, {@code -Host}, {@code -Port} and
 * {@code -Prefix}.
 *
 * <p>Rewritten links are kept and given to others, so nobody else is believed: a client that could name the host would
 * send all others wherever it likes.
 */
final class ForwardedBase {

    static final List<String> TOLD =
            List.of("X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix");

    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9.-]{1,253}(:\\d{1,5})?|\\[[0-9A-Fa-f:.]+](:\\d{1,5})?");
    private static final Pattern PREFIX = Pattern.compile("(?:/[A-Za-z0-9._~-]+)*+");

    private final List<Cidr> trusted;

    ForwardedBase(List<Cidr> trusted) {
        this.trusted = trusted;
    }

    /** The mount under the URL that a trusted peer names; as configured for everybody else. */
    Mount of(Mount mount, @Nullable InetSocketAddress peer, HttpHeaders headers) {
        URI base = base(mount.base(), peer, headers);
        return base == null ? mount : mount.at(base);
    }

    /**
     * The public URL of the gateway that a trusted peer names, without a trailing slash; null when none does.
     *
     * @param own with the scheme that is spoken here
     */
    @Nullable
    URI base(URI own, @Nullable InetSocketAddress peer, HttpHeaders headers) {
        if (trusted.isEmpty() || peer == null || !trusts(peer.getAddress())) {
            return null;
        }
        String host = last(headers.get("X-Forwarded-Host"));
        String scheme = last(headers.get("X-Forwarded-Proto"));
        if (host == null || !HOST.matcher(host).matches()) {
            return null;
        }
        String port = last(headers.get("X-Forwarded-Port"));
        boolean bare = host.lastIndexOf(':') <= host.lastIndexOf(']');
        boolean named = bare && port != null && port.matches("\\d{1,5}") && !port.equals("80") && !port.equals("443");
        String prefix = last(headers.get("X-Forwarded-Prefix"));
        String path = prefix != null && PREFIX.matcher(prefix).matches() ? prefix : "";
        // A proxy that does not say speaks as this server does.
        String spoken = "https".equals(scheme) || "http".equals(scheme) ? scheme : own.getScheme();
        return URI.create(spoken + "://" + host + (named ? ":" + port : "") + path);
    }

    /** All that a trusted peer tells, as one text: equal texts give equal URLs. Empty from everybody else. */
    String told(@Nullable InetSocketAddress peer, HttpHeaders headers) {
        if (trusted.isEmpty() || peer == null || !trusts(peer.getAddress())) {
            return "";
        }
        StringBuilder told = new StringBuilder();
        for (String name : TOLD) {
            told.append(headers.get(name)).append('\n');
        }
        return told.toString();
    }

    /** Address of the client: what trusted proxies say of it, and of who is no proxy, its own; empty when there is none. */
    String client(@Nullable InetSocketAddress peer, HttpHeaders headers) {
        return client(peer, headers::getAll);
    }

    /** The same, of headers by their names. */
    String client(@Nullable InetSocketAddress peer, Function<String, List<String>> headers) {
        InetAddress client = peer == null ? null : peer.getAddress();
        List<String> hops = trusted.isEmpty()
                ? List.of()
                : List.of(String.join(",", headers.apply("X-Forwarded-For")).split(","));
        for (int i = hops.size() - 1; i >= 0 && trusts(client); i--) {
            try {
                client = InetAddress.ofLiteral(hops.get(i).strip());
            } catch (IllegalArgumentException e) {
                break;
            }
        }
        return client == null ? "" : client.getHostAddress();
    }

    private boolean trusts(@Nullable InetAddress address) {
        return address != null && trusted.stream().anyMatch(cidr -> cidr.contains(address));
    }

    /** The value that the nearest proxy added. */
    private static @Nullable String last(@Nullable String header) {
        return header == null
                ? null
                : header.substring(header.lastIndexOf(',') + 1).strip();
    }
}
