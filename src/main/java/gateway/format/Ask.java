package gateway.format;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a client asked, as a format sees it.
 *
 * @param method upper-case HTTP method
 * @param path path below the mount, percent-decoded exactly once ({@code +} is literal), beginning with a slash and
 *     free of dot segments and control characters
 * @param query raw query string without the question mark, empty when there is none
 * @param accept the client's {@code Accept} header
 * @param agent the client's {@code User-Agent} header, empty when it sent none
 */
public record Ask(String method, String path, String query, Accept accept, String agent) {

    public Ask(String method, String path, String query, Accept accept) {
        this(method, path, query, accept, "");
    }

    /** A plain GET, as the pipeline itself asks for the index behind an artifact. */
    public static Ask get(String path) {
        return new Ask("GET", path, "", Accept.ANY);
    }

    /** Whether the method only reads. */
    public boolean reads() {
        return method.equals("GET") || method.equals("HEAD");
    }

    /** First value of a query parameter, decoded. */
    public Optional<String> parameter(String name) {
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (key.equals(name)) {
                return Optional.of(URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return Optional.empty();
    }
}
