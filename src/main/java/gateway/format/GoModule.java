package gateway.format;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A module path in both its forms, and the rules for versions.
 *
 * @param escaped as on the wire: {@code !} and a lower-case letter for each upper-case letter
 * @param path as people write it
 */
public record GoModule(String escaped, String path) {

    private static final int MOST = 512;

    /** A full semantic version without build metadata; pseudo-versions have this form too. */
    private static final Pattern CANONICAL = Pattern.compile("v(?:0|[1-9]\\d*+)(?:\\.(?:0|[1-9]\\d*+)){2}"
            + "(?:-(?:%1$s)(?:\\.(?:%1$s))*+)?(?:\\+incompatible)?"
                    .formatted("0|[1-9]\\d*+(?![0-9A-Za-z-])|" + "\\d*+[A-Za-z-][0-9A-Za-z-]*+"));

    /** Reads the escaped form; empty when it can be no module: clients never send upper-case letters. */
    public static Optional<GoModule> of(String escaped) {
        if (escaped.length() > MOST) {
            return Optional.empty();
        }
        for (String element : escaped.split("/", -1)) {
            if (element.isEmpty() || element.startsWith(".") || element.endsWith(".")) {
                return Optional.empty();
            }
        }
        return unescape(escaped, "/-._~").map(path -> new GoModule(escaped, path));
    }

    /** Reads the escaped form of a version or of a query such as a branch name. */
    public static Optional<String> version(String escaped) {
        return escaped.length() > MOST || escaped.startsWith(".") ? Optional.empty() : unescape(escaped, "-._~+=,@");
    }

    /** Whether a version, unescaped, names the same bytes for ever. */
    public static boolean isCanonical(String version) {
        return CANONICAL.matcher(version).matches();
    }

    private static Optional<String> unescape(String escaped, String punctuation) {
        StringBuilder out = new StringBuilder(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '!') {
                char next = ++i < escaped.length() ? escaped.charAt(i) : '!';
                if (next < 'a' || next > 'z') {
                    return Optional.empty();
                }
                out.append((char) (next - 'a' + 'A'));
            } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || punctuation.indexOf(c) >= 0) {
                out.append(c);
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(out.toString());
    }
}
