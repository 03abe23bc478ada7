package gateway.upstream.git;

import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A version that names a commit without a tag.
 *
 * @param base the tag that it comes after; empty for none, null when there can be no such tag
 * @param time of the commit, in UTC: {@code yyyymmddhhmmss}
 * @param revision first digits of the commit's name
 */
record PseudoVersion(@Nullable String base, String time, String revision) {

    static final int DIGITS = 12;

    private static final Pattern FORM = Pattern.compile("v(?<major>[0-9]++)\\."
            + "(?:0\\.0-|(?<minor>[0-9]++)\\.(?<patch>[0-9]++)-(?:(?<pre>[^+]*)\\.)?0\\.)"
            + "(?<time>[0-9]{14})-(?<revision>[A-Za-z0-9]+)(?<incompatible>\\+incompatible)?");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    static Optional<PseudoVersion> of(String version) {
        Matcher form = FORM.matcher(version);
        return form.matches()
                ? Optional.of(new PseudoVersion(base(form), form.group("time"), form.group("revision")))
                : Optional.empty();
    }

    private static @Nullable String base(Matcher form) {
        if (form.group("minor") == null) {
            return form.group("incompatible") == null ? "" : null;
        }
        String line = "v" + form.group("major") + "." + form.group("minor") + ".";
        if (form.group("pre") != null) {
            return line + form.group("patch") + "-" + form.group("pre");
        }
        BigInteger patch = new BigInteger(form.group("patch"));
        return patch.signum() == 0 ? null : line + patch.subtract(BigInteger.ONE);
    }

    static String time(Instant committed) {
        return TIME.format(committed);
    }

    /**
     * The version of a commit.
     *
     * @param major of the module, for commits that come after no tag
     * @param older the tag that it comes after; null for none
     */
    static String name(String major, @Nullable GoVersion older, Instant committed, String revision) {
        String end = time(committed) + "-" + revision;
        if (older == null) {
            return "v" + major + ".0.0-" + end;
        }
        String suffix = older.incompatible() ? "+incompatible" : "";
        String line = "v" + older.major() + "." + older.minor() + ".";
        return older.isRelease()
                ? line + new BigInteger(older.patch()).add(BigInteger.ONE) + "-0." + end + suffix
                : line + older.patch() + "-" + older.pre() + ".0." + end + suffix;
    }
}
