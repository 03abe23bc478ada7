package gateway.cache;

import gateway.format.Cacheable;
import gateway.format.Index;
import gateway.upstream.UpstreamResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Tells pages that are meant for people from files: a log-in page, a captive portal or a mirror's error page that comes with
 * 200 would be kept as a package where no digest is promised.
 */
final class WebPages {

    /** The beginning of a page lies within it. */
    private static final int START = 512;

    private WebPages() {}

    /** Whether an answer may be one where no page is asked for, by what its head says. */
    static boolean suspected(Cacheable resource, UpstreamResponse response) {
        String type = response.header("Content-Type");
        String fixed = resource.contentType();
        boolean wanted = resource.path().matches("(?i).*\\.x?html?")
                || (fixed != null && fixed.contains("html"))
                || (resource instanceof Index index && index.accept().contains("html"));
        return !wanted && type != null && type.toLowerCase(Locale.ROOT).startsWith("text/html");
    }

    /** An error when it begins as one. */
    static void refuse(InputStream in) throws IOException {
        String start = new String(in.readNBytes(START), StandardCharsets.ISO_8859_1)
                .strip()
                .toLowerCase(Locale.ROOT);
        if (start.startsWith("<!doctype html") || start.startsWith("<html") || start.startsWith("<head")) {
            throw new IOException("it is a web page");
        }
    }
}
