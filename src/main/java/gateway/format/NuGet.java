package gateway.format;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** NuGet V3: the service index names all other documents, packages are artifacts; below {@code /v2} is {@link NuGetV2}. */
final class NuGet implements Format {

    static final String JSON = "application/json";
    static final String SERVICE = "/v3/index.json";
    private static final Duration SERVICE_FRESH = Duration.ofHours(1);
    private static final Duration ANSWER_FRESH = Duration.ofMinutes(1);
    private static final Duration SETTLED = Duration.ofDays(1);

    private static final Pattern FLAT = Pattern.compile("/v3/flat/(?<id>[^/]+)/(?:(?<version>[^/]+)/)?(?<file>[^/]+)");
    private static final Pattern REGISTRATION =
            Pattern.compile("/v3/(?<hive>registration(?:-gz|-semver2)?)/(?<id>[^/]+)/(?<rest>.+\\.json)");
    private static final Pattern CATALOG = Pattern.compile("/v3/catalog/(?<id>[^/]+)/(?<version>[^/]+)\\.json");
    private static final Pattern VULNERABILITIES = Pattern.compile("/v3/vulnerabilities/(?<page>[0-9a-f]{16})\\.json");

    @Override
    public String name() {
        return "nuget";
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        if (!ask.reads()) {
            return Optional.of(new Resource.Refused(405, "this is a cache that only reads: push to the feed itself"));
        }
        String path = ask.path();
        return switch (path) {
            case "/index.json", "/v3", "/v3/" -> Optional.of(new Resource.Moved(SERVICE));
            case SERVICE -> Optional.of(service().rendered(NuGetService.RENDERING));
            case "/v3/query" -> Optional.of(search(ask));
            case "/v3/autocomplete" -> Optional.of(answer(ask, NuGetResource.AUTOCOMPLETE));
            default ->
                NuGetV2.resolve(ask)
                        .or(() -> flat(path))
                        .or(() -> registration(path))
                        .or(() -> catalog(path))
                        .or(() -> vulnerabilities(path));
        };
    }

    /** The older feed has questions in the path: {@code FindPackagesById(id='Some.Package')}. */
    @Override
    public List<String> names(Ask ask, Resource resource) {
        List<String> names = new ArrayList<>(Format.super.names(ask, resource));
        int asked = ask.path().indexOf('(');
        if (asked >= 0) {
            names.addAll(Names.words(ask.path().substring(asked)));
        }
        return names;
    }

    /** The document of the upstream that says where all others are. */
    private static Index service() {
        return Resource.index(SERVICE, "-/index.json").freshFor(SERVICE_FRESH).accepting(JSON);
    }

    /** Where the upstream has a document of one of its resources. */
    private static Origin.Told told(NuGetResource resource, String rest, String query) {
        return new Origin.Told(service(), new NuGetTold(resource, rest, query));
    }

    private static Optional<Resource> flat(String path) {
        Matcher matcher = FLAT.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Optional<NuGetId> id = NuGetId.of(matcher.group("id"));
        String file = matcher.group("file").toLowerCase(Locale.ROOT);
        String version = matcher.group("version");
        if (version == null) {
            return id.filter(any -> file.equals("index.json")).map(NuGet::versions);
        }
        return id.flatMap(of -> of.at(version)).flatMap(of -> {
            boolean asked = file.equals(of.file())
                    || file.equals(of.id().id() + "." + version.toLowerCase(Locale.ROOT) + ".nupkg");
            return asked ? Optional.of(nupkg(of)) : beside(of, file);
        });
    }

    private static Resource versions(NuGetId id) {
        return Resource.index("/v3/flat/" + id.id() + "/index.json", id.id() + "/versions.json")
                .from(told(NuGetResource.FLAT, id.id() + "/index.json", ""))
                .accepting(JSON)
                .as(JSON)
                .of(new Coordinates("nuget", id.id(), null));
    }

    private static Resource nupkg(NuGetId.Version of) {
        return file(of, of.file())
                .verifiedBy(new Checksum.ListedBeside(catalog(of)))
                .digesting(Algorithm.SHA512)
                .sound(WholeZip.ANY)
                .as("application/octet-stream");
    }

