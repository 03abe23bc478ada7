package gateway.registry;

import gateway.cache.Failure;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which versions composer makes of the names of tags and branches. */
final class ComposerVersion {

    /** One that composer cannot read would hide all other versions. */
    private static final Pattern TAG = Pattern.compile(
            "[vV]?(\\d{1,5}(?:\\.\\d+){0,3}(?:[._-]?(?:stable|beta|b|rc|alpha|a|patch|pl|p)(?:[.-]?\\d+)*)?"
                    + "(?:\\+[0-9A-Za-z.-]+)?)",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern BRANCH = Pattern.compile("(?!.*\\.\\.)[A-Za-z0-9][A-Za-z0-9._/-]{0,200}");
    private static final Pattern NUMBERS = Pattern.compile("[vV]?(\\d{1,5}(?:\\.\\d+){0,2})(\\.[xX*])?");

    private ComposerVersion() {}

    /** A failure when the tag is none of a version. */
    static String ofTag(String tag) {
        Matcher version = TAG.matcher(tag);
        if (!version.matches()) {
            throw new Failure(
                    400, "composer reads no version in the tag " + shown(tag) + "; it wants v1.2.3", null, null);
        }
        return version.group(1);
    }

    /** {@code dev-main}, but {@code 1.2.x-dev} where the branch is one of a version. */
    static String ofBranch(String branch) {
        if (!BRANCH.matcher(branch).matches()) {
            throw new Failure(400, "no version can be made of the branch " + shown(branch), null, null);
        }
        Matcher numbers = NUMBERS.matcher(branch);
        return numbers.matches() ? numbers.group(1) + ".x-dev" : "dev-" + branch;
    }

    static boolean isDev(String version) {
        String lower = version.toLowerCase(Locale.ROOT);
        return lower.startsWith("dev-") || lower.endsWith("-dev");
    }

    private static String shown(String name) {
        return name.length() > 100 ? name.substring(0, 100) + "..." : name;
    }
}
