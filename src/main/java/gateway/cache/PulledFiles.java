package gateway.cache;

import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Algorithm;
import gateway.format.Artifact;
import gateway.format.Coordinates;
import gateway.project.PackageFile;
import gateway.project.Packages;
import gateway.storage.Blob;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * What was pulled through dependency proxies, as files of the projects' package registries.
 *
 * <p>A row says which bytes are at a path; the bytes are an entry of the catalog like any other, and may be evicted.
 */
final class PulledFiles {

    private static final Logger log = LoggerFactory.getLogger(PulledFiles.class);

    private final Packages packages;
    private final Catalog catalog;
    private final BlobStore store;
    private final Evictor evictor;

    PulledFiles(Packages packages, Parts parts, Evictor evictor) {
        this.packages = packages;
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.evictor = evictor;
    }

    /** Where a file is in a project's registry. */
    record Spot(long project, String format, Artifact artifact) {}

    Mono<PackageFile> find(Spot spot) {
        return packages.find(spot.project(), spot.format(), spot.artifact().path());
    }

    /** Notes that somebody was given it. */
    void downloaded(PackageFile file) {
        packages.downloaded(file);
    }

    /** The bytes; empty when they are gone. */
    Mono<Blob> open(PackageFile file) {
        return store.open(new Digest(file.sha256()), file.size()).doOnNext(blob -> catalog.touched(Shelf.key(file)));
    }

    /** Forgets what was evicted or lost. What somebody published is not forgotten: a backup may hold it. */
    Mono<Void> lost(PackageFile file) {
        Entry entry = Shelf.entry(file);
        return file.origin() == PackageFile.Origin.PUBLISHED
                ? Mono.error(new LostBytes(entry))
                : packages.remove(file).then(evictor.remove(entry));
    }

    /** Keeps what is fetched for it from a remote. */
    Pulls.Keeper keeper(Spot spot, Source remote) {
        return new Pulls.Keeper() {
            @Override
            public Mono<Void> keep(Entry fetched) {
                return PulledFiles.this.keep(spot, remote, fetched);
            }

            @Override
            public Mono<Void> withdraw(Entry fetched) {
                return find(spot)
                        .filter(there -> there.origin() == PackageFile.Origin.PROXY
                                && there.sha256().equals(fetched.sha256()))
                        .flatMap(PulledFiles.this::lost);
            }
        };
    }

    /**
     * Lists what was fetched in the registry, in place of what was pulled before; what was published by hand stays. Bytes,
     * manifest, catalog and row, in this order: nothing is listed that is not there.
     */
    private Mono<Void> keep(Spot spot, Source remote, Entry fetched) {
        return find(spot)
                .filter(there -> there.origin() == PackageFile.Origin.PUBLISHED)
                .hasElement()
                .flatMap(published ->
                        published ? Mono.empty() : digests(fetched).flatMap(whole -> list(spot, remote, whole)));
    }

    private Mono<Void> list(Spot spot, Source remote, Entry fetched) {
        PackageFile file = file(spot, remote, fetched);
        Entry entry = Shelf.entry(file);
        return catalog.find(entry.key())
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(before -> store.place(entry.place(), new Digest(entry.sha256()), Manifests.write(entry))
                        .then(catalog.save(entry))
                        .then(packages.save(file))
                        .then(evictor.replaced(before.orElse(null), entry)))
                .then(Mono.defer(evictor::stored))
                .then(Mono.fromRunnable(() ->
                        log.debug("listed {} in {}", file.path(), entry.key().repository())));
    }

    private static PackageFile file(Spot spot, Source remote, Entry fetched) {
        String path = spot.artifact().path();
        String name = path.substring(path.lastIndexOf('/') + 1);
        Coordinates owner = spot.artifact().coordinates();
        // An index that was read says it better than the path, but for Maven, where the path is all there is.
        boolean linked = !spot.format().equals("maven") && fetched.packageName() != null;
        return new PackageFile(
                0,
                0,
                spot.project(),
                spot.format(),
                linked ? String.valueOf(fetched.packageName()) : owner == null ? name : owner.name(),
                linked ? fetched.packageVersion() : owner == null ? null : owner.version(),
                path,
                name,
                fetched.size(),
                fetched.sha256(),
                fetched.digests().getOrDefault("sha1", ""),
                fetched.digests().getOrDefault("md5", ""),
                fetched.contentType(),
                new PackageFile.Pulled(Remotes.url(remote), fetched.etag(), fetched.lastModified()),
                null,
                fetched.storedAt());
    }

    /** Whatever way the bytes came in, both digests are to be known. */
    private Mono<Entry> digests(Entry fetched) {
        return with(fetched, Algorithm.SHA1).flatMap(entry -> with(entry, Algorithm.MD5));
    }

    private Mono<Entry> with(Entry entry, Algorithm algorithm) {
        if (entry.digests().containsKey(algorithm.label())) {
            return Mono.just(entry);
        }
        return store.digest(new Digest(entry.sha256()), entry.size(), algorithm).map(hex -> {
            Map<String, String> more = new TreeMap<>(entry.digests());
            more.put(algorithm.label(), hex);
            return entry.verified(entry.verified(), more);
        });
    }
}
