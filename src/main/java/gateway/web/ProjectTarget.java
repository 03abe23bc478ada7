package gateway.web;

import gateway.format.Format;
import gateway.format.Formats;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request target of a project's registry traffic, taken apart before anything in it is decoded: the project's path stands in
 * one segment of it, with its slashes encoded.
 *
 * @param id the project's number or path, decoded
 * @param proxied whether it belongs to the dependency proxy, and not to the package registry
 * @param below path below the format's root, and the query
 * @param fault why it cannot be served, as a client is told; null when it can
 */
record ProjectTarget(
        String id,
        boolean proxied,
        String format,
        Target below,
        @Nullable String fault) {

    private static final String ROOT = "/api/v4/projects/";
    private static final Pattern TRAFFIC =
            Pattern.compile(ROOT + "([^/?]+)/(dependency_proxy/)?packages/([a-z0-9_-]+)(/[^?]*)?(?:\\?(.*))?");
    private static final Target NONE = new Target("/", "");

    /** Null when it is no registry traffic of a project. */
    static @Nullable ProjectTarget parse(String raw) {
        String target = Target.origin(raw);
        if (!target.startsWith(ROOT)) {
            return null;
        }
        Matcher parts = TRAFFIC.matcher(target);
        if (!parts.matches()) {
            return null;
        }
        boolean proxied = parts.group(2) != null;
        String format = parts.group(3);
        if (parts.group(4) == null && proxied) {
            return null;
        }
        // Some clients upload to the format's root, and write it without its slash.
        String path = parts.group(4) == null ? "/" : parts.group(4).replaceFirst("^/+", "/");
        String query = parts.group(5) == null ? "" : parts.group(5);
        try {
            String id = Target.parse("/" + parts.group(1)).path().substring(1);
            return checked(id, proxied, format, path, query);
        } catch (Target.Malformed e) {
            return new ProjectTarget("", proxied, format, NONE, "id is invalid");
        }
    }

    private static ProjectTarget checked(String id, boolean proxied, String format, String path, String query) {
        int file = path.lastIndexOf('/');
        String fault = sound(path.substring(0, file + 1)) ? "file_name" : "path";
        try {
            Target below = Target.parse(query.isEmpty() ? path : path + "?" + query);
            boolean gap = below.path().contains("//")
                    && !Formats.named(format).map(Format::allowsEmptySegments).orElse(false);
            if (!gap) {
                return new ProjectTarget(id, proxied, format, below, null);
            }
            fault = "path";
        } catch (Target.Malformed e) {
            // The fault says enough.
        }
        return new ProjectTarget(id, proxied, format, NONE, fault + " should be a valid file path");
    }

    private static boolean sound(String path) {
        try {
            Target.parse(path);
            return true;
        } catch (Target.Malformed e) {
            return false;
        }
    }
}
