package gateway.upstream;

import gateway.settings.Upstream;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/** Writes the headers of one hop: what was asked for, who we are, and credentials where they belong. */
record RequestHeaders(String agent, OwnAddresses own) {
    // The connection's business, not the caller's.
    private static final Set<String> HOP_BY_HOP = Set.of(
            "host",
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "expect",
            "accept-encoding");
    private static final Set<String> PERSONAL = Set.of("authorization", "cookie");

    void write(HttpHeaders headers, UpstreamRequest request, Hop hop) {
        headers.set(HttpHeaderNames.USER_AGENT, agent);
        headers.set(HttpHeaderNames.ACCEPT_ENCODING, request.encoded() ? "gzip" : "identity");
        if (own.cover(hop.uri())) {
            authenticate(headers, request.upstream());
        }
        boolean home = sameOrigin(request.uri(), hop.uri());
        boolean redirectedPost = !request.method().equals(hop.method());
        request.headers().forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            boolean dropped = HOP_BY_HOP.contains(lower)
                    || (PERSONAL.contains(lower) && !home)
                    || (redirectedPost && lower.startsWith("content-"));
            if (!dropped) {
                headers.set(name, value);
            }
        });
    }

    static void authenticate(HttpHeaders headers, Upstream upstream) {
        if (upstream.credentials() != null) {
            String pair = upstream.credentials().username() + ":"
                    + upstream.credentials().password().value();
            headers.set(
                    HttpHeaderNames.AUTHORIZATION,
                    "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
        }
        if (upstream.token() != null) {
            headers.set(
                    HttpHeaderNames.AUTHORIZATION, "Bearer " + upstream.token().value());
        }
        upstream.headers().forEach((name, value) -> headers.set(name, value.value()));
    }

    private static boolean sameOrigin(URI one, URI other) {
        return Endpoint.of(one).equals(Endpoint.of(other));
    }
}
