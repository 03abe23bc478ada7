package gateway.format;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CRAN and repositories of its shape: lists of packages are indexes, sources are artifacts, and nothing is rewritten.
 *
 * <p>R installs what it gets: only the gateway compares a file with the digest in the list.
 */
final class Cran implements Format {

    private static final Duration REBUILT = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final String GZIP = "application/x-gzip";
    private static final Pattern LIST = Pattern.compile("(?<folder>/.*|)/PACKAGES(?<form>|\\.gz|\\.rds|\\.json)");
    private static final Pattern META = Pattern.compile("/(?:.*/)?Meta/[^/]+\\.rds");
    private static final Pattern API = Pattern.compile("/(?:.*/)?__api__/.*");
    private static final Pattern DATED = Pattern.compile("/.*/\\d{4}-\\d\\d-\\d\\d/src/contrib(?:/.*)?");
    private static final Pattern NAMED =
            Pattern.compile("/(?:.*/)?(?:web/(?:packages|checks)|Archive|__api__)/(?<names>.+)");
    /** What R says of itself, where it is told to: its version, platform, processor and system. */
    private static final Pattern AGENT = Pattern.compile(
            "R \\((?<r>\\d{1,3}\\.\\d{1,3})[^ )]{0,40} (?<platform>[A-Za-z0-9._-]{1,100}) [^)]{1,200}\\)");

    @Override
    public String name() {
        return "cran";
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        if (!ask.reads()) {
            return Optional.of(
                    new Resource.Refused(405, "this repository of R packages is a cache and takes no uploads"));
        }
        String path = ask.path();
        if (path.endsWith("/") || !DebianPackages.isPlain(path.substring(1))) {
            return Optional.empty();
        }
        if (API.matcher(path).matches() || !ask.query().isEmpty()) {
            return Optional.of(new Resource.Passthrough(Origin.At.path(path).asking(ask.query())));
        }
        Matcher list = LIST.matcher(path);
        if (list.matches()) {
            return Optional.of(list(list.group("folder"), list.group("form")));
        }
        return Optional.of(CranPath.of(path).map(file -> file(ask, file)).orElseGet(() -> other(path)));
    }

    /** Pages, archives and the API have theirs in the path. */
    @Override
    public List<String> names(Ask ask, Resource resource) {
        List<String> names = new ArrayList<>(Format.super.names(ask, resource));
        Matcher named = NAMED.matcher(ask.path());
        if (named.matches()) {
            Collections.addAll(
                    names, named.group("names").replaceFirst("\\.[a-z]+$", "").split("[/_]", -1));
        }
        return names;
    }

    /** The three forms are files of their own upstream; each is kept as it is. */
    private static Index list(String folder, String form) {
        Index index = index(folder + "/PACKAGES" + form);
        return switch (form) {
            case ".gz" -> index.untouched().as(GZIP).listing(new CranPackages(folder, ending(folder)));
            case ".rds" -> index.untouched().listing(new Packed());
            case "" -> index.listing(new CranPackages(folder, ending(folder)));
            default -> index;
        };
    }

    /** What files are called is told by the folder: lists of binaries name them no more than those of sources. */
    private static String ending(String folder) {
        return folder.contains("/windows/") ? ".zip" : folder.contains("/macosx/") ? ".tgz" : ".tar.gz";
    }

    private static Resource file(Ask ask, CranPath file) {
        Coordinates coordinates = new Coordinates("cran", file.name(), file.version());
        Checksum listed = new Checksum.ListedBeside(list(file.contrib(), ".gz"));
        return switch (file.kind()) {
            case SOURCE ->
                source(file, file.current())
                        .from(
                                file.isArchived()
                                        ? new Origin.Either(at(file.archived()), at(file.current()))
                                        : new Origin.Either(at(file.current()), at(file.archived())))
                        .verifiedBy(listed)
                        .digesting(Algorithm.MD5);
            case RECOMMENDED ->
                source(file, file.folder() + "/" + file.file())
                        .verifiedBy(listed)
                        .digesting(Algorithm.MD5);
            case BINARY ->
                index(file.folder() + "/" + file.file())
                        .untouched()
                        .freshFor(REBUILT)
                        .of(coordinates)
                        .digesting(Algorithm.MD5)
                        .verifiedBy(listed);
            case BY_AGENT -> byAgent(ask, file);
            case OTHER -> other(ask.path()).of(coordinates);
        };
    }

    private static Artifact source(CranPath file, String path) {
        return Resource.artifact(path, path.substring(1))
                .of(new Coordinates("cran", file.name(), file.version()))
                .sound(new CranSource(file.name(), file.version()))
                .as(GZIP);
    }

    /** Who names his R and his system gets a binary, all others the source; the list has the source's digest alone. */
    private static Resource byAgent(Ask ask, CranPath file) {
        Matcher agent = AGENT.matcher(ask.agent());
        boolean named = agent.find();
        String variant = named ? "R-" + agent.group("r") + "-" + agent.group("platform") : "source";
        String told = named ? agent.group() : "";
        String path = ask.path() + "@" + variant;
        String place = (file.folder() + "/" + variant + "/" + file.file()).substring(1);
        Coordinates coordinates = new Coordinates("cran", file.name(), file.version());
        return DATED.matcher(file.folder()).matches()
                ? Resource.artifact(path, place)
                        .from(at(ask.path()))
                        .askedAs(told)
                        .of(coordinates)
                        .sound(new CranSource(file.name(), file.version()))
                        .as(GZIP)
                : Resource.index(path, place)
                        .from(at(ask.path()))
                        .askedAs(told)
                        .of(coordinates)
                        .untouched()
                        .freshFor(DAY)
                        .listing(new Packed());
    }

    private static Index other(String path) {
        Index index = index(path).untouched();
        return META.matcher(path).matches() ? index.listing(new Packed()) : index.freshFor(REBUILT);
    }

    private static Index index(String path) {
        return Resource.index(path, path.substring(1));
    }

    private static Origin.At at(String path) {
        return Origin.At.path(path);
    }
}
