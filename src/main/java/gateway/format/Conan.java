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

    private static final String API = ConanPath.API;
    private static final Duration LISTED = Duration.ofMinutes(10);
    private static final Duration MOVING = Duration.ofMinutes(1);

    /** A manifest has a line for each file of a package. */
    private static final int LARGEST_MANIFEST = 32 << 20;

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
                        : ConanPath.of(ask.path()).flatMap(at -> reference(ask, at));
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

    private static Optional<Resource> reference(Ask ask, ConanPath at) {
        String path = ask.path();
        Coordinates owner = new Coordinates("conan", at.name(), at.version());
        return switch (at.what()) {
            case LATEST, REVISIONS -> index(path, owner, MOVING);
            case SEARCH -> searched(place(path), ask);
            case FILES -> index(path, owner, LISTED);
            case FILE -> file(path, owner, String.valueOf(at.id() == null ? at.recipe() : at.binary()), at.file());
            case REVISION, PACKAGES -> Optional.empty();
        };
    }

    private static Optional<Resource> file(String path, Coordinates owner, String revision, List<String> name) {
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
        if (!QUERY.matcher(ask.query()).matches()) {
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
}