    /** What the flat container has beside a package, which is also in it. */
    private static Optional<Resource> beside(NuGetId.Version of, String file) {
        return switch (file) {
            case "readme", "icon", "license" -> Optional.of(file(of, file));
            default ->
                file.equals(of.id().id() + ".nuspec")
                        ? Optional.of(file(of, file).as("application/xml"))
                        : Optional.empty();
        };
    }

    private static Artifact file(NuGetId.Version of, String file) {
        return Resource.artifact(of.flat() + file, of.place() + file)
                .from(told(NuGetResource.FLAT, of.place() + file, ""))
                .of(of.coordinates());
    }

    private static Optional<Resource> registration(String path) {
        Matcher matcher = REGISTRATION.matcher(path);
        if (!matcher.matches() || !NuGetRegistration.isRest(matcher.group("rest"))) {
            return Optional.empty();
        }
        NuGetResource hive = NuGetResource.hive(matcher.group("hive"));
        return NuGetId.of(matcher.group("id")).map(id -> {
            NuGetRegistration form = new NuGetRegistration(hive, id, matcher.group("rest"));
            return registration(form).rendered(form.rendering());
        });
    }

    private static Index registration(NuGetRegistration form) {
        String below = form.id().id() + "/" + form.rest();
        Index index = Resource.index(
                        form.path(), form.id().id() + "/" + form.hive().folder() + "/" + form.rest())
                .accepting(JSON)
                .of(new Coordinates("nuget", form.id().id(), null))
                .listing(form);
        return form.whole()
                .map(whole -> index.from(new Origin.Linked()).verifiedBy(new Checksum.Listed(registration(whole))))
                .orElseGet(() -> index.from(told(form.hive(), below, "")));
    }

    private static Optional<Resource> catalog(String path) {
        Matcher matcher = CATALOG.matcher(path);
        return matcher.matches()
                ? NuGetId.of(matcher.group("id"))
                        .flatMap(id -> id.at(matcher.group("version")))
                        .map(NuGet::catalog)
                : Optional.empty();
    }

    /** Only the catalog has digests; the way to a package's leaf in it leads over its leaf in the registration. */
    private static Index catalog(NuGetId.Version of) {
        Index leaf = registration(new NuGetRegistration(NuGetResource.SEMVER2, of.id(), of.number() + ".json"));
        return Resource.index(of.catalog(), of.place() + "catalog.json")
                .from(new Origin.Told(leaf, NuGetCatalog::address))
                .accepting(JSON)
                .freshFor(SETTLED)
                .of(of.coordinates())
                .listing(new NuGetCatalog(of));
    }

    private static Optional<Resource> vulnerabilities(String path) {
        Index root = Resource.index(NuGetResource.VULNERABILITIES.path(), "-/vulnerabilities/index.json")
                .from(told(NuGetResource.VULNERABILITIES, "", ""))
                .accepting(JSON)
                .freshFor(SERVICE_FRESH);
        if (path.equals(root.path())) {
            return Optional.of(root.rendered(NuGetVulnerabilities.RENDERING));
        }
        Matcher page = VULNERABILITIES.matcher(path);
        return page.matches()
                ? Optional.of(Resource.index(path, "-/vulnerabilities/" + page.group("page") + ".json")
                        .from(new Origin.Told(root, new NuGetVulnerabilities(page.group("page"))))
                        .accepting(JSON)
                        .freshFor(SETTLED))
                : Optional.empty();
    }

    private static Resource search(Ask ask) {
        boolean second = ask.parameter("semVerLevel").orElse("").startsWith("2");
        return answer(ask, NuGetResource.QUERY)
                .rendered(new NuGetSearch(second ? NuGetResource.SEMVER2 : NuGetResource.GZIPPED).rendering());
    }

    private static Index answer(Ask ask, NuGetResource resource) {
        NuGetQuery query = NuGetQuery.of(ask.query());
        return Resource.index(
                        "/v3/" + resource.folder() + "?" + query.key(),
                        "-/" + resource.folder() + "/" + query.digest() + ".json")
                .from(told(resource, "", query.raw()))
                .accepting(JSON)
                .freshFor(ANSWER_FRESH);
    }
}
