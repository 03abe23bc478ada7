package gateway.cache;

import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.storage.Holdings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Fills an empty catalog from the manifests in a store. */
public record Rebuild(Catalog catalog) {

    private static final Logger log = LoggerFactory.getLogger(Rebuild.class);

    /** Emits for each manifest whether it became an entry; one that cannot be read or saved is left out. */
    public Flux<Boolean> run(Holdings holdings) {
        return holdings.manifests().flatMap(this::save);
    }

    private Mono<Boolean> save(Holdings.Manifest manifest) {
        return Mono.fromCallable(() -> Manifests.read(manifest.json()))
                .flatMap((Entry entry) -> catalog.save(entry).thenReturn(true))
                .onErrorResume(error -> {
                    log.warn("skipped the manifest {}, which cannot be read: {}", manifest.path(), error.getMessage());
                    return Mono.just(false);
                });
    }
}
