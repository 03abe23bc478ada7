package gateway.catalog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Entries in memory, the often used ones, bounded by what they weigh.
 *
 * <p>A look-up that began before a change must not bring back what it read: it says which {@link #generation} it began
 * in, and is kept only if none of the changes since then was to its stripe of keys.
 */
final class HotEntries {
    private static final int STRIPES = 1024;

    /** Objects and references of one entry, without the text. */
    private static final int OVERHEAD = 500;

    /** Bytes of a usual entry. */
    static final int USUAL = 1000;

    private final Cache<CacheKey, Row> entries;
    private final AtomicIntegerArray generations = new AtomicIntegerArray(STRIPES);

    /** An entry with the number of its row, which a key keeps until it is removed. */
    record Row(long id, Entry entry) {}

    HotEntries(long maxBytes) {
        this.entries = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((CacheKey key, Row row) -> weight(key, row.entry()))
                .build();
    }

    @Nullable
    Entry get(CacheKey key) {
        var row = entries.getIfPresent(key);
        return row == null ? null : row.entry();
    }

    /** The number of the row, 0 when the entry is not hot; asking does not make it any hotter. */
    long id(CacheKey key) {
        var row = entries.policy().getIfPresentQuietly(key);
        return row == null ? 0 : row.id();
    }

    int generation(CacheKey key) {
        return generations.get(stripe(key));
    }

    /** The generations of all keys as they are now, for who reads many. */
    ToIntFunction<CacheKey> generations() {
        var now = new int[STRIPES];
        Arrays.setAll(now, generations::get);
        return key -> now[stripe(key)];
    }

    void loaded(Row row, int generation) {
        entries.asMap().compute(row.entry().key(), (key, newer) -> {
            if (newer != null) {
                return newer;
            }
            return generation == generation(key) ? row : null;
        });
    }

    void saved(Row row) {
        entries.asMap().compute(row.entry().key(), (key, old) -> {
            generations.incrementAndGet(stripe(key));
            return row;
        });
    }

    void removed(CacheKey key) {
        entries.asMap().compute(key, (same, old) -> {
            generations.incrementAndGet(stripe(same));
            return null;
        });
    }

    private static int stripe(CacheKey key) {
        var hash = key.hashCode();
        return (hash ^ hash >>> 16) & STRIPES - 1;
    }

    private static int weight(CacheKey key, Entry entry) {
        var text = key.path().length()
                + key.variant().length()
                + entry.place().length()
                + entry.sha256().length()
                + entry.contentType().length()
                + entry.url().length();
        for (var digest : entry.digests().entrySet()) {
            text += OVERHEAD / 10 + digest.getValue().length();
        }
        return OVERHEAD + text;
    }
}
