package gateway.format;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/** Cargo's sparse registry: index files are indexes, crates are artifacts, config.json is our own. */
final class Cargo implements Format {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern VERSION = Pattern.compile("[0-9][0-9A-Za-z.+-]{0,127}");
    private static final Pattern DOWNLOAD =
            Pattern.compile("(?:/api/v1)?/crates/(?<name>[^/]+)/(?<version>[^/]+)/download");
    private static final Pattern CRATE = Pattern.compile("/crates/(?<name>[^/]+)/(?<file>[^/]+)\\.crate");
    private static final JsonMapper JSON = new JsonMapper();

    private final boolean restricted;

    /** @param restricted whether clients have to send their token with each request */
    Cargo(boolean restricted) {
        this.restricted = restricted;
    }

    @Override
    public String name() {
        return "cargo";
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        if (!ask.reads()) {
            return Optional.of(new Resource.Refused(
                    403, "this is a cache that only reads: publish, yank and change owners at the registry itself"));
        }
        String path = ask.path();
        String below = path.startsWith("/index/") ? path.substring("/index".length()) : path;
        if (below.equals("/config.json")) {
            return Optional.of(new Resource.Literal(200, "application/json", this::config));
        }
        if (path.equals("/api/v1/crates")) {
            return Optional.of(
                    new Resource.Passthrough(Origin.At.path(path).from("api").asking(ask.query())));
        }
        return crate(path).or(() -> index(below));
    }

    /** A hyphen and an underscore make no two crates. */
    @Override
    public String spelling(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Cargo prints the details of this body; it shows any other body only as a blob. */
    @Override
    public Refusal refusal(int status, String message) {
        String body = JSON.writeValueAsString(Map.of("errors", List.of(Map.of("detail", message))));
        return new Refusal("application/json", body);
    }

    /** Where the index keeps a name: the folder without slashes around it, in the name's own case. */
    static String prefix(String name) {
        return switch (name.length()) {
            case 1, 2 -> Integer.toString(name.length());
            case 3 -> "3/" + name.charAt(0);
            default -> name.substring(0, 2) + "/" + name.substring(2, 4);
        };
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    static boolean isVersion(String version) {
        return VERSION.matcher(version).matches();
    }

    /** The canonical path of a crate, which is also what config.json makes clients ask. */
    static String download(String name, String version) {
        return "/crates/" + name + "/" + version + "/download";
    }

    private byte[] config(URI base) {
        String dl = base + "/crates/{crate}/{version}/download";
        String auth = restricted ? ",\"auth-required\":true" : "";
        return ("{\"dl\":\"" + dl + "\",\"api\":\"" + base + "\"" + auth + "}").getBytes(StandardCharsets.UTF_8);
    }

    private static Optional<Resource> index(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (!isName(name)) {
            return Optional.empty();
        }
        // A prefix that does not fit its name would be a second address of the same package.
        Index index = indexOf(name);
        return path.equalsIgnoreCase(index.path()) && path.startsWith(prefixed(name))
                ? Optional.of(index)
                : Optional.empty();
    }

    private static String prefixed(String name) {
        return "/" + prefix(name.toLowerCase(Locale.ROOT)) + "/";
    }

    private static Index indexOf(String anyCase) {
        String name = anyCase.toLowerCase(Locale.ROOT);
        return Resource.index(prefixed(name) + name, name + "/index.ndjson")
                .accepting("text/plain, */*;q=0.5")
                .as("text/plain")
                .of(new Coordinates("cargo", name, null))
                .listing(new CargoLines(name));
    }

    private static Optional<Resource> crate(String path) {
        Matcher download = DOWNLOAD.matcher(path);
        if (download.matches()) {
            return crate(download.group("name"), download.group("version"));
        }
        Matcher file = CRATE.matcher(path);
        if (!file.matches() || !file.group("file").startsWith(file.group("name") + "-")) {
            return Optional.empty();
        }
        return crate(
                file.group("name"),
                file.group("file").substring(file.group("name").length() + 1));
    }

    private static Optional<Resource> crate(String name, String version) {
        if (!isName(name) || !isVersion(version)) {
            return Optional.empty();
        }
        String place = name + "/" + version + "/" + name + "-" + version + ".crate";
        return Optional.of(Resource.artifact(download(name, version), place)
                .from(new Origin.Told(upstreamConfig(), new CargoDownload(name, version)))
                .verifiedBy(new Checksum.Listed(indexOf(name)))
                .of(new Coordinates("cargo", name, version))
                // Its true type, and one that no compressing proxy on the way touches; cargo itself ignores it.
                .as("application/gzip"));
    }

    /** Clients get our own config.json under this path; the upstream's is only read by the pipeline. */
    private static Index upstreamConfig() {
        return Resource.index("/config.json", "config.json").accepting("application/json, */*;q=0.5");
    }
}
