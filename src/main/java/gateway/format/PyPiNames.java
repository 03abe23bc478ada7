package gateway.format;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How Python projects, versions and files are named. */
final class PyPiNames {

    private static final Pattern PROJECT = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?");
    private static final Pattern SEPARATORS = Pattern.compile("[-_.]+");
    private static final Pattern VERSION = Pattern.compile(
            "v?(?:(?<epoch>\\d+)!)?(?<release>\\d+(?:\\.\\d+)*+)"
                    + "(?:[-_.]?(?<pre>alpha|beta|preview|pre|rc|a|b|c)[-_.]?(?<prenumber>\\d*))?"
                    + "(?:-(?<bare>\\d+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postnumber>\\d*))?"
                    + "(?:[-_.]?(?<dev>dev)[-_.]?(?<devnumber>\\d*))?"
                    + "(?:\\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*+))?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern ZEROS = Pattern.compile("(?<![0-9A-Za-z])0+(?=\\d+(?![0-9A-Za-z]))");
    private static final int LONGEST_VERSION = 128;
    private static final List<String> SDISTS =
            List.of(".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tbz", ".tar");
    private static final List<String> BINARIES = List.of(".whl", ".egg", ".exe", ".msi", ".rpm", ".deb", ".dmg");

    private PyPiNames() {}

    static boolean isProject(String name) {
        return PROJECT.matcher(name).matches();
    }

    /** One spelling for all: clients ask this one, people and robots any. */
    static String normalise(String name) {
        return SEPARATORS.matcher(name).replaceAll("-").toLowerCase(Locale.ROOT);
    }

    /** One spelling of a version (PEP 440) for all; null when it is none. */
    static @Nullable String normaliseVersion(String text) {
        Matcher parts = VERSION.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (text.length() > LONGEST_VERSION || !parts.matches()) {
            return null;
        }
        StringBuilder normal = new StringBuilder();
        String epoch = parts.group("epoch");
        if (epoch != null && !number(epoch).equals("0")) {
            normal.append(number(epoch)).append('!');
        }
        normal.append(ZEROS.matcher(parts.group("release")).replaceAll(""));
        if (parts.group("pre") != null) {
            normal.append(
                    switch (parts.group("pre")) {
                        case "a", "alpha" -> "a";
                        case "b", "beta" -> "b";
                        default -> "rc";
                    });
            normal.append(number(parts.group("prenumber")));
        }
        if (parts.group("bare") != null) {
            normal.append(".post").append(number(parts.group("bare")));
        } else if (parts.group("post") != null) {
            normal.append(".post").append(number(parts.group("postnumber")));
        }
        if (parts.group("dev") != null) {
            normal.append(".dev").append(number(parts.group("devnumber")));
        }
        String local = parts.group("local");
        if (local != null) {
            String dotted = SEPARATORS.matcher(local).replaceAll(".");
            normal.append('+').append(ZEROS.matcher(dotted).replaceAll(""));
        }
        return normal.toString();
    }

    private static String number(String digits) {
        return digits.isEmpty() ? "0" : ZEROS.matcher(digits).replaceAll("");
    }

    /** Whether a name can be the last segment of a path and the name of a stored file. */
    static boolean isFile(String name) {
        return !name.isBlank()
                && name.length() <= 255
                && name.charAt(0) != '.'
                && name.chars().noneMatch(c -> c < ' ' || c == 0x7f || c == '/' || c == '\\');
    }

    /** Whether a link on a page leads to a file that clients would take, not to a parent folder or a log-in form. */
    static boolean isDistribution(String name) {
        return isFile(name)
                && (SDISTS.stream().anyMatch(name::endsWith)
                        || BINARIES.stream().anyMatch(name::endsWith));
    }

    /** The version in the name of a file, a metadata file or a signature; null when the name does not surely say it. */
    static @Nullable String version(String project, String file) {
        String name = cut(cut(file, ".metadata"), ".asc");
        if (name.endsWith(".whl") || name.endsWith(".egg")) {
            String[] parts = name.substring(0, name.length() - 4).split("-", -1);
            return parts.length > 1 && normalise(parts[0]).equals(project) ? version(parts[1]) : null;
        }
        for (String suffix : SDISTS) {
            if (name.endsWith(suffix)) {
                return sdist(project, cut(name, suffix));
            }
        }
        return null;
    }

    private static @Nullable String sdist(String project, String stem) {
        // Old sdists keep hyphens in the name, so that the first hyphen need not be the end of it.
        for (int dash = stem.indexOf('-'); dash > 0; dash = stem.indexOf('-', dash + 1)) {
            if (normalise(stem.substring(0, dash)).equals(project)) {
                String version = version(stem.substring(dash + 1));
                if (version != null) {
                    return version;
                }
            }
        }
        return null;
    }

    private static @Nullable String version(String text) {
        Matcher matcher = VERSION.matcher(text);
        return matcher.matches() ? text : null;
    }

    private static String cut(String text, String suffix) {
        return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
    }
}
