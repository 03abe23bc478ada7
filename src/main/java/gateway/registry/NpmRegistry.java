package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.ProjectRequest;
import gateway.cache.ProjectTraffic;
import gateway.cache.Refusals;
import gateway.cache.Reply;
import gateway.cache.Shelf;
import gateway.format.Artifact;
import gateway.format.Ask;
import gateway.format.Coordinates;
import gateway.format.Format;
import gateway.format.Formats;
import gateway.format.Index;
import gateway.format.LinkReader;
import gateway.format.Rendering;
import gateway.format.Resource;
import gateway.project.Caller;
import gateway.project.PackageFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * npm: what a path is says the format; packuments are made of the manifests that lie beside the tarballs, whether those
 * were published or pulled.
 */
final class NpmRegistry implements ProjectTraffic {

    private static final Logger log = LoggerFactory.getLogger(NpmRegistry.class);

    private final Shelf shelf;
    private final Format format = Formats.named("npm").orElseThrow();
    private final NpmWriter writer;

    NpmRegistry(Shelf shelf) {
        this.shelf = shelf;
        this.writer = new NpmWriter(shelf, this);
    }

    @Override
    public Mono<Reply> serve(ProjectRequest request) {
        Mono<Reply> reply = Mono.defer(() -> request.ask().reads() ? read(request) : writer.write(request));
        return reply.onErrorResume(
                Failure.class,
                failure -> failure.status() >= 500
                        ? Mono.error(failure)
                        : Mono.just(refused(failure.status(), String.valueOf(failure.getMessage()))));
    }

    /** npm shows the one, other clients the other. */
    static Reply refused(int status, String why) {
        return Refusals.json(status, Map.of("message", status + " " + why, "error", why));
    }

    /** The package that is called so; a failure when none can be. */
    Coordinates named(String name) {
        if (format.resolve(Ask.get("/" + name)).orElse(null) instanceof Index index
                && index.coordinates() != null
                && index.path().equals("/" + name)) {
            return index.coordinates();
        }
        throw new Failure(400, "no npm package can be called " + name, null, null);
    }

    /** Where the tarball of a version is; a failure when there can be no such version. */
    String tarball(String name, String version) {
        String path = "/" + name + "/-/" + name.substring(name.indexOf('/') + 1) + "-" + version + ".tgz";
        if (format.resolve(Ask.get(path)).orElse(null) instanceof Artifact artifact
                && artifact.path().equals(path)
                && new Coordinates("npm", name, version).equals(artifact.coordinates())) {
            return path;
        }
        throw new Failure(400, "no version can be called " + version + "; npm wants 1.2.3 or 1.2.3-beta.1", null, null);
    }

    private Mono<Reply> read(ProjectRequest request) {
        if (request.ask().path().equals("/-/whoami")) {
            return Mono.just(whoami(request.caller()));
        }
        return switch (format.resolve(request.ask()).orElse(null)) {
            case Artifact artifact ->
                shelf.find(request, artifact.path())
                        .flatMap(file -> shelf.show(request, file))
                        .switchIfEmpty(Mono.fromSupplier(() -> absent(artifact.path())));
            case Index index
            when index.coordinates() != null && index.rendering() != null ->
                document(request, index.coordinates().name(), index.rendering());
            case Resource.Literal literal ->
                Mono.just(Reply.held(literal.contentType(), literal.body().apply(request.base())));
            case Resource.Refused refused -> Mono.just(refused(refused.status(), refused.message()));
            case null, default -> Mono.just(absent(request.ask().path()));
        };
    }

    private static Reply absent(String what) {
        return refused(404, "Not Found - " + what + " is not in this project's registry");
    }

    private static Reply whoami(Caller caller) {
        return switch (caller) {
            case Caller.User user -> Refusals.json(200, Map.of("username", user.name()));
            case Caller.Deploy deploy -> Refusals.json(200, Map.of("username", deploy.username()));
            case Caller.Administrator administrator -> Refusals.json(200, Map.of("username", "administrator"));
            case Caller.Anonymous anonymous -> Refusals.unauthorized();
            case Caller.Unknown unknown -> Refusals.unauthorized();
        };
    }

    private Mono<Reply> document(ProjectRequest request, String name, Rendering rendering) {
        return described(request, name)
                .collectList()
                .filter(files -> !files.isEmpty())
                .flatMap(files -> shelf.packages()
                        .tags(request.project().id(), request.format(), name)
                        .map(tags -> rendered(request, rendering, NpmManifests.packument(name, files, tags))))
                .switchIfEmpty(Mono.fromSupplier(() -> absent(name)));
    }

    private static Reply rendered(ProjectRequest request, Rendering rendering, byte[] packument) {
        ByteArrayOutputStream document = new ByteArrayOutputStream();
        try {
            LinkReader.Source source = new LinkReader.Source(request.base(), rendering.contentType());
            rendering.renderer().render(new ByteArrayInputStream(packument), source, request.base(), document);
        } catch (Rendering.Absent e) {
            return refused(404, "Not Found - " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Made.reply(request, rendering.contentType(), document.toByteArray())
                .with("Vary", "Accept");
    }

    /** All tarballs of a package with their manifests, oldest first; without those that cannot be read. */
    Flux<PackageFile> described(ProjectRequest request, String name) {
        return shelf.packages()
                .files(request.project().id(), request.format(), name)
                .concatMap(file -> shelf.described(file, in -> NpmTarball.manifest(in, file))
                        .onErrorResume(IOException.class, error -> unreadable(file, error)));
    }

    private static Mono<PackageFile> unreadable(PackageFile file, IOException error) {
        log.warn("{} of project {} is left out of its packument: {}", file.path(), file.project(), error.getMessage());
        return Mono.empty();
    }
}
