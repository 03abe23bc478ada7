package gateway.format;

import java.util.Optional;
import java.util.regex.Pattern;

/** One version of a Hex package. */
record HexRelease(String name, String version) {

    private static final Pattern VERSION =
            Pattern.compile("\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}(-[0-9A-Za-z.-]{1,100})?(\\+[0-9A-Za-z.-]{1,100})?");

    /** Splits {@code name-version.ending} at the first hyphen, which no name has; empty when it is no such file. */
    static Optional<HexRelease> named(String file, String ending) {
        int hyphen = file.indexOf('-');
        if (hyphen < 0 || !file.endsWith(ending)) {
            return Optional.empty();
        }
        int end = file.length() - ending.length();
        return hyphen < end ? of(file.substring(0, hyphen), file.substring(hyphen + 1, end)) : Optional.empty();
    }

    static Optional<HexRelease> of(String name, String version) {
        return Hex.isName(name) && VERSION.matcher(version).matches()
                ? Optional.of(new HexRelease(name, version))
                : Optional.empty();
    }

    String file() {
        return name + "-" + version + ".tar";
    }

    /** In the folder of its repository. */
    String place() {
        return name + "/" + version + "/" + file();
    }

    Coordinates coordinates() {
        return new Coordinates("hex", name, version);
    }
}
