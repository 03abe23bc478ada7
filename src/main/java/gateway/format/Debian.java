package gateway.format;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Debian and Ubuntu: a signed Release and all files that it lists are one generation, packages are artifacts.
 *
 * <p>Everything below {@code dists/} is signed or hashed, so that nothing is rewritten and nothing comes encoded.
 */
final class Debian implements Format {

    private static final Duration ROOT = Duration.ofMinutes(2);

    private static final String DEB = "application/vnd.debian.binary-package";

    @Override
    public String name() {
        return "debian";
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        if (!ask.reads()) {
            return Optional.of(new Resource.Refused(405, "this Debian archive is a cache and takes no uploads"));
        }
        if (ask.path().endsWith("/")) {
            return Optional.empty();
        }
        return Optional.of(resource(DebianPath.of(ask.path())));
    }

    @Override
    public List<String> names(Ask ask, Resource resource) {
        return DebianPath.of(ask.path()).names();
    }

    private static Resource resource(DebianPath path) {
        return switch (path.kind()) {
            case ROOT -> root(path.path());
            case SIGNATURE -> signature(path);
            case BY_HASH -> byHash(path);
            case MEMBER -> byName(path);
            case PATCH -> Resource.artifact(path.path(), path.place()).absentFor(Duration.ZERO);
            case PACKAGE -> packaged(path);
            case OTHER -> other(path);
        };
    }

    private static Index root(String path) {
        return path.endsWith("/InRelease")
                ? untouched(path).root(DebianRelease::signed, List.of())
                : untouched(path).root(DebianRelease::unsigned, List.of(path + ".gpg"));
    }

    private static Resource signature(DebianPath path) {
        String release = path.folder() + "/Release";
        return new Resource.Member(
                List.of(root(release)),
                new Resource.Member.Select.Companion(path.path()),
                untouched(path.path()),
                null);
    }

    /** A digest in the path makes the file immutable, whichever generation it belongs to. */
    private static Resource byHash(DebianPath path) {
        Checksum.Known digest = path.digest().orElseThrow();
        Resource file =
                Resource.artifact(path.path(), path.place()).verifiedBy(digest).absentFor(Duration.ZERO);
        return member(path, suite -> new Resource.Member.Select.ByDigest(digest), file, links(path));
    }

    private static Resource byName(DebianPath path) {
        Index file = untouched(path.path());
        LinkReader links = links(path);
        Resource otherwise = links == null ? file : file.listing(links);
        return member(
                path,
                suite -> new Resource.Member.Select.ByName(path.path().substring(suite.length() + 1)),
                otherwise,
                links);
    }

    /** One member in another: what the first suite does not list is looked for in the next. */
    private static Resource member(
            DebianPath path,
            Function<String, Resource.Member.Select> select,
            Resource file,
            @Nullable LinkReader links) {
        Resource otherwise = file;
        for (String suite : path.suites().reversed()) {
            otherwise = new Resource.Member(roots(suite), select.apply(suite), otherwise, links);
        }
        return otherwise;
    }

    private static List<Index> roots(String suite) {
        return List.of(root(suite + "/InRelease"), root(suite + "/Release"));
    }

    private static @Nullable LinkReader links(DebianPath path) {
        return path.listsPackages() ? new DebianPackages(path.base()) : null;
    }

    /** The lists of an archive stand below its {@code dists}; those of a flat one anywhere. */
    private static Resource packaged(DebianPath path) {
        Artifact artifact = Resource.artifact(path.path(), path.place())
                .verifiedBy(new Checksum.ListedBelow(path.listsBelow(), Debian::lists))
                .absentFor(Duration.ZERO);
        if (path.isBinary()) {
            artifact = artifact.as(DEB);
        }
        return path.coordinates().map(artifact::of).orElse(artifact);
    }

    private static Optional<LinkReader> lists(String place) {
        return Optional.ofNullable(links(DebianPath.of(place)));
    }

    /** Keys, documents, installers; a package without a version in its name must fit the list of this very moment. */
    private static Index other(DebianPath path) {
        return untouched(path.path()).freshFor(path.isBinary() ? Duration.ZERO : Resource.FRESH);
    }

    private static Index untouched(String path) {
        return Resource.index(path, path.substring(1)).untouched().freshFor(ROOT);
    }
}
