package gateway.format;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the links of project pages as browsers do, which forgive characters that a URI must not hold. */
final class PyPiUrls {

    private static final String LEGAL = "-._~:/?#@!$&'()*+,;=%";

    private PyPiUrls() {}

    /** The absolute URL without its fragment; null when it is none that can be fetched. */
    static @Nullable String absolute(URI base, String link) {
        String href = withoutFragment(link).strip();
        if (href.isEmpty()) {
            return null;
        }
        return parse(href)
                .map(base::resolve)
                .filter(url -> "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme()))
                .filter(url -> url.getRawAuthority() != null)
                .map(URI::toString)
                .orElse(null);
    }

    /** What follows the number sign, as it is written; empty when there is none. */
    static String fragment(String link) {
        int sign = link.indexOf('#');
        return sign < 0 ? "" : link.substring(sign + 1).strip();
    }

    /** The decoded last segment of a URL's path; empty when it cannot be decoded. */
    static String fileName(String url) {
        String path = URI.create(url).getRawPath();
        String last = path.substring(path.lastIndexOf('/') + 1);
        try {
            // In a path a plus is a plus: local versions hold one.
            return URLDecoder.decode(last.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static String withoutFragment(String link) {
        int sign = link.indexOf('#');
        return sign < 0 ? link : link.substring(0, sign);
    }

    private static Optional<URI> parse(String href) {
        try {
            return Optional.of(new URI(href));
        } catch (URISyntaxException e) {
            try {
                return Optional.of(new URI(escape(href)));
            } catch (URISyntaxException none) {
                return Optional.empty();
            }
        }
    }

    private static String escape(String href) {
        StringBuilder out = new StringBuilder(href.length() + 16);
        for (byte b : href.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || LEGAL.indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append('%')
                        .append(Integer.toHexString(0x100 | c).substring(1).toUpperCase(java.util.Locale.ROOT));
            }
        }
        return out.toString();
    }
}
