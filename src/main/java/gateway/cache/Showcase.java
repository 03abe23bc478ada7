package gateway.cache;

import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Artifact;
import gateway.format.Origin;
import gateway.format.Resource;
import gateway.project.PackageFile;
import gateway.project.Packages;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Files of the {@link Shelf} as clients see them, also when the bytes are not those of which the row tells. */
final class Showcase {

    private static final Logger log = LoggerFactory.getLogger(Showcase.class);

    private final Catalog catalog;
    private final BlobStore store;
    private final Packages packages;
    private final Evictor evictor;
    private final Replies replies;

    Showcase(Parts parts, Packages packages, Evictor evictor) {
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.packages = packages;
        this.evictor = evictor;
        this.replies = new Replies(parts.clock());
    }

    /** The file, for GET or HEAD, with ranges and conditions. */
    Mono<Reply> show(ProjectRequest request, PackageFile file) {
        boolean head = request.ask().method().equals("HEAD");
        Entry entry = Shelf.entry(file);
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
        return catalog.find(Shelf.key(file))
                .filter(entry -> !entry.sha256().equals(file.sha256()))
                .filterWhen(entry -> store.open(new Digest(entry.sha256()), entry.size())
                        .map(blob -> {
                            blob.release();
                            return true;
                        }))
                .flatMap(entry -> packages.save(Shelf.file(file, entry)));
    }

    private Mono<Reply> lost(PackageFile file) {
        if (file.origin() == PackageFile.Origin.PROXY) {
            return packages.remove(file)
                    .then(evictor.remove(Shelf.entry(file)))
                    .then(Mono.fromSupplier(Refusals::notFound));
        }
        log.error(
                "{} of project {} was published, and its bytes {} are not in the store",
                file.path(),
                file.project(),
                file.sha256());
        return Mono.just(Refusals.of(
                503, "503 Service Unavailable - the file's bytes are missing; restore the store, or publish it again"));
    }
}
