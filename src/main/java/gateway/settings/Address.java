package gateway.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A URL as people write it, taken apart: the user in it never stays part of the URL.
 *
 * @param url http or https, with a host, without user, query, fragment or trailing slash
 */
public record Address(URI url, @Nullable Credentials credentials) {

    private static final String EXAMPLE = "is not a URL; write for example http://registry.internal:4873/path";

    static Address of(Node.Scalar value) {
        try {
            return parse(new URI(value.text()));
        } catch (URISyntaxException e) {
            throw rejected(value, EXAMPLE);
        } catch (Rejected e) {
            throw rejected(value, e.reason());
        }
    }

    /** A URL that must carry no user. */
    static URI plain(Node.Scalar value) {
        Address address = of(value);
        if (address.credentials != null) {
            throw rejected(value, "must not hold a user or password");
        }
        return address.url;
    }

    /**
     * A URL from elsewhere than the settings.
     *
     * @throws IllegalArgumentException that says what is wrong with it, as in "... is not a URL"
     */
    public static Address parse(String text) {
        try {
            return parse(new URI(text));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(EXAMPLE);
        } catch (Rejected e) {
            throw new IllegalArgumentException(e.reason());
        }
    }

    private static Address parse(URI uri) throws URISyntaxException {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new Rejected(EXAMPLE);
        }
        String authority = uri.getRawAuthority();
        if (uri.getHost() == null || authority == null) {
            boolean underscore = authority != null && authority.contains("_");
            throw new Rejected(
                    underscore ? "has a host name with an underscore, which is not allowed in URLs" : EXAMPLE);
        }
        if (uri.getPort() == 0 || uri.getPort() > 65535) {
            throw new Rejected("has a port that does not exist");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new Rejected("must end before ? and #");
        }
        String path = uri.getRawPath().replaceAll("/+$", "");
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        URI url = new URI(scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port + path);
        return new Address(url, credentials(uri.getRawUserInfo()));
    }

    private static @Nullable Credentials credentials(@Nullable String userInfo) {
        if (userInfo == null) {
            return null;
        }
        int colon = userInfo.indexOf(':');
        String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
        return new Credentials(decode(user), new Secret(colon < 0 ? "" : decode(userInfo.substring(colon + 1))));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** A complaint that shows neither what came from the environment nor a user or query in the URL. */
    static SettingsException rejected(Node.Scalar value, String reason) {
        String shown =
                value.written().replaceAll("(?s)^(\\w+://)?.*@", "$1***@").replaceAll("(?s)[?#].*$", "?***");
        return new SettingsException(value.label() + ": " + Node.quoted(shown) + " " + reason);
    }
}
