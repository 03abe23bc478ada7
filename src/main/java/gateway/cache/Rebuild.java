package gateway.cache;

import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.storage.Holdings;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Fills a catalog from the manifests in a store. What is saved meanwhile is newer and stays, so a gateway may serve while it
 * runs.
 */
public record Rebuild(Catalog catalog) {

    private static final Logger log = LoggerFactory.getLogger(Rebuild.class);
    /** Manifests in one transaction. */
    private static final int BATCH = 100;

    /** Emits for each manifest whether it became an entry; one that cannot be read or saved is left out. */
    public Flux<Boolean> run(Holdings holdings) {
        return holdings.manifests().buffer(BATCH).concatMap(this::restore);
    }

    private Flux<Boolean> restore(List<Holdings.Manifest> manifests) {
        List<Entry> entries = new ArrayList<>();
        for (Holdings.Manifest manifest : manifests) {
            try {
                entries.add(Manifests.read(manifest.json()));
            } catch (RuntimeException unreadable) {
                log.warn("skipped the manifest {}, which cannot be read: {}", manifest.path(), unreadable.getMessage());
            }
        }
        int skipped = manifests.size() - entries.size();
        return Flux.concat(
                catalog.restore(entries)
                        .thenMany(Flux.fromIterable(entries).map(entry -> true))
                        .onErrorResume(error -> Flux.fromIterable(entries).concatMap(this::restore)),
                Flux.range(0, skipped).map(i -> false));
    }

    private Mono<Boolean> restore(Entry entry) {
        return catalog.restore(List.of(entry)).thenReturn(true).onErrorResume(error -> {
            log.warn("skipped the manifest of {}, which cannot be saved: {}", entry.place(), error.getMessage());
            return Mono.just(false);
        });
    }
}
