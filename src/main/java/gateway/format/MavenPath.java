package gateway.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A path of a Maven repository, read from the right: file, version, artifact, and the rest is the group.
 *
 * @param path as the client sent it, beginning with a slash
 * @param folders segments before the file name
 * @param file last segment
 */
record MavenPath(String path, List<String> folders, String file) {

    /** What decides how long a file may be kept. */
    enum Kind {
        PREFIXES,
        METADATA,
        LISTING,
        SNAPSHOT,
        ARTIFACT
    }

    private static final String SIGNATURE = ".asc";

    /** {@code a-1-20261121.194632-1.jar}, perhaps with a classifier: such a file is never written twice. */
    private static final Pattern TIMESTAMPED = Pattern.compile(".*-\\d{8}\\.\\d{6}-\\d+([.-].*)?");

    /** Listings of Eclipse p2 sites, which are mounted as Maven repositories too. */
    private static final Set<String> LISTINGS = Set.of(
            "archetype-catalog.xml",
            "p2.index",
            "site.xml",
            "content.xml",
            "content.jar",
            "content.xml.xz",
            "artifacts.xml",
            "artifacts.jar",
            "artifacts.xml.xz",
            "compositeContent.xml",
            "compositeContent.jar",
            "compositeArtifacts.xml",
            "compositeArtifacts.jar");

    /** Ivy's layout has one more folder, {@code [organisation]/[module]/[revision]/jars/x.jar}. */
    private static final Set<String> IVY_TYPES = Set.of("ivys", "jars", "srcs", "docs", "poms", "bundles");

    static MavenPath of(String path) {
        List<String> segments = List.of(path.substring(1).split("/", -1));
        return new MavenPath(path, segments.subList(0, segments.size() - 1), segments.getLast());
    }

    /** Readable location in the store. */
    String place() {
        return path.substring(1);
    }

    /** Which digest of another file this file holds; empty when it holds none. */
    Optional<Algorithm> sidecar() {
        int dot = file.lastIndexOf('.');
        return dot <= 0
                ? Optional.empty()
                : switch (file.substring(dot)) {
                    case ".md5" -> Optional.of(Algorithm.MD5);
                    case ".sha1" -> Optional.of(Algorithm.SHA1);
                    case ".sha256" -> Optional.of(Algorithm.SHA256);
                    case ".sha512" -> Optional.of(Algorithm.SHA512);
                    default -> Optional.empty();
                };
    }

    boolean isSignature() {
        return file.length() > SIGNATURE.length() && file.endsWith(SIGNATURE);
    }

    boolean isMetadata() {
        return file.equals("maven-metadata.xml");
    }

    /** The path before its last extension. */
    MavenPath withoutSuffix() {
        return of(path.substring(0, path.lastIndexOf('.')));
    }

    /** The file that checksums and signatures, however stacked, are about. */
    MavenPath described() {
        MavenPath described = this;
        while (described.isSignature() || described.sidecar().isPresent()) {
            described = described.withoutSuffix();
        }
        return described;
    }

    Kind kind() {
        if (folders.equals(List.of(".meta"))) {
            return file.equals("prefixes.txt") ? Kind.PREFIXES : Kind.LISTING;
        }
        if (isMetadata()) {
            return Kind.METADATA;
        }
        if (LISTINGS.contains(file) || isGroupIndex()) {
            return Kind.LISTING;
        }
        return inSnapshot() && !TIMESTAMPED.matcher(file).matches() ? Kind.SNAPSHOT : Kind.ARTIFACT;
    }

    /** {@code master-index.xml}, {@code group-index.xml}; but {@code a/1/a-1-index.xml} is an artifact's classifier. */
    private boolean isGroupIndex() {
        int depth = folders.size();
        return file.endsWith("-index.xml")
                && !(depth >= 2 && file.startsWith(folders.get(depth - 2) + "-" + folders.get(depth - 1)));
    }

    /** Any folder, since the version is not the last one in Ivy's layout. */
    boolean inSnapshot() {
        return folders.stream().anyMatch(folder -> folder.endsWith("-SNAPSHOT") || folder.equals("SNAPSHOT"));
    }

    /** The file name is not asked: plugins of sbt do not repeat the artifact's name in it. */
    Optional<Coordinates> coordinates() {
        return switch (described().kind()) {
            case PREFIXES, LISTING -> Optional.empty();
            case METADATA -> inSnapshot() ? versioned(folders) : named(folders, null);
            case SNAPSHOT, ARTIFACT -> versioned(folders);
        };
    }

    /**
     * All that the folders can mean: metadata may be that of an artifact or of a group, and where a version is missing the
     * last folder is the artifact's.
     */
    List<String> names() {
        Kind kind = described().kind();
        List<String> names = new ArrayList<>();
        coordinates().map(Coordinates::name).ifPresent(names::add);
        if (!folders.isEmpty() && kind != Kind.PREFIXES) {
            names.add(String.join(".", folders) + ":");
        }
        if (kind != Kind.METADATA) {
            for (int depth = Math.max(2, folders.size() - 1); depth <= folders.size(); depth++) {
                names.add(String.join(".", folders.subList(0, depth - 1)) + ":" + folders.get(depth - 1));
            }
        }
        return names;
    }

    private static Optional<Coordinates> versioned(List<String> folders) {
        List<String> rest = new ArrayList<>(folders);
        boolean ivy = rest.size() > 3 && IVY_TYPES.contains(rest.getLast());
        if (ivy) {
            rest.removeLast();
        }
        if (rest.size() < 3) {
            return Optional.empty();
        }
        String version = rest.removeLast();
        while (ivy
                && rest.size() > 2
                && (rest.getLast().startsWith("scala_") || rest.getLast().startsWith("sbt_"))) {
            rest.removeLast();
        }
        return named(rest, version);
    }

    private static Optional<Coordinates> named(List<String> folders, @Nullable String version) {
        int last = folders.size() - 1;
        return last < 1
                ? Optional.empty()
                : Optional.of(new Coordinates(
                        "maven", String.join(".", folders.subList(0, last)) + ":" + folders.get(last), version));
    }
}
