package gateway.format;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the name of a package file says: {@code name_version_architecture.deb}, {@code name_version.orig.tar.xz}. */
final class DebianFileName {

    /** A version begins with a digit (Debian Policy 5.6.12), which tells it from words such as {@code current}. */
    private static final Pattern BINARY =
            Pattern.compile("([A-Za-z0-9][A-Za-z0-9+.-]*)_(\\d[^_]*)(?:_[^_]+)?\\.(?:deb|udeb|ddeb)");

    private static final Pattern SOURCE = Pattern.compile("([A-Za-z0-9][A-Za-z0-9+.-]*)_(\\d[^_]*?)(?:_[^_]+)?"
            + "(?:\\.dsc|\\.changes|\\.buildinfo|\\.diff\\.gz|(?:\\.orig(?:-[A-Za-z0-9-]+)?|\\.debian)?\\.tar\\.[a-z0-9]+)"
            + "(?:\\.asc)?");

    private DebianFileName() {}

    /** Empty when the file is no package, or does not say its version. */
    static Optional<Coordinates> coordinates(String file) {
        // No file system has longer names, and the patterns below are not linear in the length.
        if (file.length() > 255) {
            return Optional.empty();
        }
        Matcher matcher = BINARY.matcher(file);
        if (!matcher.matches()) {
            matcher = SOURCE.matcher(file);
            if (!matcher.matches()) {
                return Optional.empty();
            }
        }
        // Tools that keep the epoch after all write its colon like this, and the name on the disk is spelled so.
        String version = matcher.group(2).replace("%3a", ":").replace("%3A", ":");
        return Optional.of(new Coordinates("debian", matcher.group(1), version));
    }
}
