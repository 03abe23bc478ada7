package gateway.catalog;

import gateway.database.Connections;
import gateway.database.Sql;
import io.r2dbc.spi.Connection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Hits and misses since the last flush. Each is added and taken under the lock of its own bin of the map, so none is
 * counted twice or lost, and a request never waits for more than another request's addition.
 */
final class Counters {
    /** More keys than this between two flushes are counted for their format only. */
    static final int MAX_KEYS = 100_000;

    /** Keys written in one transaction, so that saves get their turn in between. */
    private static final int BATCH = 500;

    private static final String ID = "(SELECT id FROM entry WHERE " + EntryRows.KEY + ")";
    private static final String USED = "UPDATE entry_use SET last_used = GREATEST(last_used, ?) WHERE id = " + ID;
    private static final String HIT =
            "UPDATE item SET hits = hits + ? WHERE id = (SELECT item FROM entry_use WHERE id = " + ID + ")";

    // Where the numbers of the rows are known, one statement does for all of them, in half the time.
    private static final String ALL = "UNNEST(CAST(? AS BIGINT ARRAY), CAST(? AS BIGINT ARRAY)) n (id, number)";
    private static final String ALL_USED = "MERGE INTO entry_use u USING " + ALL + " ON u.id = n.id"
            + " WHEN MATCHED THEN UPDATE SET last_used = GREATEST(u.last_used, n.number)";
    private static final String ALL_HIT = "MERGE INTO item i USING (SELECT u.item item, SUM(n.number) hits FROM " + ALL
            + " JOIN entry_use u ON u.id = n.id GROUP BY u.item) s ON i.id = s.item"
            + " WHEN MATCHED THEN UPDATE SET hits = i.hits + s.hits";

    private final ConcurrentHashMap<CacheKey, Use> uses = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Long> hits = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Long> misses = new ConcurrentHashMap<>();

    /** How often and when last an entry was used. */
    private static final class Use {
        private long hits;
        private long lastUsed;

        private void add(long more, long at) {
            hits += more;
            lastUsed = Math.max(lastUsed, at);
        }
    }

    /** What one transaction writes. */
    private record Batch(Map<CacheKey, Use> uses, Map<String, Long> hits, Map<String, Long> misses) {
        static final Batch EMPTY = new Batch(Map.of(), Map.of(), Map.of());
    }

    void hit(CacheKey key, long at) {
        if (uses.size() < MAX_KEYS || uses.containsKey(key)) {
            use(key, 1, at);
        }
    }

    void hit(String format) {
        hits.merge(format, 1L, Long::sum);
    }

    void missed(String format) {
        misses.merge(format, 1L, Long::sum);
    }

    boolean isEmpty() {
        return uses.isEmpty() && hits.isEmpty() && misses.isEmpty();
    }

    /**
     * Writes what is collected now, in as many transactions as it takes.
     *
     * @param ids the number of a key's row as far as it is known, else 0
     */
    Mono<Void> flush(Connections connections, ToLongFunction<CacheKey> ids) {
        return Mono.defer(() -> {
            var batches = isEmpty() ? 0 : 1 + uses.size() / BATCH;
            return Flux.range(0, batches)
                    .concatMap(i -> flushBatch(connections, ids))
                    .then();
        });
    }

    /** A batch is taken inside its transaction: whoever cancels a flush can only do so before or after it. */
    private Mono<Void> flushBatch(Connections connections, ToLongFunction<CacheKey> ids) {
        var batch = new AtomicReference<>(Batch.EMPTY);
        return connections
                .write(connection -> Mono.defer(() -> {
                    batch.set(take());
                    return write(connection, batch.get(), ids);
                }))
                .onErrorResume(error -> {
                    giveBack(batch.get());
                    return Mono.error(error);
                });
    }

    private static Mono<Void> write(Connection connection, Batch batch, ToLongFunction<CacheKey> ids) {
        var known = new TreeMap<Long, Use>();
        var others = new HashMap<CacheKey, Use>();
        batch.uses().forEach((key, use) -> {
            var id = ids.applyAsLong(key);
            if (id == 0) {
                others.put(key, use);
            } else {
                known.put(id, use);
            }
        });
        return all(connection, ALL_USED, known, use -> use.lastUsed)
                .then(all(connection, ALL_HIT, known, use -> use.hits))
                .then(Sql.updateAll(connection, USED, rows(others, use -> use.lastUsed)))
                .then(Sql.updateAll(connection, HIT, rows(others, use -> use.hits)))
                .thenMany(Flux.fromIterable(batch.hits().entrySet()))
                .concatMap(hit -> total(connection, hit.getKey(), hit.getValue(), 0))
                .thenMany(Flux.fromIterable(batch.misses().entrySet()))
                .concatMap(miss -> total(connection, miss.getKey(), 0, miss.getValue()))
                .then();
    }

    private static Mono<Long> all(
            Connection connection, String sql, SortedMap<Long, Use> uses, ToLongFunction<Use> number) {
        var numbers = uses.values().stream().map(number::applyAsLong).toArray(Object[]::new);
        return uses.isEmpty()
                ? Mono.just(0L)
                : Sql.update(connection, sql, uses.keySet().toArray(), numbers);
    }

    private static List<Object[]> rows(Map<CacheKey, Use> uses, ToLongFunction<Use> number) {
        return uses.entrySet().stream()
                .map(use -> {
                    var key = use.getKey();
                    return new Object[] {
                        number.applyAsLong(use.getValue()), key.repository(), key.upstream(), key.path(), key.variant()
                    };
                })
                .toList();
    }

    private void use(CacheKey key, long more, long at) {
        uses.compute(key, (ignored, old) -> {
            var use = old == null ? new Use() : old;
            use.add(more, at);
            return use;
        });
    }

    private Batch take() {
        return new Batch(take(uses, BATCH), take(hits, Integer.MAX_VALUE), take(misses, Integer.MAX_VALUE));
    }

    private static <K, V> Map<K, V> take(ConcurrentHashMap<K, V> from, int atMost) {
        var taken = new HashMap<K, V>();
        var keys = from.keySet().iterator();
        while (keys.hasNext() && taken.size() < atMost) {
            var key = keys.next();
            var value = from.remove(key);
            if (value != null) {
                taken.put(key, value);
            }
        }
        return taken;
    }

    private void giveBack(Batch batch) {
        batch.uses().forEach((key, use) -> use(key, use.hits, use.lastUsed));
        batch.hits().forEach((format, count) -> hits.merge(format, count, Long::sum));
        batch.misses().forEach((format, count) -> misses.merge(format, count, Long::sum));
    }

    private static Mono<Long> total(Connection connection, String format, long hits, long misses) {
        var change = "UPDATE total SET hits = hits + ?, misses = misses + ? WHERE format = ?";
        var create = "INSERT INTO total (hits, misses, format, packages, versions, artifacts, size)"
                + " VALUES (?, ?, ?, 0, 0, 0, 0)";
        return Sql.update(connection, change, hits, misses, format)
                .flatMap(rows -> rows > 0 ? Mono.just(rows) : Sql.update(connection, create, hits, misses, format));
    }
}
