package gateway.cache;

import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Artifact;
import gateway.format.Checksum;
import gateway.format.Index;
import gateway.format.Link;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import gateway.storage.Spool;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Makes verified bytes an entry: blob, manifest, link and row, in this order, and looks at what they say.
 *
 * <p>Whatever goes wrong leaves nothing half-stored, and what was held before stays.
 */
final class Publication {

    private static final Logger log = LoggerFactory.getLogger(Publication.class);

    private final Catalog catalog;
    private final BlobStore store;
    private final Planner planner;
    private final Generations generations;
    private final Documents documents;
    private final Evictor evictor;

    Publication(Parts parts, Planner planner, Generations generations, Documents documents, Evictor evictor) {
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.planner = planner;
        this.generations = generations;
        this.documents = documents;
        this.evictor = evictor;
    }

    /** Publishes verified bytes; the entry is in the catalog when the flight says that it is stored. */
    Mono<Void> keep(Fetch.Job job, Planner.Plan plan, Spool spool, Entry entry) {
        return store.publish(spool, new Digest(entry.sha256()))
                .then(examine(job, entry))
                .flatMap(better -> place(better)
                        .then(save(better))
                        .then(Mono.fromRunnable(() -> job.flight().stored(better)))
                        .then(evictor.replaced(job.held(), better))
                        .then(evictor.replaced(entry, better))
                        .then(evictor.stored())
                        .then(checkBehind(job, plan, better)))
                .onErrorResume(error -> forget(entry).then(Mono.error(error)));
    }

    /** An index that cannot be read is not worth keeping; a root takes its members along, or stays as it was. */
    private Mono<Entry> examine(Fetch.Job job, Entry entry) {
        return switch (job.resource()) {
            case Artifact artifact -> Mono.just(entry);
            case Index index -> {
                Mono<Entry> read = index.links() == null
                        ? Mono.just(entry)
                        : documents.links(entry, index.links()).thenReturn(entry);
                yield index.generation() == null
                        ? read
                        : read.flatMap(root -> generations.promote(job.source(), index, job.held(), root));
            }
        };
    }

    private Mono<Void> place(Entry entry) {
        return store.place(entry.place(), new Digest(entry.sha256()), Manifests.write(entry));
    }

    /** Without a row the manifest still tells what is held, so a broken catalog costs speed and nothing else. */
    Mono<Void> save(Entry entry) {
        return catalog.save(entry).onErrorResume(error -> {
            log.error(
                    "the catalog does not take {}{}",
                    entry.key().repository(),
                    entry.key().path(),
                    error);
            return Mono.empty();
        });
    }

    private Mono<Void> checkBehind(Fetch.Job job, Planner.Plan plan, Entry entry) {
        return plan.expectation() instanceof Expectation.Behind behind && job.resource() instanceof Artifact artifact
                ? planner.linkIn(job.source(), artifact, behind.indexes())
                        .flatMap(link -> compare(entry, link))
                        .onErrorResume(error -> {
                            log.debug("{} stays unverified: {}", entry.key().path(), error.toString());
                            return Mono.empty();
                        })
                : Mono.empty();
    }

    private Mono<Void> compare(Entry entry, Link link) {
        Checksum.Known known = link.checksum();
        if (known == null) {
            return Mono.empty();
        }
        return store.digest(new Digest(entry.sha256()), entry.size(), known.algorithm())
                .flatMap(actual -> {
                    if (!actual.equals(known.hex())) {
                        log.warn(
                                "purged {}{}: the index promises {} {}, the bytes have {}",
                                entry.key().repository(),
                                entry.key().path(),
                                known.algorithm().label(),
                                known.hex(),
                                actual);
                        return evictor.remove(entry);
                    }
                    Map<String, String> digests = new TreeMap<>(entry.digests());
                    digests.put(known.algorithm().label(), actual);
                    Entry better = entry.verified(true, digests);
                    return place(better).then(save(better));
                });
    }

    /** Removes what publication left, unless others hold the same bytes. */
    private Mono<Void> forget(Entry entry) {
        return evictor.deleteUnreferenced(new Digest(entry.sha256())).onErrorComplete();
    }

    /** Puts an entry whose bytes are in the store already in the place of the held one. */
    Mono<Void> replace(Fetch.Job job, Entry entry) {
        return place(entry)
                .then(save(entry))
                .then(Mono.fromRunnable(() -> job.flight().settled(entry, 206)))
                .then(evictor.replaced(job.held(), entry))
                .then(evictor.stored())
                .onErrorResume(error -> forget(entry).then(Mono.error(error)));
    }
}
