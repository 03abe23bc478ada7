package gateway.format;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of an npm package and the paths that follow from it.
 *
 * @param name {@code lodash} or {@code @babel/core}
 */
record NpmPackage(String name) {

    /** What has a version number; old packages know looser ones than today's rules allow ({@code 1.0.2beta}). */
    static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+[0-9A-Za-z.+~-]{0,200}");

    private static final Pattern STRICT_VERSION =
            Pattern.compile("\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?(\\+[0-9A-Za-z.-]+)?");
    // What a name could be in the first years: all that a URL carries without encoding.
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9~!'()*-][A-Za-z0-9._~!'()*-]*");
    private static final Pattern FILE = Pattern.compile("[^./%\\\\\\p{Cntrl}][^/%\\\\\\p{Cntrl}]{0,250}\\.tgz");
    private static final Pattern FORBIDDEN_IN_URL = Pattern.compile("[^!-~]|[\"<>\\\\^`{|}]");
    private static final List<String> NEVER_NAMES = List.of("node_modules", "favicon.ico");
    private static final int LONGEST_NAME = 214;

    /** The package of that name; empty when no package can be called so. */
    static Optional<NpmPackage> named(String name) {
        int slash = name.startsWith("@") ? name.indexOf('/') : 0;
        boolean possible = slash >= 0
                && name.length() <= LONGEST_NAME
                && !NEVER_NAMES.contains(name)
                && (slash == 0 || part(name.substring(1, slash)))
                && part(slash == 0 ? name : name.substring(slash + 1));
        return possible ? Optional.of(new NpmPackage(name)) : Optional.empty();
    }

    /** Its path below the mount, decoded. */
    String path() {
        return "/" + name;
    }

    /** Its path as registries want it: the slash after a scope encoded. */
    String encodedName() {
        return Origin.encode(name).replace("/", "%2f");
    }

    /** The name of a version's file in the standard layout. */
    String standardFile(String version) {
        return name.substring(name.indexOf('/') + 1) + "-" + version + ".tgz";
    }

    /** The version that a file has in its name, if it is named in the standard way. */
    Optional<String> versionOf(String file) {
        int length = standardFile("").length();
        if (file.length() <= length) {
            return Optional.empty();
        }
        String version = file.substring(length - ".tgz".length(), file.length() - ".tgz".length());
        boolean standard = VERSION.matcher(version).matches() && file.equals(standardFile(version));
        return standard ? Optional.of(version) : Optional.empty();
    }

    /** Where a file is served, below the mount and decoded; empty when no file can be called so. */
    Optional<String> tarball(String file) {
        return FILE.matcher(file).matches() ? Optional.of(path() + "/-/" + file) : Optional.empty();
    }

    /**
     * Where the file of a version is served that the upstream has at that URL. A file in npm's own layout keeps its
     * name, since lock files hold it; anything else gets the standard name, which no other version has.
     */
    Optional<String> tarball(String version, String url) {
        String folder = path() + "/-/";
        String standard = standardFile(version);
        if (url.endsWith(folder + standard) && VERSION.matcher(version).matches()) {
            return Optional.of(folder + standard);
        }
        String decoded = decoded(url);
        int at = decoded.lastIndexOf(folder);
        String file = at < 0 ? "" : decoded.substring(at + folder.length());
        boolean keeps = !file.isEmpty() && !file.contains("?") && !file.contains("#") && !namesAnother(version, file);
        return (keeps ? tarball(file) : Optional.<String>empty())
                .or(() -> VERSION.matcher(version).matches() ? tarball(standard) : Optional.empty());
    }

    /** The URL with what a URL may not hold encoded, absolute; empty when it is none that can be fetched. */
    static Optional<String> fetchable(String url, URI base) {
        String clean = FORBIDDEN_IN_URL.matcher(url).replaceAll(found -> Origin.encode(found.group()));
        try {
            URI absolute = base.resolve(clean);
            boolean web =
                    "https".equalsIgnoreCase(absolute.getScheme()) || "http".equalsIgnoreCase(absolute.getScheme());
            return web && absolute.getRawAuthority() != null ? Optional.of(absolute.toString()) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether a file carries the number of a version that it is not: that one's file must be found under this name. */
    private boolean namesAnother(String version, String file) {
        Optional<String> named = versionOf(file);
        return named.isPresent()
                && !named.get().equals(version)
                && STRICT_VERSION.matcher(named.get()).matches();
    }

    private static String decoded(String url) {
        try {
            return URLDecoder.decode(url.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return url;
        }
    }

    private static boolean part(String part) {
        return PART.matcher(part).matches();
    }
}
