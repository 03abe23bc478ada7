package gateway.upstream.git;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The path of a module, taken apart.
 *
 * @param path as people write it
 * @param folder where it lies below the repository's root, without a major version suffix; empty for the root itself
 * @param major what its suffix says; empty for none
 */
record ModulePath(String path, String folder, String major) {

    private static final Pattern SUFFIX = Pattern.compile("(?:(.*)/)?v([2-9]|[1-9][0-9]+)");

    /** Empty when it does not lie below the path of the root module. */
    static Optional<ModulePath> of(String root, String path) {
        if (!(path + "/").startsWith(root + "/")) {
            return Optional.empty();
        }
        String rest = path.length() == root.length() ? "" : path.substring(root.length() + 1);
        Matcher suffix = SUFFIX.matcher(rest);
        return Optional.of(
                suffix.matches()
                        ? new ModulePath(path, suffix.group(1) == null ? "" : suffix.group(1), suffix.group(2))
                        : new ModulePath(path, rest, ""));
    }

    /** Whether a version is one of this module's, as far as its major version says. */
    boolean fits(GoVersion version) {
        if (version.incompatible()) {
            return mayBeIncompatible() && version.needsSuffix();
        }
        return major.isEmpty() ? !version.needsSuffix() : version.major().equals(major);
    }

    /** Only the root module may have versions that disregard its go.mod file. */
    boolean mayBeIncompatible() {
        return folder.isEmpty() && major.isEmpty();
    }

    /** What the names of its tags begin with. */
    String tagPrefix() {
        return folder.isEmpty() ? "" : folder + "/";
    }

    /** A file of the module. */
    String file(String name) {
        return folder.isEmpty() ? name : folder + "/" + name;
    }
}
