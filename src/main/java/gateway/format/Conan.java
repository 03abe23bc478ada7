package gateway.format;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Conan 2, which is also Conan 1 with revisions: what a revision lists is an index, its files are artifacts.
 *
 * <p>A revision is the digest of its manifest, and the manifest has the digests of all that is in the other files.
 */
final class Conan implements Format {

    static final String MANIFEST = "conanmanifest.txt";

    private static final String API = "/v2/conans/";
    private static final Duration LISTED = Duration.ofMinutes(10);
    private static final Duration MOVING = Duration.ofMinutes(1);

    /** A manifest has a line for each file of a package. */
    private static final int LARGEST_MANIFEST = 32 << 20;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,100}");
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern FILE = Pattern.compile("(?!\\.)[A-Za-z0-9_.+ @()=,~-]{1,200}");
    private static final Pattern QUERY = Pattern.compile("[A-Za-z0-9_.~%&=*+,:/@!-]{1,500}");

    @Override
    public String name() {
        return "conan";
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        if (!ask.reads()) {
            return Optional.of(new Resource.Refused(405, "this remote is a cache and takes no uploads"));
        }
        return switch (ask.path()) {
            case "/v1/ping", "/v2/ping" -> text("", Map.of("X-Conan-Server-Capabilities", "revisions"));
            // Clients log in before they upload, or because they are told to; here everybody may read.
            case "/v1/users/authenticate", "/v2/users/authenticate" -> text("anonymous", Map.of());
            case "/v1/users/check_credentials", "/v2/users/check_credentials" -> text("anonymous", Map.of());
            case "/v2/conans/search" -> searched("@search", ask);
            default ->
                ask.path().startsWith("/v1/")
                        ? Optional.of(new Resource.Refused(
                                404, "this remote has revisions: clients of Conan 1 have to enable them"))
                        : reference(ask);
        };
    }

    /** What is searched for within a package belongs to none. */
    @Override
    public List<String> names(Ask ask, Resource resource) {
        String below = ask.path().startsWith(API) ? ask.path().substring(API.length()) : "";
        int slash = below.indexOf('/');
        return slash > 0 ? List.of(below.substring(0, slash)) : Names.inQuery(ask.query());
    }

    private static Optional<Resource> text(String text, Map<String, String> headers) {
        Function<URI, byte[]> body = base -> text.getBytes(StandardCharsets.UTF_8);
        return Optional.of(new Resource.Literal(200, "text/plain; charset=utf-8", body, headers));
    }

    private static Optional<Resource> reference(Ask ask) {
        String path = ask.path();
        if (!path.startsWith(API)) {
            return Optional.empty();
        }
        List<String> words = List.of(path.substring(API.length()).split("/", -1));
        if (words.size() < 5 || !words.stream().limit(4).allMatch(it -> matches(NAME, it))) {
            return Optional.empty();
        }
        Coordinates owner = new Coordinates("conan", words.get(0), words.get(1));
        List<String> rest = words.subList(4, words.size());
        return switch (rest.size()) {
            case 1 ->
                switch (rest.getFirst()) {
                    case "latest", "revisions" -> index(path, owner, MOVING);
                    case "search" -> searched(place(path), ask);
                    default -> Optional.empty();
                };
            case 2 -> Optional.empty();
            default ->
                rest.getFirst().equals("revisions") && matches(REVISION, rest.get(1))
                        ? recipe(ask, owner, rest.get(1), rest.subList(2, rest.size()))
                        : Optional.empty();
        };
    }

    private static Optional<Resource> recipe(Ask ask, Coordinates owner, String revision, List<String> rest) {
        String what = rest.getFirst();
        if (rest.size() == 1) {
            return switch (what) {
                case "files" -> index(ask.path(), owner, LISTED);
                case "search" -> searched(place(ask.path()), ask);
                default -> Optional.empty();
            };
        }
        if (what.equals("files")) {
            return file(ask.path(), owner, revision, rest.subList(1, rest.size()));
        }
        return what.equals("packages") && rest.size() >= 3 && matches(REVISION, rest.get(1))
                ? binary(ask.path(), owner, rest.subList(2, rest.size()))
                : Optional.empty();
    }

    private static Optional<Resource> binary(String path, Coordinates owner, List<String> rest) {
        String what = rest.getFirst();
        if (rest.size() == 1) {
            return what.equals("latest") || what.equals("revisions") ? index(path, owner, MOVING) : Optional.empty();
        }
        if (rest.size() < 3
                || !what.equals("revisions")
                || !matches(REVISION, rest.get(1))
                || !rest.get(2).equals("files")) {
            return Optional.empty();
        }
        return rest.size() == 3
                ? index(path, owner, LISTED)
                : file(path, owner, rest.get(1), rest.subList(3, rest.size()));
    }

    private static Optional<Resource> file(String path, Coordinates owner, String revision, List<String> name) {
        if (!name.stream().allMatch(it -> matches(FILE, it) || it.equals(".conan"))) {
            return Optional.empty();
        }
        if (name.getFirst().equals("metadata")) {
            return name.size() == 1
                    ? Optional.empty()
                    : Optional.of(Resource.index(path, place(path)).untouched().of(owner));
        }
        String folder = path.substring(0, path.lastIndexOf('/') + 1);
        Artifact artifact = artifact(path, owner);
        if (name.size() > 1) {
            return Optional.of(artifact);
        }
        String file = name.getFirst();
        Artifact manifest = artifact(folder + MANIFEST, owner).sound(new ConanRevision(revision));
        return Optional.of(
                file.equals(MANIFEST)
                        ? manifest
                        : ConanFile.isListed(file)
                                ? artifact.soundBy(
                                        manifest,
                                        LARGEST_MANIFEST,
                                        bytes -> new ConanFile(file, ConanManifest.of(bytes)))
                                : artifact);
    }

    /** Some servers send the digest of a file along; none has it beside the file. */
    private static Artifact artifact(String path, Coordinates owner) {
        return Resource.artifact(path, place(path))
                .verifiedBy(new Checksum.Siblings(List.of()))
                .of(owner);
    }

    private static Optional<Resource> searched(String folder, Ask ask) {
        if (ask.query().isEmpty()) {
            return Optional.of(json(ask.path(), folder + "/all.json").freshFor(MOVING));
        }
        if (!matches(QUERY, ask.query())) {
            return Optional.of(new Resource.Refused(400, "such a search is not understood"));
        }
        byte[] digest = Algorithm.SHA256.digest().digest(ask.query().getBytes(StandardCharsets.UTF_8));
        String place = folder + "/" + HexFormat.of().formatHex(digest, 0, 16) + ".json";
        return Optional.of(json(ask.path() + "?" + ask.query(), place)
                .from(Origin.At.path(ask.path()).asking(ask.query()))
                .freshFor(MOVING));
    }

    private static Optional<Resource> index(String path, Coordinates owner, Duration fresh) {
        return Optional.of(json(path, place(path) + ".json").of(owner).freshFor(fresh));
    }

    /** Clients compare this content type letter by letter. */
    private static Index json(String path, String place) {
        return Resource.index(path, place)
                .accepting("application/json")
                .as("application/json")
                .listing((document, source, links) -> {
                    JsonSplice json = JsonSplice.reader(document);
                    json.document(key -> json.drop());
                });
    }

    private static String place(String path) {
        return path.substring(API.length());
    }

    private static boolean matches(Pattern pattern, String text) {
        return pattern.matcher(text).matches();
    }
}
