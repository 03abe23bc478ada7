package gateway.cache;

import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.storage.Digest;
import gateway.storage.Holdings;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Drops what names bytes that are no good, so that the next request fetches them.
 *
 * @param catalog null when there is none
 */
record Forgetting(@Nullable Catalog catalog, Holdings holdings) {

    /** Removes row, manifest and link, unless they name other bytes by now. */
    Mono<Void> of(Entry entry) {
        return row(entry)
                .then(
                        entry.place().isEmpty()
                                ? Mono.empty()
                                : holdings.unplace(entry.place(), new Digest(entry.sha256())));
    }

    private Mono<Void> row(Entry entry) {
        Catalog known = catalog;
        return known == null
                ? Mono.empty()
                : known.find(entry.key())
                        .filter(now -> now.sha256().equals(entry.sha256()))
                        .flatMap(now -> known.remove(now.key()));
    }
}
