package gateway.cache;

import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Keeps the store within its size, least recently used first: above the high mark it removes entries until the low mark
 * is reached. What was stored or used last is removed last, so flights are safe.
 */
final class Evictor {

    private static final Logger log = LoggerFactory.getLogger(Evictor.class);
    private static final double LOW_MARK = 0.9;
    private static final int BATCH = 64;

    private final Catalog catalog;
    private final BlobStore store;
    private final long maxSize;
    private final AtomicInteger asked = new AtomicInteger();

    Evictor(Parts parts) {
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.maxSize = parts.maxSize();
    }

    /** Subscribed to after each publication; one run at a time, and one more for those who came meanwhile and were not counted. */
    Mono<Void> stored() {
        return Mono.defer(() -> maxSize == Long.MAX_VALUE || asked.getAndIncrement() > 0 ? Mono.empty() : run());
    }

    private Mono<Void> run() {
        return catalog.totalSize()
                .flatMap(total -> total > maxSize ? shrink(total) : Mono.empty())
                .onErrorResume(error -> {
                    log.warn("eviction failed", error);
                    return Mono.empty();
                })
                .doOnCancel(() -> asked.set(0))
                .then(Mono.defer(() -> asked.getAndSet(0) > 1 ? stored() : Mono.empty()));
    }

    private Mono<Void> shrink(long total) {
        return catalog.leastRecentlyUsed(BATCH).collectList().flatMap(oldest -> {
            long excess = total - (long) (maxSize * LOW_MARK);
            Mono<Void> work = Mono.empty();
            for (Entry entry : oldest) {
                if (excess <= 0) {
                    break;
                }
                excess -= entry.size();
                work = work.then(Mono.defer(() -> {
                    log.debug(
                            "evicted {}{}",
                            entry.key().repository(),
                            entry.key().path());
                    return remove(entry);
                }));
            }
            return oldest.isEmpty() ? work : work.then(Mono.defer(this::again));
        });
    }

    // Blobs may be shared by entries, so what was really freed is known only afterwards.
    private Mono<Void> again() {
        return catalog.totalSize().flatMap(total -> total > (long) (maxSize * LOW_MARK) ? shrink(total) : Mono.empty());
    }

    /** Removes an entry: row, manifest and link, unless another has taken its place, and the blob when nobody else needs it. */
    Mono<Void> remove(Entry entry) {
        Digest digest = new Digest(entry.sha256());
        return catalog.find(entry.key())
                .filter(now -> !now.sha256().equals(entry.sha256()))
                .hasElement()
                .flatMap(replaced -> replaced ? Mono.empty() : catalog.remove(entry.key()))
                .then(entry.place().isEmpty() ? Mono.empty() : store.unplace(entry.place(), digest))
                .then(deleteUnreferenced(digest));
    }

    /** The bytes of an entry are not there. The manifest decides whether they are gone, or the row named other ones. */
    Mono<Void> lost(Entry entry) {
        return store.manifest(entry.place())
                .map(Manifests::whole)
                .filter(written -> written.key().equals(entry.key())
                        && !(written.sha256().equals(entry.sha256()) && written.size() == entry.size()))
                .onErrorComplete()
                .flatMap(written -> catalog.save(written).thenReturn(true))
                .switchIfEmpty(Mono.defer(() -> remove(entry).thenReturn(true)))
                .then();
    }

    /** Removes what another entry of the same key took the place of; who is reading it goes on. */
    Mono<Void> replaced(@Nullable Entry before, Entry now) {
        return before == null || before.sha256().equals(now.sha256())
                ? Mono.empty()
                : deleteUnreferenced(new Digest(before.sha256())).onErrorResume(error -> {
                    log.warn(
                            "what was replaced by {}{} stays",
                            now.key().repository(),
                            now.key().path(),
                            error);
                    return Mono.empty();
                });
    }

    Mono<Void> deleteUnreferenced(Digest digest) {
        return catalog.refersTo(digest.hex()).flatMap(needed -> needed ? Mono.empty() : store.delete(digest));
    }
}
