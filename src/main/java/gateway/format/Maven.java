package gateway.format;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** Maven: metadata and snapshots without a time in their name are indexes, all other files are artifacts. */
final class Maven implements Format {

    private static final Pattern MARKER_JAR =
            Pattern.compile("/.+/(?<marker>[^/]+\\.gradle\\.plugin)/(?<version>[^/]+)/\\k<marker>-\\k<version>\\.jar");
    private static final Duration METADATA = Duration.ofMinutes(2);
    private static final Duration SNAPSHOT_METADATA = Duration.ofSeconds(30);
    private static final Duration SNAPSHOT = Duration.ofMinutes(1);

    @Override
    public String name() {
        return "maven";
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        if (!ask.reads()) {
            return Optional.of(new Resource.Refused(405, "this Maven repository is a cache and takes no uploads"));
        }
        if (ask.path().indexOf('\\') >= 0) {
            return Optional.of(new Resource.Refused(400, "a path of a Maven repository has no backslash"));
        }
        if (ask.path().endsWith("/")) {
            return Optional.empty();
        }
        // Hundreds of megabytes that only an IDE's search wants.
        if (ask.path().startsWith("/.index/")) {
            return Optional.of(new Resource.Passthrough(Origin.At.path(ask.path())));
        }
        // Gradle asks for it all the same, and ends the build when the answer is a failure.
        if (MARKER_JAR.matcher(ask.path()).matches()) {
            return Optional.of(new Resource.Refused(404, "what leads from a plugin's id to the plugin has no jar"));
        }
        return Optional.of(resource(MavenPath.of(ask.path())));
    }

    /** A path that was not found must stay a plain 404: Maven takes a problem document for a transfer error. */
    @Override
    public Refusal refusal(int status, String message) {
        if (status == 404) {
            return Refusal.text(message);
        }
        String title = status < 500 ? "Refused by the gateway" : "The upstream failed";
        String problem = JsonMapper.shared().writeValueAsString(new Problem("about:blank", title, status, message));
        return new Refusal("application/problem+json", problem);
    }

    /** What Maven prints in the error of a build (RFC 9457). */
    private record Problem(String type, String title, int status, String detail) {}

    @Override
    public List<String> names(Ask ask, Resource resource) {
        return MavenPath.of(ask.path()).names();
    }

    /** With dots, as people write a group, or with slashes, as its folders are. */
    @Override
    public String spelling(String name) {
        return name.toLowerCase(Locale.ROOT).replace('/', '.');
    }

    private static Resource resource(MavenPath path) {
        Optional<Algorithm> sidecar = path.sidecar();
        if (sidecar.isEmpty()) {
            return file(path);
        }
        // A checksum of a checksum (a.jar.sha1.md5) is an ordinary file: nobody derives it.
        MavenPath base = path.withoutSuffix();
        return base.sidecar().isPresent()
                ? file(path)
                : new Resource.Sidecar(file(base), sidecar.get(), sidecarUpstream(path, base));
    }

    /** A file and what describes it are mutable together: what follows the last real extension is ignored. */
    private static Resource file(MavenPath path) {
        return switch (path.described().kind()) {
            case PREFIXES -> index(path).freshFor(Duration.ofDays(1)).ofSoleUpstream();
            case METADATA -> metadata(path);
            case LISTING -> index(path);
            case SNAPSHOT -> index(path).freshFor(SNAPSHOT).absentFor(Duration.ZERO);
            case ARTIFACT -> artifact(path);
        };
    }

    private static Index metadata(MavenPath path) {
        Index index = path.inSnapshot()
                ? index(path).freshFor(SNAPSHOT_METADATA).absentFor(Duration.ZERO)
                : index(path).freshFor(METADATA);
        // What describes one upstream's document does not describe the merged one.
        return path.isMetadata() ? index.merged(MavenMetadata::merge) : index.ofSoleUpstream();
    }

    private static Index index(MavenPath path) {
        Index index = Resource.index(path.path(), path.place()).digesting(Algorithm.SHA1);
        return path.coordinates().map(index::of).orElse(index);
    }

    private static Artifact artifact(MavenPath path) {
        Artifact artifact = Resource.artifact(path.path(), path.place());
        if (!path.isSignature() && path.sidecar().isEmpty()) {
            artifact = artifact.verifiedBy(
                    new Checksum.Siblings(List.of(sibling(path, Algorithm.SHA1), sibling(path, Algorithm.MD5))));
        }
        if (path.inSnapshot()) {
            artifact = artifact.absentFor(Duration.ZERO);
        }
        return path.coordinates().map(artifact::of).orElse(artifact);
    }

    private static Checksum.Sibling sibling(MavenPath path, Algorithm algorithm) {
        return new Checksum.Sibling(algorithm, Origin.At.path(path.path() + "." + algorithm.label()));
    }

    /** The checksum file as the upstream holds it, for bytes that are not held here. */
    private static Resource sidecarUpstream(MavenPath path, MavenPath base) {
        return switch (file(base)) {
            case Index index ->
                index(path)
                        .freshFor(index.freshFor())
                        .absentFor(index.negativeFor())
                        .as("text/plain");
            case Artifact artifact ->
                artifact(path).absentFor(artifact.negativeFor()).as("text/plain");
            case Resource other -> other;
        };
    }
}
