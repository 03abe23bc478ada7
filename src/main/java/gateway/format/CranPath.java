package gateway.format;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The path of a package's file, read from the right, wherever a repository begins.
 *
 * @param folder without a slash at its end
 * @param file last segment
 */
record CranPath(String folder, String file, String name, String version, String ending) {

    private static final Pattern FILE =
            Pattern.compile("(?<name>[A-Za-z][A-Za-z0-9.]{0,99})_(?<version>[0-9][0-9A-Za-z.+-]{0,99}?)"
                    + "(?<ending>\\.tar\\.gz|\\.zip|\\.tgz)");
    private static final Pattern BINARY = Pattern.compile(".*/bin/.+");
    private static final String CONTRIB = "/src/contrib";
    private static final Pattern RECOMMENDED = Pattern.compile(".*/src/contrib/[^/]+/Recommended");
    private static final Pattern LINUX = Pattern.compile(".*/__linux__/.+");

    /** What decides how long a file may be kept and what it is compared with. */
    enum Kind {
        /** Of the newest version or of an older one, which has moved to the archive. */
        SOURCE,
        /** In a folder for one version of R. */
        RECOMMENDED,
        /** Built for one system, and perhaps built anew. */
        BINARY,
        /** Source or binary, depending on who asks. */
        BY_AGENT,
        OTHER
    }

    static Optional<CranPath> of(String path) {
        int slash = path.lastIndexOf('/');
        Matcher file = FILE.matcher(path.substring(slash + 1));
        return slash >= 0 && file.matches()
                ? Optional.of(new CranPath(
                        path.substring(0, slash),
                        file.group(),
                        file.group("name"),
                        file.group("version"),
                        file.group("ending")))
                : Optional.empty();
    }

    /** Where older versions of a package are, below the folder of the newest. */
    static String archive(String name) {
        return "Archive/" + name;
    }

    Kind kind() {
        if (LINUX.matcher(folder).matches()) {
            return Kind.BY_AGENT;
        }
        if (BINARY.matcher(folder).matches()) {
            return Kind.BINARY;
        }
        if (!ending.equals(".tar.gz")) {
            return Kind.OTHER;
        }
        if (RECOMMENDED.matcher(folder).matches()) {
            return Kind.RECOMMENDED;
        }
        return contrib().endsWith(CONTRIB) ? Kind.SOURCE : Kind.OTHER;
    }

    /** The folder whose list names the file. */
    String contrib() {
        String archive = "/" + archive(name);
        if (folder.endsWith(archive)) {
            return folder.substring(0, folder.length() - archive.length());
        }
        return RECOMMENDED.matcher(folder).matches()
                ? folder.substring(0, folder.lastIndexOf('/', folder.lastIndexOf('/') - 1))
                : folder;
    }

    boolean isArchived() {
        return !contrib().equals(folder) && folder.endsWith(archive(name));
    }

    /** The same file where the newest version stands. */
    String current() {
        return contrib() + "/" + file;
    }

    /** The same file where older versions stand. */
    String archived() {
        return contrib() + "/" + archive(name) + "/" + file;
    }
}
