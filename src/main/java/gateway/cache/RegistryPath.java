package gateway.cache;

import gateway.format.Algorithm;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A path of a project's package registry, taken apart.
 *
 * @param path of the file below the root of its format; of a digest that stands beside a file, that of the file
 * @param fileName last segment of the path
 * @param name of the package
 * @param version null where the file belongs to no single version
 * @param digest which digest of the file is meant; null for the file itself
 */
record RegistryPath(
        String path,
        String fileName,
        String name,
        @Nullable String version,
        @Nullable Algorithm digest) {

    private static final String METADATA = "maven-metadata.xml";
    private static final String SNAPSHOT = "-SNAPSHOT";
    /** Names and versions of generic packages and what their files are called. */
    private static final Pattern PLAIN = Pattern.compile("(?![~@])[A-Za-z0-9._+~@-]{1,255}(?<![~@])");

    /** Why a path is none. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    static RegistryPath of(String format, String path) throws Malformed {
        List<String> segments = List.of(path.substring(1).split("/", -1));
        return format.equals("generic") ? generic(path, segments) : maven(path, segments);
    }

    private static RegistryPath maven(String path, List<String> segments) throws Malformed {
        String file = segments.getLast();
        Algorithm digest = digest(file);
        if (digest != null) {
            int suffix = digest.label().length() + 1;
            file = file.substring(0, file.length() - suffix);
            path = path.substring(0, path.length() - suffix);
        }
        if (file.isEmpty()) {
            throw new Malformed("file_name should be a valid file path");
        }
        List<String> folders = segments.subList(0, segments.size() - 1);
        if (folders.isEmpty()) {
            throw new Malformed("path should be a valid file path");
        }
        String last = folders.getLast();
        boolean ofAll = file.equals(METADATA) && !last.endsWith(SNAPSHOT);
        boolean versioned = !ofAll && folders.size() > 1;
        return new RegistryPath(
                path,
                file,
                String.join("/", versioned ? folders.subList(0, folders.size() - 1) : folders),
                versioned ? last : null,
                digest);
    }

    /** Other digests are files like any other. */
    private static @Nullable Algorithm digest(String file) {
        if (file.endsWith(".sha1")) {
            return Algorithm.SHA1;
        }
        return file.endsWith(".md5") ? Algorithm.MD5 : null;
    }

    private static RegistryPath generic(String path, List<String> segments) throws Malformed {
        if (segments.size() < 3) {
            throw new Malformed("file_name is missing");
        }
        for (int i = 0; i < segments.size(); i++) {
            if (!PLAIN.matcher(segments.get(i)).matches()) {
                String what = i == 0 ? "package_name" : i == 1 ? "package_version" : "file_name";
                throw new Malformed(what + " is invalid");
            }
        }
        return new RegistryPath(path, segments.getLast(), segments.get(0), segments.get(1), null);
    }

    /** Whether it is written anew in the course of things, also where nothing is published twice. */
    boolean changes(String format) {
        return format.equals("maven")
                && (fileName.startsWith(METADATA) || (version != null && version.endsWith(SNAPSHOT)));
    }
}
