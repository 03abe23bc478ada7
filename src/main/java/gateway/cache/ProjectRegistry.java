package gateway.cache;

import gateway.catalog.CacheKey;
import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Algorithm;
import gateway.format.Artifact;
import gateway.format.Origin;
import gateway.format.Resource;
import gateway.project.PackageFile;
import gateway.project.Packages;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The package registry of each project: Maven and generic files, published by hand or pulled through the dependency proxy.
 *
 * <p>A row of the projects' database says that a file is there. It is written last and removed first, so that nothing is
 * listed whose bytes are not in the store.
 */
public final class ProjectRegistry implements ProjectTraffic {

    private static final Logger log = LoggerFactory.getLogger(ProjectRegistry.class);

    private final Catalog catalog;
    private final BlobStore store;
    private final Packages packages;
    private final Evictor evictor;
    private final Replies replies;
    private final Publishing publishing;

    /** @param parts those of which the pipeline was made */
    public ProjectRegistry(Parts parts, PullThrough pullThrough, Packages packages, Terms terms) {
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.packages = packages;
        this.evictor = pullThrough.evictor();
        this.replies = new Replies(parts.clock());
        this.publishing = new Publishing(parts, evictor, packages, terms);
    }

    /**
     * What may be published.
     *
     * @param maxSize bytes of one file
     * @param duplicates whether a file that somebody published may be published again, in its place
     */
    public record Terms(long maxSize, boolean duplicates) {

        public static final Terms USUAL = new Terms(5L << 30, true);
    }

    @Override
    public Mono<Reply> serve(ProjectRequest request) {
        RegistryPath path;
        try {
            path = RegistryPath.of(request.format(), request.ask().path());
        } catch (RegistryPath.Malformed e) {
            return Mono.just(Refusals.json(400, Map.of("error", String.valueOf(e.getMessage()))));
        }
        Mono<Reply> reply = switch (request.ask().method()) {
            case "GET", "HEAD" -> read(request, path);
            case "PUT" -> publishing.put(request, path);
            default -> Mono.just(Refusals.of(405, "405 Method Not Allowed").with("Allow", "GET, HEAD, PUT"));
        };
        return reply.onErrorResume(error -> Mono.just(failed(request, error)))
                .map(made -> made.with("Cache-Control", "private, no-cache"));
    }

    private Mono<Reply> read(ProjectRequest request, RegistryPath path) {
        return packages.find(request.project().id(), request.format(), path.path())
                .flatMap(file -> path.digest() == null ? show(request, file) : Mono.just(digest(file, path.digest())))
                .switchIfEmpty(Mono.fromSupplier(Refusals::notFound));
    }

    private static Reply digest(PackageFile file, Algorithm algorithm) {
        String hex = algorithm == Algorithm.MD5 ? file.md5() : file.sha1();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "text/plain");
        return new Reply(200, headers, Body.Bytes.of(hex.getBytes(StandardCharsets.US_ASCII)), Outcome.HIT);
    }

    private Mono<Reply> show(ProjectRequest request, PackageFile file) {
        boolean head = request.ask().method().equals("HEAD");
        Entry entry = entry(file);
        Artifact artifact =
                Resource.artifact(file.path(), file.path().substring(1)).from(new Origin.Hosted());
        return store.open(new Digest(file.sha256()), file.size())
                .map(blob -> {
                    catalog.touched(entry.key());
                    if (!head) {
                        packages.downloaded(file);
                    }
                    Replies.Form form = new Replies.Form(file.contentType(), null, null);
                    return replies.stored(head, request.conditions(), artifact, entry, entry, form, blob, Outcome.HIT);
                })
                .switchIfEmpty(Mono.defer(() -> gone(request, file)));
    }

    /**
     * The bytes are not there: something newer took their place this moment, or a kill came between newer bytes and
     * their row, or they were evicted.
     */
    private Mono<Reply> gone(ProjectRequest request, PackageFile file) {
        return packages.find(file.project(), file.format(), file.path())
                .filter(now -> now.id() != file.id())
                .switchIfEmpty(Mono.defer(() -> unlisted(file)))
                .flatMap(now -> show(request, now))
                .switchIfEmpty(Mono.defer(() -> lost(file)));
    }

    private Mono<PackageFile> unlisted(PackageFile file) {
        return publishing
                .held(key(file))
                .filter(entry -> !entry.sha256().equals(file.sha256()))
                .filterWhen(entry -> store.open(new Digest(entry.sha256()), entry.size())
                        .map(blob -> {
                            blob.release();
                            return true;
                        }))
                .flatMap(entry -> packages.save(Publishing.file(file, entry)));
    }

    private Mono<Reply> lost(PackageFile file) {
        if (file.origin() == PackageFile.Origin.PROXY) {
            return packages.remove(file).then(evictor.remove(entry(file))).then(Mono.fromSupplier(Refusals::notFound));
        }
        log.error(
                "{} of project {} was published, and its bytes {} are not in the store",
                file.path(),
                file.project(),
                file.sha256());
        return Mono.just(Refusals.of(
                503, "503 Service Unavailable - the file's bytes are missing; restore the store, or publish it again"));
    }

    /** Forgets the file and frees its bytes; completes when there is none. */
    public Mono<Void> delete(PackageFile file) {
        return publishing.delete(file);
    }

    static CacheKey key(PackageFile file) {
        return CacheKey.of(
                "/api/v4/projects/" + file.project() + "/packages/" + file.format(), "registry", file.path());
    }

    /** The file as the store and the catalog know such things. */
    static Entry entry(PackageFile file) {
        Entry entry = new Entry(
                key(file),
                file.format(),
                Entry.Kind.ARTIFACT,
                "projects/" + file.project() + "/" + file.format() + file.path(),
                file.sha256(),
                file.size(),
                file.contentType(),
                file.etag(),
                file.lastModified(),
                "",
                Map.of("sha1", file.sha1(), "md5", file.md5()),
                true,
                file.packageName(),
                file.version(),
                file.createdAt(),
                file.createdAt());
        return file.origin() == PackageFile.Origin.PUBLISHED ? entry.pinnedHere() : entry;
    }

    private static Reply failed(ProjectRequest request, Throwable error) {
        Failure failure = Failure.of(error);
        if (failure.status() >= 500) {
            log.error(
                    "{} {} of project {}",
                    request.ask().method(),
                    request.ask().path(),
                    request.project().path(),
                    error);
        }
        String why = String.valueOf(failure.getMessage());
        return switch (failure.status()) {
            case 400, 413 -> Refusals.bad(why);
            default -> Refusals.of(failure.status(), failure.status() + " " + why);
        };
    }
}
