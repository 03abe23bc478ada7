package gateway.format;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** npm: packuments are indexes, tarballs are artifacts, and what begins with {@code /-/} is the registry's own API. */
final class Npm implements Format {

    // Any type is better than 406; and always the full form, from which all others are made, also without the upstream.
    private static final String JSON_FIRST = "application/json, */*;q=0.1";
    private static final String READ_ONLY = "this registry is a read-only cache: publish to the registry behind it";

    private static final Set<String> AUDITS = Set.of(
            "/-/npm/v1/security/advisories/bulk", "/-/npm/v1/security/audits", "/-/npm/v1/security/audits/quick");
    private static final String ATTESTATIONS = "/-/npm/v1/attestations/";
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9][0-9A-Za-z._+~-]{0,213}");

    @Override
    public String name() {
        return "npm";
    }

    @Override
    public Refusal refusal(int status, String message) {
        return new Refusal(NpmDocument.JSON, "{\"error\":" + JsonSplice.quote(message) + "}");
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        // Proxies in front may have encoded the slash of a scope once more.
        String path = ask.path().replace("%2f", "/").replace("%2F", "/").replace("%40", "@");
        boolean api = path.startsWith("/-/") && !path.startsWith("/-/-/");
        if (!ask.reads()) {
            return Optional.of(write(ask, path));
        }
        return api ? Optional.of(api(ask, path)) : inPackage(ask.accept(), path.substring(1));
    }

    private static Resource write(Ask ask, String path) {
        if (ask.method().equals("POST") && AUDITS.contains(path)) {
            return new Resource.Passthrough(Origin.At.path(path).asking(ask.query()));
        }
        // npm tries one way to log in after the other on 404, and fails cleanly after the last.
        if (path.startsWith("/-/user/") || path.startsWith("/-/v1/login")) {
            return new Resource.Refused(404, "nobody logs in here: set a token in .npmrc where one is needed");
        }
        return new Resource.Refused(405, READ_ONLY);
    }

    private static Resource api(Ask ask, String path) {
        return switch (path) {
            case "/-/ping" ->
                new Resource.Literal(200, NpmDocument.JSON, base -> "{}".getBytes(StandardCharsets.UTF_8));
            case "/-/whoami" -> new Resource.Refused(401, "this registry is a cache without accounts");
            case "/-/v1/search" -> new Resource.Passthrough(Origin.At.path(path).asking(ask.query()));
            case "/-/npm/v1/keys" -> Resource.index(path, "-/npm/v1/keys.json").accepting(JSON_FIRST);
            default ->
                attestations(path)
                        .or(() -> tags(path))
                        .orElseGet(() -> new Resource.Refused(404, "this cache does not serve " + path));
        };
    }

    /** {@code /-/npm/v1/attestations/@scope/name@version} */
    private static Optional<Resource> attestations(String path) {
        int at = path.lastIndexOf('@');
        if (!path.startsWith(ATTESTATIONS) || at <= ATTESTATIONS.length()) {
            return Optional.empty();
        }
        String version = path.substring(at + 1);
        return NpmPackage.named(path.substring(ATTESTATIONS.length(), at))
                .filter(any -> NpmPackage.VERSION.matcher(version).matches())
                .map(of -> Resource.index(path, of.name() + "/" + version + "/attestations.json")
                        .from(at(ATTESTATIONS + of.encodedName() + "@" + Origin.encode(version)))
                        .accepting(JSON_FIRST)
                        .of(new Coordinates("npm", of.name(), version)));
    }

    /** {@code /-/package/@scope/name/dist-tags} */
    private static Optional<Resource> tags(String path) {
        String before = "/-/package/";
        String after = "/dist-tags";
        if (!path.startsWith(before) || !path.endsWith(after) || path.length() < before.length() + after.length()) {
            return Optional.empty();
        }
        return NpmPackage.named(path.substring(before.length(), path.length() - after.length()))
                .map(of -> packument(of).rendered(new NpmDocument(of).tags()));
    }

    private static Optional<Resource> inPackage(Accept accept, String path) {
        // A slash at the end means nothing.
        List<String> segments =
                List.of((path.endsWith("/") ? path.substring(0, path.length() - 1) : path).split("/", -1));
        int size = segments.size();
        boolean github = size == 5
                && segments.getFirst().equals("download")
                && segments.get(1).startsWith("@");
        int from = github ? 1 : 0;
        int to = Math.min(size, from + (segments.get(from).startsWith("@") ? 2 : 1));
        return NpmPackage.named(String.join("/", segments.subList(from, to))).flatMap(of -> {
            List<String> rest = segments.subList(to, size);
            if (github) {
                return versioned(of, rest.getFirst(), path);
            }
            return switch (rest.size()) {
                case 0 -> Optional.of(packument(of).rendered(negotiated(new NpmDocument(of), accept)));
                case 1 -> Optional.of(version(of, rest.getFirst()));
                default -> inFolder(of, rest, path);
            };
        });
    }

    /** {@code -/name-1.0.0.tgz}; mirrors have {@code download} for the hyphen, Artifactory repeats the scope. */
    private static Optional<Resource> inFolder(NpmPackage of, List<String> rest, String path) {
        boolean repeated = rest.size() == 3 && of.name().startsWith(rest.get(1) + "/");
        boolean folder = rest.getFirst().equals("-") || rest.getFirst().equals("download");
        boolean fits = rest.size() == (repeated ? 3 : 2);
        return folder && fits ? tarball(of, rest.getLast(), path) : Optional.empty();
    }

    /** {@code download/@scope/name/1.0.0/some-hash}, as GitHub has it. */
    private static Optional<Resource> versioned(NpmPackage of, String version, String path) {
        boolean sound = NpmPackage.VERSION.matcher(version).matches();
        return sound ? tarball(of, of.standardFile(version), path) : Optional.empty();
    }

    private static Optional<Resource> tarball(NpmPackage of, String file, String asked) {
        Optional<String> version = of.versionOf(file);
        return of.tarball(file)
                .map(path -> Resource.artifact(path, of.name() + "/" + version.orElse("-") + "/" + file)
                        .from(Origin.At.path("/" + asked))
                        .verifiedBy(new Checksum.Listed(packument(of)))
                        .of(new Coordinates("npm", of.name(), version.orElse(null)))
                        .as("application/octet-stream"));
    }

    private static Resource version(NpmPackage of, String reference) {
        if (!TAG.matcher(reference).matches()) {
            return new Resource.Refused(404, "neither a version nor a tag: " + reference);
        }
        return packument(of).rendered(new NpmDocument(of).version(reference));
    }

    /** The short form only for who names it, and does not like the full one better. */
    private static Rendering negotiated(NpmDocument document, Accept accept) {
        boolean abbreviated = accept.names(NpmDocument.ABBREVIATED)
                && accept.quality(NpmDocument.ABBREVIATED) >= accept.quality(NpmDocument.JSON);
        return abbreviated ? document.abbreviated() : document.full();
    }

    private static Index packument(NpmPackage of) {
        return Resource.index(of.path(), of.name() + "/packument.json")
                .from(at("/" + of.encodedName()))
                .accepting(JSON_FIRST)
                .of(new Coordinates("npm", of.name(), null))
                .listing(new NpmLinks(of));
    }

    private static Origin.At at(String encodedPath) {
        return new Origin.At("", encodedPath, "");
    }
}
