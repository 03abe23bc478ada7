package gateway.format;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** pub: a listing of all versions is the index, archives are artifacts wherever the upstream keeps them. */
final class Pub implements Format {

    static final String JSON = "application/vnd.pub.v2+json";

    private static final Duration NAMES = Duration.ofHours(1);
    private static final String ANY_JSON = JSON + ", application/json;q=0.5, */*;q=0.1";
    private static final String PACKAGES = "/api/packages/";
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
    private static final Pattern VERSION =
            Pattern.compile("\\d{1,18}\\.\\d{1,18}\\.\\d{1,18}(-[0-9A-Za-z.-]{1,100})?(\\+[0-9A-Za-z.-]{1,100})?");
    // The name has no hyphen, so that the first one ends it.
    private static final Pattern ARCHIVE = Pattern.compile(
            "/api/archives/(?<name>[^-/]+)-(?<version>[^/]+)\\.tar\\.gz|/packages/(?<name2>[^/]+)/versions/(?<version2>[^/]+)\\.tar\\.gz");
    private static final JsonMapper MAPPER = new JsonMapper();

    @Override
    public String name() {
        return "pub";
    }

    @Override
    public Refusal refusal(int status, String message) {
        String code = switch (status) {
            case 400 -> "InvalidInput";
            case 401 -> "MissingAuthentication";
            case 403 -> "InsufficientPermissions";
            case 404, 410 -> "NotFound";
            case 405 -> "OperationForbidden";
            case 429 -> "RateLimited";
            default -> "UpstreamFailed";
        };
        return new Refusal(JSON, MAPPER.writeValueAsString(Map.of("error", Map.of("code", code, "message", message))));
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        String path = ask.path();
        // The first step of a publication is a GET.
        if (!ask.reads() || path.equals("/api/packages/versions/new")) {
            return Optional.of(new Resource.Refused(405, "a cache only reads: publish to the repository behind it"));
        }
        return switch (path) {
            case "/api/search" ->
                Optional.of(new Resource.Passthrough(Origin.At.path(path).asking(ask.query())));
            case "/api/package-names", "/api/package-name-completion-data" ->
                Optional.of(Resource.index(path, "-" + path + ".json")
                        .accepting("application/json, */*;q=0.1")
                        .freshFor(NAMES)
                        .as("application/json"));
            default -> path.startsWith(PACKAGES) ? inPackage(path.substring(PACKAGES.length())) : archive(path);
        };
    }

    static boolean isVersion(String version) {
        return VERSION.matcher(version).matches();
    }

    /** Where the archive of a version is served. */
    static String archive(String name, String version) {
        return "/api/archives/" + name + "-" + version + ".tar.gz";
    }

    private static Optional<Resource> inPackage(String path) {
        String[] parts = path.split("/", -1);
        if (!NAME.matcher(parts[0]).matches()) {
            return Optional.empty();
        }
        PubListing listing = new PubListing(parts[0]);
        if (parts.length == 1) {
            return Optional.of(index(parts[0]).rendered(listing.all()));
        }
        if (parts.length == 2 && parts[1].equals("advisories")) {
            return Optional.of(Resource.index(PACKAGES + path, parts[0] + "/advisories.json")
                    .accepting(ANY_JSON)
                    .of(new Coordinates("pub", parts[0], null))
                    .as(JSON));
        }
        return parts.length == 3 && parts[1].equals("versions") && isVersion(parts[2])
                ? Optional.of(index(parts[0]).rendered(listing.version(parts[2])))
                : Optional.empty();
    }

    private static Optional<Resource> archive(String path) {
        Matcher matcher = ARCHIVE.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        boolean older = matcher.group("name") == null;
        String name = matcher.group(older ? "name2" : "name");
        String version = matcher.group(older ? "version2" : "version");
        if (!NAME.matcher(name).matches() || !isVersion(version)) {
            return Optional.empty();
        }
        String place = name + "/" + version + "/" + name + "-" + version + ".tar.gz";
        return Optional.of(Resource.artifact(archive(name, version), place)
                .from(new Origin.Linked())
                .verifiedBy(new Checksum.Listed(index(name)))
                .of(new Coordinates("pub", name, version))
                .as("application/octet-stream"));
    }

    private static Index index(String name) {
        return Resource.index(PACKAGES + name, name + "/listing.json")
                .accepting(ANY_JSON)
                .of(new Coordinates("pub", name, null))
                .listing(new PubListing(name));
    }
}
