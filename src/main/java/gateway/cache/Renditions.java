package gateway.cache;

import gateway.catalog.CacheKey;
import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Rendering;
import gateway.storage.Blob;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Finished forms of stored indexes: rewritten, compressed, kept like any other blob.
 *
 * <p>A rendition is an entry of its own whose validator is the digest of the index it was made from: when the index
 * changes, the rendition no longer fits and is made anew. A hit therefore costs no parsing and no compression.
 */
final class Renditions {

    /** Fast and within some tens of percent of the best size; the documents compress ten to one anyway. */
    private static final int LEVEL = 4;

    private final Catalog catalog;
    private final BlobStore store;
    private final Evictor evictor;
    private final Clock clock;
    private final ConcurrentHashMap<CacheKey, Mono<Entry>> rendering = new ConcurrentHashMap<>();

    Renditions(Parts parts, Evictor evictor) {
        this.evictor = evictor;
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.clock = parts.clock();
    }

    static CacheKey key(Mount mount, Entry index, Rendering form, boolean gzip) {
        CacheKey key = index.key();
        String variant = form.name() + (gzip ? ";gzip;" : ";plain;") + mount.base();
        return new CacheKey(key.repository(), key.upstream(), key.path(), variant);
    }

    /** The finished form if it is hot and still fits: for the event loop; else null. */
    @Nullable
    Entry hot(Mount mount, Entry index, Rendering form, boolean gzip) {
        Entry entry = catalog.hot(key(mount, index, form, gzip));
        return entry != null && fits(entry, index) ? entry : null;
    }

    /** The finished form; {@link LostBytes} when the index's bytes are; {@link Rendering.Absent} when it lists no such thing. */
    Mono<Finished> get(Mount mount, Entry index, Rendering form, boolean gzip) {
        CacheKey key = key(mount, index, form, gzip);
        return catalog.find(key)
                .onErrorComplete()
                .filter(entry -> fits(entry, index))
                .flatMap(this::opened)
                .switchIfEmpty(Mono.defer(() -> rendering
                        .computeIfAbsent(
                                key,
                                same -> render(mount, index, form, gzip, key)
                                        .doFinally(signal -> rendering.remove(key))
                                        .cache())
                        .flatMap(entry -> opened(entry).switchIfEmpty(Mono.error(() -> new LostBytes(entry))))));
    }

    /** A form whose bytes can be read; the blob is released by whom it is given to. */
    record Finished(Entry entry, Blob blob) {}

    private Mono<Finished> opened(Entry entry) {
        return store.open(new Digest(entry.sha256()), entry.size()).map(blob -> new Finished(entry, blob));
    }

    private static boolean fits(Entry rendition, Entry index) {
        return index.sha256().equals(rendition.etag());
    }

    private Mono<Entry> render(Mount mount, Entry index, Rendering form, boolean gzip, CacheKey key) {
        return store.derive(new Digest(index.sha256()), index.size(), (in, out) -> {
                    if (gzip) {
                        try (GZIPOutputStream packed = new FastGzip(out)) {
                            form.renderer().render(in, Documents.source(index), mount.base(), packed);
                        }
                    } else {
                        form.renderer().render(in, Documents.source(index), mount.base(), out);
                    }
                })
                .switchIfEmpty(Mono.error(() -> new LostBytes(index)))
                .flatMap(derived -> {
                    Entry entry = entry(index, form, key, derived);
                    return catalog.find(key)
                            .map(Optional::of)
                            .defaultIfEmpty(Optional.empty())
                            .flatMap(before -> catalog.save(entry).then(evictor.replaced(before.orElse(null), entry)))
                            .onErrorComplete()
                            .thenReturn(entry);
                });
    }

    private Entry entry(Entry index, Rendering form, CacheKey key, BlobStore.Derived derived) {
        return new Entry(
                key,
                index.format(),
                Entry.Kind.INDEX,
                // No place: after a loss of the catalog it is made anew.
                "",
                derived.digest().hex(),
                derived.size(),
                form.contentType(),
                index.sha256(),
                null,
                index.url(),
                Map.of(),
                false,
                index.packageName(),
                index.packageVersion(),
                clock.instant(),
                clock.instant());
    }

    private static final class FastGzip extends GZIPOutputStream {

        FastGzip(OutputStream out) throws IOException {
            super(out, 1 << 13);
            def.setLevel(LEVEL);
        }
    }
}
