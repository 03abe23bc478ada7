package gateway.format;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of a package.
 *
 * @param id in lower case
 */
record NuGetId(String id) {

    private static final Pattern ID = Pattern.compile("[a-z0-9_][a-z0-9_.-]{0,99}");
    private static final Pattern VERSION = Pattern.compile(
            "(?<one>\\d{1,10})(?:\\.(?<two>\\d{1,10}))?(?:\\.(?<three>\\d{1,10}))?(?:\\.(?<four>\\d{1,10}))?"
                    + "(?<label>-[0-9a-z.-]{1,100})?(?:\\+[0-9a-z.-]{1,100})?");

    /** The id, written in any case; empty when no package can be called so. */
    static Optional<NuGetId> of(String anyCase) {
        String id = anyCase.toLowerCase(Locale.ROOT);
        return ID.matcher(id).matches() ? Optional.of(new NuGetId(id)) : Optional.empty();
    }

    /** A version, written in any way; empty when it is none. */
    Optional<Version> at(String anyForm) {
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
    record Version(NuGetId id, String number) {

        /** The name of its file. */
        String file() {
            return id.id() + "." + number + ".nupkg";
        }

        /** Its folder, with the slash at the end. */
        String place() {
            return id.id() + "/" + number + "/";
        }

        /** Where its files are served, below the mount, with the slash at the end. */
        String flat() {
            return "/v3/flat/" + place();
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
