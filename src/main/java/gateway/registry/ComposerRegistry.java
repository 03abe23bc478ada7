package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.ProjectArchives;
import gateway.cache.ProjectRequest;
import gateway.cache.ProjectTraffic;
import gateway.cache.Refusals;
import gateway.cache.Reply;
import gateway.cache.Shelf;
import gateway.format.Accept;
import gateway.format.Ask;
import gateway.project.PackageFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Composer: a version is made of a tag or branch of the project's git repository, whose files are packed and kept; the
 * lists are made of what the composer.json files in the archives say.
 */
final class ComposerRegistry implements ProjectTraffic {

    private static final Logger log = LoggerFactory.getLogger(ComposerRegistry.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    private static final String JSON_TYPE = "application/json";
    private static final Pattern LIST = Pattern.compile("/p2/([^/]+/[^/~]+)(~dev)?\\.json");
    private static final Pattern ARCHIVE = Pattern.compile("/archives/([^/]+/[^/]+)\\.zip");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40,64}");

    private final Shelf shelf;
    private final ProjectArchives archives;

    ComposerRegistry(Shelf shelf, ProjectArchives archives) {
        this.shelf = shelf;
        this.archives = archives;
    }

    @Override
    public Mono<Reply> serve(ProjectRequest request) {
        String path = request.ask().path();
        return switch (request.ask().method()) {
            case "GET", "HEAD" -> read(request, path);
            case "POST" ->
                path.equals("/")
                        ? SmallBody.text(request).defaultIfEmpty("").flatMap(form -> publish(request, form))
                        : Mono.fromSupplier(Refusals::notFound);
            default -> Mono.just(Refusals.notAllowed("GET, HEAD, POST"));
        };
    }

    private Mono<Reply> read(ProjectRequest request, String path) {
        if (path.equals("/packages.json")) {
            return root(request);
        }
        Matcher list = LIST.matcher(path);
        if (list.matches()) {
            return list(request, list.group(1), list.group(2) != null);
        }
        Matcher archive = ARCHIVE.matcher(path);
        Mono<PackageFile> file = archive.matches()
                ? archive(
                        request,
                        archive.group(1),
                        request.ask().parameter("sha").orElse(""))
                : shelf.find(request, path);
        return file.flatMap(found -> shelf.show(request, found)).switchIfEmpty(Mono.fromSupplier(Refusals::notFound));
    }

    private Mono<Reply> root(ProjectRequest request) {
        return shelf.packages()
                .names(request.project().id(), request.format())
                .collectList()
                .map(names -> {
                    Map<String, Object> root = new LinkedHashMap<>();
                    root.put("packages", List.of());
                    root.put("metadata-url", request.base() + "/p2/%package%.json");
                    root.put("available-packages", names);
                    return Made.reply(request, JSON_TYPE, JSON.writeValueAsBytes(root));
                });
    }

    /** Stable and development versions stand in two lists; a package that has one has both. */
    private Mono<Reply> list(ProjectRequest request, String name, boolean dev) {
        return described(request, name)
                .collectList()
                .filter(files -> !files.isEmpty())
                .map(files -> {
                    Map<String, PackageFile> newest = new LinkedHashMap<>();
                    files.forEach(file -> newest.put(Objects.requireNonNull(file.version()), file));
                    List<ObjectNode> versions = newest.values().stream()
                            .filter(file -> ComposerVersion.isDev(Objects.requireNonNull(file.version())) == dev)
                            .map(file -> ComposerManifest.told(file, request.base()))
                            .toList()
                            .reversed();
                    byte[] document = JSON.writeValueAsBytes(Map.of("packages", Map.of(name, versions)));
                    return Made.reply(request, JSON_TYPE, document);
                })
                .switchIfEmpty(Mono.fromSupplier(Refusals::notFound));
    }

    /** All archives of a package whose versions are known, with their manifests, oldest first. */
    private Flux<PackageFile> described(ProjectRequest request, String name) {
        return shelf.packages()
                .files(request.project().id(), request.format(), name)
                .filter(file -> file.version() != null)
                .concatMap(file -> shelf.described(file, in -> ComposerManifest.pulled(in, file))
                        .onErrorResume(IOException.class, error -> unreadable(file, error)));
    }

    private static Mono<PackageFile> unreadable(PackageFile file, IOException error) {
        log.warn("{} of project {} is listed nowhere: {}", file.path(), file.project(), error.getMessage());
        return Mono.empty();
    }

    private Mono<PackageFile> archive(ProjectRequest request, String name, String commit) {
        return !COMMIT.matcher(commit).matches()
                ? Mono.empty()
                : shelf.packages()
                        .files(request.project().id(), request.format(), name)
                        .filter(file -> file.path().endsWith("/" + commit + ".zip"))
                        .takeLast(1)
                        .singleOrEmpty();
    }

    private Mono<Reply> publish(ProjectRequest request, String form) {
        String tag = parameter(request, form, "tag");
        String branch = parameter(request, form, "branch");
        if (tag.isEmpty() == branch.isEmpty()) {
            return Mono.just(Refusals.bad("name a tag or a branch of the project's git repository: tag=v1.0.0"));
        }
        String version = tag.isEmpty() ? ComposerVersion.ofBranch(branch) : ComposerVersion.ofTag(tag);
        String ref = tag.isEmpty() ? "refs/heads/" + branch : "refs/tags/" + tag;
        return archives.pack(
                        request.project(),
                        ref,
                        archive -> shelf.put(
                                request,
                                archive.zip(),
                                archive.length(),
                                zip -> zip.read(ComposerManifest::read)
                                        .onErrorMap(
                                                IOException.class,
                                                error -> new Failure(400, ref + ": " + error.getMessage(), null, error))
                                        .map(manifest -> item(manifest, version, archive))))
                .map(file ->
                        Refusals.json(201, Map.of("message", "201 Created")).stored());
    }

    private static Shelf.Item item(ObjectNode manifest, String version, ProjectArchives.Archive archive) {
        String name = manifest.path("name").asString();
        return new Shelf.Item(
                name,
                version,
                "/archives/" + name + "/" + version + "/" + archive.commit() + ".zip",
                "application/zip",
                ComposerManifest.of(manifest, version, archive.commit(), archive.time()),
                Shelf.Again.ALWAYS);
    }

    private static String parameter(ProjectRequest request, String form, String name) {
        try {
            return request.ask()
                    .parameter(name)
                    .or(() -> new Ask("POST", "/", form.strip(), Accept.ANY).parameter(name))
                    .orElse("")
                    .strip();
        } catch (IllegalArgumentException e) {
            throw new Failure(400, "the form has a percent sign without two hex digits", null, e);
        }
    }
}
