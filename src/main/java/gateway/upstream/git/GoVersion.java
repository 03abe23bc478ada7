package gateway.upstream.git;

import gateway.format.GoModule;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A canonical version, in the order of semantic versioning.
 *
 * @param text as people write it: {@code v1.2.3-rc.1}
 * @param pre without its hyphen; empty for a release
 * @param incompatible whether it says of itself that no go.mod file goes with it
 */
record GoVersion(String text, String major, String minor, String patch, String pre, boolean incompatible)
        implements Comparable<GoVersion> {

    private static final String SUFFIX = "+incompatible";
    private static final Pattern PARTS =
            Pattern.compile("v([0-9]++)\\.([0-9]++)\\.([0-9]++)(?:-([^+]++))?(\\+incompatible)?");
    private static final Comparator<String> NUMBERS =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());
    private static final Comparator<GoVersion> ORDER = Comparator.comparing(GoVersion::major, NUMBERS)
            .thenComparing(GoVersion::minor, NUMBERS)
            .thenComparing(GoVersion::patch, NUMBERS)
            .thenComparing(GoVersion::pre, GoVersion::comparePre)
            .thenComparing(GoVersion::text);

    /** Empty unless it is canonical. */
    static Optional<GoVersion> of(String text) {
        Matcher parts = PARTS.matcher(text);
        if (!GoModule.isCanonical(text) || !parts.matches()) {
            return Optional.empty();
        }
        String pre = parts.group(4) == null ? "" : parts.group(4);
        return Optional.of(
                new GoVersion(text, parts.group(1), parts.group(2), parts.group(3), pre, parts.group(5) != null));
    }

    /** One that a tag may be called: neither a pseudo-version nor one with a suffix that tags do not have. */
    static Optional<GoVersion> ofTag(String name) {
        return of(name).filter(version ->
                !version.incompatible() && PseudoVersion.of(name).isEmpty());
    }

    boolean isRelease() {
        return pre.isEmpty();
    }

    /** Whether a module path must say the major version. */
    boolean needsSuffix() {
        return !major.equals("0") && !major.equals("1");
    }

    /** The name that its tag has. */
    String tag() {
        return incompatible ? text.substring(0, text.length() - SUFFIX.length()) : text;
    }

    GoVersion asIncompatible() {
        return incompatible ? this : new GoVersion(text + SUFFIX, major, minor, patch, pre, true);
    }

    @Override
    public int compareTo(GoVersion other) {
        return ORDER.compare(this, other);
    }

    private static int comparePre(String one, String other) {
        if (one.isEmpty() || other.isEmpty()) {
            return Boolean.compare(one.isEmpty(), other.isEmpty());
        }
        String[] ours = one.split("\\.", -1);
        String[] theirs = other.split("\\.", -1);
        for (int i = 0; i < Math.min(ours.length, theirs.length); i++) {
            int order = compareIdentifiers(ours[i], theirs[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(ours.length, theirs.length);
    }

    private static int compareIdentifiers(String one, String other) {
        boolean number = isNumber(one);
        if (number != isNumber(other)) {
            return number ? -1 : 1;
        }
        return number ? NUMBERS.compare(one, other) : one.compareTo(other);
    }

    private static boolean isNumber(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
