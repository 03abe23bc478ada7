package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.ProjectRequest;
import gateway.cache.Refusals;
import gateway.cache.Reply;
import gateway.cache.Shelf;
import gateway.format.Algorithm;
import gateway.project.PackageFile;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** npm's commands that change something: publish, deprecate, unpublish, and those about tags. */
final class NpmWriter {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final String NAME = "((?:@[^/]+/)?[^/]+)";
    private static final String REVISION = "(?:/-rev/[^/]+)?";
    private static final Pattern TAG = Pattern.compile("/-/package/" + NAME + "/dist-tags/([^/]+)");
    private static final Pattern TARBALL = Pattern.compile("/" + NAME + "/-/(?:@[^/]+/)?([^/]+\\.tgz)" + REVISION);
    private static final Pattern PACKAGE = Pattern.compile("/" + NAME + REVISION);
    /** What could be taken for versions, or ranges of them, is none. */
    private static final Pattern TAG_NAME = Pattern.compile("(?![vV]?\\d+(?:\\.|$))[A-Za-z0-9][A-Za-z0-9._~-]{0,213}");

    /** Characters of why a version is deprecated. */
    private static final int LONGEST_REASON = 4096;

    private final Shelf shelf;
    private final NpmRegistry registry;

    NpmWriter(Shelf shelf, NpmRegistry registry) {
        this.shelf = shelf;
        this.registry = registry;
    }

    Mono<Reply> write(ProjectRequest request) {
        // Proxies in front may have encoded the slash of a scope once more.
        String path =
                request.ask().path().replace("%2f", "/").replace("%2F", "/").replace("%40", "@");
        Matcher tag = TAG.matcher(path);
        if (tag.matches()) {
            return tag(request, registry.named(tag.group(1)).name(), tag.group(2));
        }
        String method = request.ask().method();
        Matcher tarball = TARBALL.matcher(path);
        if (tarball.matches() && method.equals("DELETE")) {
            String name = registry.named(tarball.group(1)).name();
            return unpublish(
                    request,
                    shelf.find(request, "/" + name + "/-/" + tarball.group(2)).flux());
        }
        Matcher whole = PACKAGE.matcher(path);
        if (!whole.matches() || path.startsWith("/-/")) {
            // npm tries one way to log in after the other on 404, and fails cleanly after the last.
            return Mono.just(NpmRegistry.refused(
                    404,
                    "Not Found - set a token as _authToken in .npmrc; " + path
                            + " is nothing that this registry knows"));
        }
        String name = registry.named(whole.group(1)).name();
        return switch (method) {
            case "PUT" -> put(request, name);
            case "DELETE" ->
                unpublish(request, shelf.packages().files(request.project().id(), request.format(), name));
            default ->
                Mono.just(NpmRegistry.refused(405, "Method Not Allowed").with("Allow", "GET, HEAD, PUT, DELETE"));
        };
    }

    private Mono<Reply> put(ProjectRequest request, String name) {
        return shelf.unwrap(
                        request,
                        request.conditions().length(),
                        Set.of(Algorithm.SHA256, Algorithm.SHA512),
                        NpmUpload::read,
                        (upload, tarball) -> upload.tarball()
                                ? publish(request, name, upload, tarball)
                                : deprecate(request, name, upload))
                .map(Reply::stored);
    }

    private Mono<Reply> publish(ProjectRequest request, String name, NpmUpload upload, Shelf.Received tarball) {
        if (upload.versions() != 1) {
            return Mono.error(bad("a tarball comes with one version, and here are " + upload.versions()));
        }
        ObjectNode manifest = NpmManifests.read(Objects.requireNonNull(upload.first()));
        String version = manifest.path("version").asString("");
        if (!upload.name().equals(name) || !manifest.path("name").asString(name).equals(name)) {
            return Mono.error(bad("the package is not called as its URL says: " + name));
        }
        upload.tags().keySet().forEach(NpmWriter::sound);
        String path = registry.tarball(name, version);
        Shelf.Item item = new Shelf.Item(
                name,
                version,
                path,
                "application/octet-stream",
                NpmManifests.promised(manifest, name, path, tarball),
                Shelf.Again.NEVER);
        return tarball.keep(request, item)
                .onErrorMap(Failure.class, failure -> failure.status() == 409 ? published(name, version) : failure)
                .thenMany(Flux.fromIterable(upload.tags().entrySet())
                        .filter(tag -> tag.getValue().equals(version))
                        .concatMap(tag -> tag(request, name, tag.getKey(), version)))
                .then(Mono.fromSupplier(() -> Refusals.json(201, Map.of("ok", true))));
    }

