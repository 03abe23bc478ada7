package gateway.upstream;

import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * One step on the way along redirects.
 *
 * @param trail the URLs asked before
 */
record Hop(URI uri, String method, @Nullable Flux<ByteBuf> body, List<URI> trail) {
    private static final int MOST = 5;
    private static final String ALLOWED = "!$%&'()*+,-./:;=?@_~";

    static Hop first(UpstreamRequest request) {
        return new Hop(request.uri(), request.method(), request.body(), List.of());
    }

    static boolean isRedirect(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    /** The step that an answer with a Location asks for, or an exception that says why it is not taken. */
    Hop next(int status, String location, Failures failures) {
        URI target = target(location, failures);
        Endpoint from = Endpoint.of(uri);
        Endpoint to = Endpoint.of(target);
        List<URI> asked = Stream.concat(trail.stream(), Stream.of(uri)).toList();
        if (asked.contains(target)) {
            throw failures.redirect("redirects in a circle");
        }
        if (asked.size() > MOST) {
            throw failures.redirect("redirects too often");
        }
        if (from.secure() && !to.secure() && !from.host().equals(to.host())) {
            throw failures.redirect("redirects from https to http on another host");
        }
        boolean becomesGet = method.equals("POST") && status <= 303;
        if (body != null && !becomesGet) {
            throw failures.redirect("redirects a request whose body cannot be sent twice");
        }
        return new Hop(target, becomesGet ? "GET" : method, null, asked);
    }

    private URI target(String location, Failures failures) {
        try {
            URI base = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? uri.resolve("/") : uri;
            String given = escaped(location.strip());
            // URI.resolve would drop the last segment of the path.
            URI found = given.startsWith("?") ? URI.create(plain(base) + given) : base.resolve(given);
            URI bare = URI.create(plain(found) + (found.getRawQuery() == null ? "" : "?" + found.getRawQuery()));
            Endpoint.of(bare);
            return bare;
        } catch (IllegalArgumentException e) {
            throw failures.redirect("redirects to something that is not an http or https URL");
        }
    }

    /** Without user, query and fragment. */
    private static String plain(URI uri) {
        String host = uri.getHost();
        if (host == null) {
            throw new IllegalArgumentException("no host");
        }
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getScheme() + "://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + path;
    }

    // Servers send spaces, quotes and bare UTF-8, which every other client takes. Netty hands bytes over as Latin-1.
    private static String escaped(String location) {
        var escaped = new StringBuilder();
        byte[] bytes = location.replaceFirst("#.*", "").getBytes(StandardCharsets.ISO_8859_1);
        int host = location.matches("(?i)(https?:)?//\\[.*") ? location.indexOf(']') : -1;
        for (int i = 0; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 0xff);
            boolean percent = c == '%' && !(i + 2 < bytes.length && isHex(bytes[i + 1]) && isHex(bytes[i + 2]));
            boolean bracket = i <= host && (c == '[' || c == ']');
            if (bracket || (!percent && (isAlphanumeric(c) || ALLOWED.indexOf(c) >= 0))) {
                escaped.append(c);
            } else {
                escaped.append(String.format("%%%02X", (int) c));
            }
        }
        return escaped.toString();
    }

    private static boolean isAlphanumeric(char c) {
        return c < 0x80 && Character.isLetterOrDigit(c);
    }

    private static boolean isHex(byte c) {
        return Character.digit(c, 16) >= 0;
    }
}
