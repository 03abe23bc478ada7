package gateway.format;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Composer: package documents are indexes in two parts, stable and dev; archives are found through them. */
final class Composer implements Format {

    static final String JSON = "application/json";
    static final String ROOT = "/packages.json";
    static final String SEARCH = "/search.json";
    static final String LIST = "/packages/list.json";
    static final String PROVIDERS = "/providers/";
    static final String ADVISORIES = "/api/security-advisories/";
    private static final String DEV = "~dev";

    private static final Pattern P2 = Pattern.compile("/p2/(?<package>[^/]+/[^/~]+)(?<dev>~dev)?\\.json");
    private static final Pattern PROVIDER = Pattern.compile("/providers/(?<package>[^/]+/[^/]+)\\.json");
    private static final Pattern DIST =
            Pattern.compile("/dist/(?<package>[^/]+/[^/]+)/(?<dev>dev/)?(?<key>[0-9a-z-]+)\\.(?<ending>[0-9a-z.]+)");

    @Override
    public String name() {
        return "composer";
    }

    /** Composer prints what stands under this key; at 404 it goes on to ask elsewhere, and would only be noisy. */
    @Override
    public Refusal refusal(int status, String message) {
        return status == 404 || status == 410
                ? Refusal.text(message)
                : new Refusal(JSON, "{\"warning\":" + JsonSplice.quote(message) + "}");
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        String path = ask.path();
        boolean advisories = path.equals(ADVISORIES);
        if (!ask.reads() && !(advisories && ask.method().equals("POST"))) {
            return Optional.of(new Resource.Refused(405, "this is a cache that only reads: publish at the repository"));
        }
        return switch (path) {
            case ROOT -> Optional.of(root().rendered(ComposerRoot.RENDERING));
            case SEARCH -> Optional.of(told(ComposerTold.search(ask)));
            case LIST -> Optional.of(told(new ComposerTold("list", Map.of(), ask.query())));
            case ADVISORIES -> Optional.of(told(new ComposerTold("api-url", Map.of(), ask.query())));
            default -> document(path).or(() -> dist(path)).or(() -> providers(path));
        };
    }

    @Override
    public List<String> names(Ask ask, Resource resource) {
        Matcher provider = PROVIDER.matcher(ask.path());
        return provider.matches() ? List.of(provider.group("package")) : Format.super.names(ask, resource);
    }

    /** Where clients find a package's documents: the value of {@code metadata-url}, below the mount. */
    static String metadata() {
        return "/p2/%package%.json";
    }

    private static Optional<Resource> document(String path) {
        Matcher matcher = P2.matcher(path.toLowerCase(Locale.ROOT));
        return matcher.matches()
                ? ComposerPackage.named(matcher.group("package"))
                        .map(of -> document(of, matcher.group("dev") != null)
                                .rendered(ComposerDocument.of(matcher.group("dev") != null)))
                : Optional.empty();
    }

    private static Optional<Resource> dist(String path) {
        Matcher matcher = DIST.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        boolean dev = matcher.group("dev") != null;
        String key = matcher.group("key");
        String ending = matcher.group("ending");
        return ComposerPackage.named(matcher.group("package"))
                .filter(of -> ComposerDist.isKey(key) && ComposerDist.isEnding(ending))
                .map(of -> {
                    Index stable = document(of, false);
                    Index unstable = document(of, true);
                    // A commit may move from a branch to a tag, so that the other document lists it.
                    var listed = new Checksum.Listed(List.of(dev ? unstable : stable, dev ? stable : unstable, root()));
                    return archive(of, key, ending).verifiedBy(listed);
                });
    }

    private static Artifact archive(ComposerPackage of, String key, String ending) {
        Artifact archive = Resource.artifact(
                        ComposerDist.path(of, key, ending),
                        of.name() + "/" + key + "/" + of.shortName() + "-" + key + "." + ending)
                .from(new Origin.Linked())
                .of(new Coordinates("composer", of.name(), null))
                .as(ending.equals("zip") ? "application/zip" : "application/octet-stream");
        return ending.equals("zip") ? archive.sound(WholeZip.ANY) : archive;
    }

    private static Optional<Resource> providers(String path) {
        Matcher matcher = PROVIDER.matcher(path);
        return matcher.matches()
                ? ComposerPackage.named(matcher.group("package"))
                        .map(of -> told(new ComposerTold("providers-api", Map.of("%package%", of.name()), "")))
                : Optional.empty();
    }

    private static Index document(ComposerPackage of, boolean dev) {
        String suffix = dev ? DEV : "";
        String name = of.name() + suffix;
        return Resource.index("/p2/" + name + ".json", of.name() + "/packages" + suffix + ".json")
                .from(new Origin.Told(root(), new ComposerTold("metadata-url", Map.of("%package%", name), "")))
                .of(new Coordinates("composer", of.name(), null))
                .listing(new ComposerLinks());
    }

    /** A folder that no vendor can be called. */
    private static Index root() {
        return Resource.index(ROOT, "-/packages.json").listing(new ComposerLinks());
    }

    private static Resource told(ComposerTold where) {
        return new Resource.Passthrough(new Origin.Told(root(), where));
    }
}
