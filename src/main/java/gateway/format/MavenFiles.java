package gateway.format;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Maven as the registry of a project holds it: each path is a file, metadata and snapshots too, and only MD5 and SHA-1
 * are derived. Of several remotes the metadata is merged, and so is no file of any of them.
 *
 * @param several whether there is more than one remote
 */
record MavenFiles(boolean several) implements Format {

    @Override
    public String name() {
        return "maven";
    }

    @Override
    public Refusal refusal(int status, String message) {
        return ProjectFormats.refusal(status, message);
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        if (!ask.reads()) {
            return Optional.of(new Resource.Refused(405, "the dependency proxy only reads"));
        }
        if (ask.path().indexOf('\\') >= 0) {
            return Optional.of(new Resource.Refused(400, "a path of a Maven repository has no backslash"));
        }
        MavenPath path = MavenPath.of(ask.path());
        if (path.file().isEmpty() || path.folders().isEmpty()) {
            return Optional.empty();
        }
        if (several && path.described().isMetadata()) {
            return Optional.of(path.sidecar()
                    .<Resource>map(
                            algorithm -> new Resource.Sidecar(merged(path.withoutSuffix()), algorithm, merged(path)))
                    .orElseGet(() -> merged(path)));
        }
        return Optional.of(path.sidecar()
                .filter(algorithm -> algorithm == Algorithm.MD5 || algorithm == Algorithm.SHA1)
                .<Resource>map(algorithm -> new Resource.Sidecar(
                        file(path.withoutSuffix()), algorithm, file(path).as("text/plain")))
                .orElseGet(() -> file(path)));
    }

    @Override
    public List<String> names(Ask ask, Resource resource) {
        return MavenPath.of(ask.path()).names();
    }

    @Override
    public String spelling(String name) {
        return new Maven().spelling(name);
    }

    /** A new version is seen with the next request. What describes one remote's document does not describe the merged one. */
    private static Index merged(MavenPath path) {
        Index index = Resource.index(path.path(), path.place())
                .freshFor(Duration.ZERO)
                .absentFor(Duration.ZERO)
                .digesting(Algorithm.SHA1);
        return path.isMetadata() ? index.merged(MavenMetadata::merge) : index.ofSoleUpstream();
    }

    private static Artifact file(MavenPath path) {
        return Resource.artifact(path.path(), path.place())
                .of(coordinates(path))
                // What the answer's own header promises costs no further question.
                .verifiedBy(new Checksum.Siblings(List.of()))
                .digesting(Algorithm.SHA1, Algorithm.MD5)
                .absentFor(Duration.ZERO);
    }

    /** The name keeps its slashes; the metadata of all versions of an artifact belongs to none of them. */
    static Coordinates coordinates(MavenPath path) {
        List<String> folders = path.folders();
        boolean ofAll = path.described().isMetadata() && !folders.getLast().endsWith("-SNAPSHOT");
        return ofAll || folders.size() < 2
                ? new Coordinates("maven", String.join("/", folders), null)
                : new Coordinates("maven", String.join("/", folders.subList(0, folders.size() - 1)), folders.getLast());
    }
}
