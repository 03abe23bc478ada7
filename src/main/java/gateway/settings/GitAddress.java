package gateway.settings;

import java.net.URI;
import java.net.URISyntaxException;

/** Where a git repository is: a folder of this machine, or an http or https URL. */
final class GitAddress {

    private static final String EXAMPLE =
            "is not a place that git repositories are fetched from; write for example https://git.example.com/app.git"
                    + " or /srv/git/app.git";

    private GitAddress() {}

    static Address of(Node.Scalar value) {
        String text = value.text();
        if (text.startsWith("http:") || text.startsWith("https:")) {
            return Address.of(value);
        }
        try {
            return new Address(folder(text), null);
        } catch (URISyntaxException e) {
            throw Address.rejected(value, EXAMPLE);
        }
    }

    private static URI folder(String text) throws URISyntaxException {
        String path = text;
        if (text.startsWith("file:")) {
            URI uri = new URI(text);
            if (uri.getPath() == null || uri.getAuthority() != null || uri.getQuery() != null) {
                throw new URISyntaxException(text, "no path");
            }
            path = uri.getPath();
        }
        path = path.replaceAll("/+$", "");
        if (!path.startsWith("/") || ("/" + path + "/").contains("/../")) {
            throw new URISyntaxException(text, "not absolute");
        }
        return new URI("file", "", path.replaceAll("^/+", "/"), null);
    }
}
