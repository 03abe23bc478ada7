package gateway.cache;

import gateway.catalog.Catalog;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import gateway.storage.Leftovers;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;

/**
 * Puts in order what a kill between two steps of publication left: once after a start, in the background, one look at a
 * time.
 *
 * <p>A blob belongs to whom a row or a manifest names. One with a manifest and no row gets its row again, or it would
 * never be counted or evicted; one with neither is removed. Names come up only with a publication while this runs, and
 * {@link Leftovers} never takes what this process published. An entry that is evicted at the same moment may come back as
 * a row without bytes, which the next asker finds and fetches anew. Any error ends the sweep, and what is left stays
 * until the next start.
 */
public final class Sweeper {

    private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
    /** Candidates of one sweep, which are in memory. */
    private static final int MOST = 100_000;

    private final Catalog catalog;
    private final Leftovers leftovers;

    public Sweeper(Catalog catalog, BlobStore store) {
        this.catalog = catalog;
        this.leftovers = store.leftovers();
    }

    /** Runs once; an error when the catalog or the store cannot be read. */
    public Mono<Void> sweep() {
        return leftovers
                .removeTemporaries()
                .flatMap(files -> unnamed()
                        .flatMap(candidates -> named(candidates)
                                .then(Flux.fromIterable(candidates)
                                        .concatMap(leftovers::remove)
                                        .filter(removed -> removed)
                                        .count())
                                .doOnNext(blobs -> {
                                    if (files + blobs > 0) {
                                        log.info(
                                                "swept {} temporary files and {} blobs that nothing names",
                                                files,
                                                blobs);
                                    }
                                })))
                .then();
    }

    private Mono<Set<Digest>> unnamed() {
        return leftovers
                .blobs()
                .filterWhen(digest -> catalog.refersTo(digest.hex()).map(named -> !named), 1)
                .take(MOST)
                .collect(LinkedHashSet::new, Set::add);
    }

    /** Takes what a manifest names out of the candidates. */
    private Mono<Void> named(Set<Digest> candidates) {
        return candidates.isEmpty()
                ? Mono.empty()
                : leftovers
                        .manifests()
                        .concatMap(bytes -> Mono.fromCallable(() -> Manifests.read(bytes))
                                .onErrorResume(JacksonException.class, error -> Mono.empty()))
                        .filter(entry -> candidates.remove(new Digest(entry.sha256())))
                        .concatMap(entry -> catalog.restore(List.of(entry)))
                        .then();
    }
}
