package gateway.format;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of a package.
 *
 * @param id in lower case
 */
public record NuGetId(String id) {

    private static final Pattern ID = Pattern.compile("[a-z0-9_][a-z0-9_.-]{0,99}");
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern VERSION = Pattern.compile(
            "(?<one>\\d{1,10})(?:\\.(?<two>\\d{1,10}))?(?:\\.(?<three>\\d{1,10}))?(?:\\.(?<four>\\d{1,10}))?"
                    + "(?<label>-[0-9a-z.-]{1,100})?(?:\\+[0-9a-z.-]{1,100})?");

    /** The id, written in any case; empty when no package can be called so. */
    public static Optional<NuGetId> of(String anyCase) {
        String id = anyCase.toLowerCase(Locale.ROOT);
        return ID.matcher(id).matches() ? Optional.of(new NuGetId(id)) : Optional.empty();
    }

    /** A version, written in any way; empty when it is none. */
    public Optional<Version> at(String anyForm) {
        return normalised(anyForm).map(number -> new Version(this, number));
    }

    /** Three numbers, a fourth if it is not zero, no leading zeros, no metadata of the build. */
    private static Optional<String> normalised(String anyForm) {
        Matcher matcher = VERSION.matcher(anyForm.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String four = number(matcher.group("four"));
        String label = matcher.group("label");
        return Optional.of(number(matcher.group("one")) + "." + number(matcher.group("two")) + "."
                + number(matcher.group("three")) + (four.equals("0") ? "" : "." + four) + (label == null ? "" : label));
    }

    private static String number(@org.jspecify.annotations.Nullable String digits) {
        return digits == null ? "0" : Long.toString(Long.parseLong(digits));
    }

    /**
     * One version of a package.
     *
     * @param number in its normal form
     */
    public record Version(NuGetId id, String number) implements Comparable<Version> {

        /** The name of its file. */
        public String file() {
            return id.id() + "." + number + ".nupkg";
        }

        /** Its folder, with the slash at the end. */
        public String place() {
            return id.id() + "/" + number + "/";
        }

        /** Where its files are served, below the mount, with the slash at the end. */
        String flat() {
            return "/v3/flat/" + place();
        }

        /** Where its file is served, below the mount. */
        public String path() {
            return flat() + file();
        }

        /** Whether it comes before the release of the same number. */
        public boolean unfinished() {
            return number.indexOf('-') >= 0;
        }

        @Override
        public int compareTo(Version other) {
            int dash = number.indexOf('-');
            int otherDash = other.number.indexOf('-');
            int numbers = compare(
                    dash < 0 ? number : number.substring(0, dash),
                    otherDash < 0 ? other.number : other.number.substring(0, otherDash));
            if (numbers != 0 || (dash < 0 && otherDash < 0)) {
                return numbers;
            }
            return dash < 0 || otherDash < 0
                    ? Boolean.compare(dash < 0, otherDash < 0)
                    : compare(number.substring(dash + 1), other.number.substring(otherDash + 1));
        }

        /** Part by part, numbers before words, and the shorter first. */
        private static int compare(String one, String other) {
            String[] parts = one.split("\\.", -1);
            String[] others = other.split("\\.", -1);
            for (int i = 0; i < Math.min(parts.length, others.length); i++) {
                boolean number = NUMBER.matcher(parts[i]).matches();
                boolean otherNumber = NUMBER.matcher(others[i]).matches();
                int order = number && otherNumber
                        ? new BigInteger(parts[i]).compareTo(new BigInteger(others[i]))
                        : number || otherNumber ? Boolean.compare(otherNumber, number) : parts[i].compareTo(others[i]);
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(parts.length, others.length);
        }

        /** Where its leaf of the catalog is served, below the mount. */
        String catalog() {
            return "/v3/catalog/" + id.id() + "/" + number + ".json";
        }

        Coordinates coordinates() {
            return new Coordinates("nuget", id.id(), number);
        }
    }
}
