package gateway.catalog;

import gateway.database.Connections;
import gateway.database.Sql;
import io.r2dbc.spi.Connection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What upstreams said does not exist, each word for a bounded time and the newest ones only. Words wait in memory until the next
 * flush; what is lost with them is asked again.
 */
final class Absences {
    /** How long a word counts when the upstream cannot be asked again, in milliseconds. */
    static final long OLDEST = 30L * 24 * 60 * 60 * 1000;

    /** More words than this between two flushes are dropped. */
    static final int WAITING = 10_000;

    private static final int MOST = 100_000;

    /** Paths longer than this, in characters, are probes and no package manager's. */
    private static final int LONGEST = 1000;

    private static final int BATCH = 500;

    private final int most;
    private final ConcurrentHashMap<CacheKey, Word> waiting = new ConcurrentHashMap<>();

    Absences() {
        this(MOST);
    }

    Absences(int most) {
        this.most = most;
    }

    /** A word and when it was given, in milliseconds since the epoch. */
    private record Word(Absence absence, long at) {}

    void add(CacheKey key, Absence absence, long at) {
        boolean room = waiting.size() < WAITING || waiting.containsKey(key);
        if (room && key.path().length() <= LONGEST) {
            waiting.put(key, new Word(absence, at));
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Empty when none was given since then. */
    Mono<Absence> find(Connections connections, CacheKey key, long since) {
        var sql = "SELECT status, message FROM absence WHERE " + EntryRows.KEY + " AND seen >= ?";
        return Mono.defer(() -> {
            var word = waiting.get(key);
            return word != null
                    ? Mono.just(word.absence())
                    : connections
                            .read(connection -> Sql.select(
                                    connection,
                                    sql,
                                    row -> new Absence((int) Sql.number(row, 0), Sql.text(row, 1)),
                                    key.repository(),
                                    key.upstream(),
                                    key.path(),
                                    key.variant(),
                                    since))
                            .singleOrEmpty();
        });
    }

    /** Takes back, inside the transaction that removes an entry, what was said before there was one. */
    Mono<Void> remove(Connection connection, CacheKey key) {
        return Mono.defer(() -> {
            waiting.remove(key);
            return Sql.update(connection, "DELETE FROM absence WHERE " + EntryRows.KEY, EntryRows.key(key))
                    .then();
        });
    }

    /** Writes what waits, in as many transactions as it takes. */
    Mono<Void> flush(Connections connections) {
        return Mono.defer(() -> Flux.range(0, (waiting.size() + BATCH - 1) / BATCH)
                .concatMap(i -> connections.write(this::write).flatMap(this::written))
                .then());
    }

    private Mono<Map<CacheKey, Word>> write(Connection connection) {
        return Mono.defer(() -> {
            var batch = waiting.entrySet().stream()
                    .limit(BATCH)
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            var newest = batch.values().stream().mapToLong(Word::at).max().orElse(0);
            return Flux.fromIterable(batch.entrySet())
                    .concatMap(word -> write(connection, word.getKey(), word.getValue()))
                    .then(Sql.update(connection, "DELETE FROM absence WHERE seen < ?", newest - OLDEST))
                    .then(shrink(connection))
                    .thenReturn(batch);
        });
    }

    /** Only after the transaction, so that one which fails loses none; what was said anew since then goes on waiting. */
    private Mono<Void> written(Map<CacheKey, Word> batch) {
        return Mono.fromRunnable(() -> batch.forEach(waiting::remove));
    }

    private static Mono<Long> write(Connection connection, CacheKey key, Word word) {
        var sql = "MERGE INTO absence (repository, upstream, path, variant, status, message, seen)"
                + " KEY (repository, upstream, path, variant) VALUES (?, ?, ?, ?, ?, ?, ?)";
        return Sql.update(
                connection,
                sql,
                key.repository(),
                key.upstream(),
                key.path(),
                key.variant(),
                word.absence().status(),
                word.absence().message(),
                word.at());
    }

    private Mono<Void> shrink(Connection connection) {
        var oldest = "DELETE FROM absence WHERE id IN (SELECT id FROM absence ORDER BY seen LIMIT ?)";
        return Sql.select(connection, "SELECT COUNT(*) FROM absence", row -> Sql.number(row, 0))
                .single()
                .flatMap(rows -> rows <= most ? Mono.empty() : Sql.update(connection, oldest, rows - most))
                .then();
    }
}
