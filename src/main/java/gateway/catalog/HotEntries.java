package gateway.catalog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.atomic.AtomicIntegerArray;
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

    private final Cache<CacheKey, Entry> entries;
    private final AtomicIntegerArray generations = new AtomicIntegerArray(STRIPES);

    HotEntries(long maxBytes) {
        this.entries = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher(HotEntries::weight)
                .build();
    }

    @Nullable
    Entry get(CacheKey key) {
        return entries.getIfPresent(key);
    }

    int generation(CacheKey key) {
        return generations.get(stripe(key));
    }

    void loaded(Entry entry, int generation) {
        entries.asMap().compute(entry.key(), (key, newer) -> {
            if (newer != null) {
                return newer;
            }
            return generation == generation(key) ? entry : null;
        });
    }

    void saved(Entry entry) {
        entries.asMap().compute(entry.key(), (key, old) -> {
            generations.incrementAndGet(stripe(key));
            return entry;
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