    private static Failure published(String name, String version) {
        return new Failure(
                403,
                "Forbidden - " + name + "@" + version
                        + " was published before, and a version never changes; raise its number and publish that",
                null,
                null);
    }

    private static Failure bad(String why) {
        return new Failure(400, "Bad Request - " + why, null, null);
    }

    private static void sound(String tag) {
        if (!TAG_NAME.matcher(tag).matches()) {
            throw bad("no tag can be called " + tag);
        }
    }

    private Mono<Void> tag(ProjectRequest request, String name, String tag, String version) {
        return shelf.packages().tag(request.project().id(), request.format(), name, tag, version);
    }

    /** Tags that the packument says are not heeded: whoever sends it has it from here, and tags have a way of their own. */
    private Mono<Reply> deprecate(ProjectRequest request, String name, NpmUpload upload) {
        return registry.described(request, name)
                .switchIfEmpty(Mono.error(new Failure(404, "Not Found - there is no package " + name, null, null)))
                .concatMap(file -> deprecate(file, upload.deprecated()))
                .then(Mono.fromSupplier(() -> Refusals.json(200, Map.of("ok", true))));
    }

    private Mono<PackageFile> deprecate(PackageFile file, Map<String, String> deprecated) {
        ObjectNode manifest = NpmManifests.read(Objects.requireNonNull(file.metadata()));
        String why = deprecated.get(manifest.path("version").asString());
        if (why == null || why.equals(manifest.path("deprecated").asString(""))) {
            return Mono.just(file);
        }
        if (why.length() > LONGEST_REASON) {
            return Mono.error(bad("a deprecation has more than " + LONGEST_REASON + " characters"));
        }
        if (why.isEmpty()) {
            manifest.remove("deprecated");
        } else {
            manifest.put("deprecated", why);
        }
        return shelf.packages().describe(file, JSON.writeValueAsString(manifest));
    }

    private Mono<Reply> unpublish(ProjectRequest request, Flux<PackageFile> files) {
        if (!request.rights().delete()) {
            return Mono.error(new Failure(
                    403, "Forbidden - only maintainers delete packages; npm deprecate warns people off", null, null));
        }
        return files.switchIfEmpty(Mono.error(new Failure(404, "Not Found - there is no such package", null, null)))
                .concatMap(file ->
                        shelf.delete(file).then(shelf.packages().vacate(file)).thenReturn(file))
                .then(Mono.fromSupplier(() -> Refusals.json(200, Map.of("ok", true))));
    }

    private Mono<Reply> tag(ProjectRequest request, String name, String tag) {
        sound(tag);
        long project = request.project().id();
        return switch (request.ask().method()) {
            case "DELETE" ->
                shelf.packages()
                        .tag(project, request.format(), name, tag, null)
                        .thenReturn(Reply.empty(204).stored());
            case "PUT", "POST" ->
                SmallBody.text(request)
                        .map(NpmWriter::version)
                        .flatMap(version -> shelf.packages()
                                .files(project, request.format(), name)
                                .any(file -> version.equals(file.version()))
                                .flatMap(there -> there
                                        ? tag(request, name, tag, version)
                                        : Mono.error(new Failure(
                                                404, "Not Found - there is no " + name + "@" + version, null, null))))
                        .thenReturn(Reply.empty(204).stored());
            default -> Mono.just(NpmRegistry.refused(405, "Method Not Allowed").with("Allow", "PUT, DELETE"));
        };
    }

    private static String version(String body) {
        try {
            JsonNode version = JSON.readTree(body);
            if (version.isString()) {
                return version.asString();
            }
        } catch (JacksonException e) {
            // What is said below is all that there is to say.
        }
        throw bad("the body of the request is to be the version, as a JSON string");
    }
}
