package gateway.catalog;

import gateway.Background;
import gateway.database.Connections;
import gateway.database.Sql;
import io.r2dbc.spi.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The catalog in one H2 file, opened by {@link CatalogDatabase}. */
public final class R2dbcCatalog implements Catalog {
    private static final Logger log = LoggerFactory.getLogger(R2dbcCatalog.class);
    private static final Duration FLUSH_PERIOD = Duration.ofSeconds(2);
    /**
     * Hits are written every so many periods: each costs a look-up of its entry, and a busy farm uses the same thousands of
     * files in every period. A kill loses those since then, and nothing else.
     */
    private static final int HITS_EVERY = 60;

    private static final int PAGE = 1000;
    private static final int RECALLED_AT_ONCE = 250;

    /** The part of the heap that hot entries may take. */
    private static final int HEAP_SHARE = 8;

    private final Connections connections;
    private final Clock clock;
    private final long hotBytes = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
    private final HotEntries hot = new HotEntries(hotBytes);
    private final Counters counters = new Counters();
    private final Absences absences = new Absences();
    private final Map<CacheKey, Mono<Entry>> lookups = new ConcurrentHashMap<>();
    private final Map<String, String> formats = new ConcurrentHashMap<>();
    private final AtomicBoolean flushFailing = new AtomicBoolean();
    private final Background background = new Background();
    private final Mono<Void> close;
    private volatile boolean complete;

    /** @param complete whether every entry of the store has been saved here once */
    R2dbcCatalog(Connections connections, Clock clock, boolean complete) {
        this.connections = connections;
        this.complete = complete;
        this.clock = clock;
        this.close = written().then(connections.close("SHUTDOWN")).cache();
        if (!connections.readOnly()) {
            var flushes = Flux.interval(FLUSH_PERIOD).onBackpressureDrop().concatMap(this::periodicFlush, 1);
            background.start("write the catalog", flushes);
        }
    }

    /** Whether all that the store holds has been saved here once. */
    static Flux<Boolean> isRebuilt(Connection connection) {
        return Sql.select(
                connection, "SELECT number FROM state WHERE name = 'rebuilt'", row -> Sql.number(row, 0) == 1);
    }

    /** Notes that the catalog now knows everything in the store. */
    public Mono<Void> rebuilt() {
        return connections
                .write(connection -> Sql.update(connection, "UPDATE state SET number = 1 WHERE name = 'rebuilt'"))
                .then(connections.checkpoint())
                .doOnSuccess(done -> complete = true);
    }

    /**
     * Brings what was used last back into memory, as much as is kept there: a look-up costs a hundred times what a hit
     * does, and after a start every file that is asked for would need one.
     */
    public Mono<Void> recall() {
        var newest = "SELECT id FROM entry_use WHERE pinned = FALSE ORDER BY pinned DESC, last_used DESC LIMIT ?";
        return connections
                .read(connection ->
                        Sql.select(connection, newest, row -> Sql.number(row, 0), hotBytes / HotEntries.USUAL))
                .buffer(RECALLED_AT_ONCE)
                .concatMap(this::recall, 1)
                .then();
    }

    private Mono<Void> recall(List<Long> ids) {
        var sql = EntryRows.SELECT + ", e.id FROM entry e WHERE e.id IN ("
                + String.join(", ", Collections.nCopies(ids.size(), "?")) + ")";
        return Flux.defer(() -> {
                    var before = hot.generations();
                    return connections
                            .read(connection -> Sql.select(connection, sql, R2dbcCatalog::row, ids.toArray()))
                            .doOnNext(row ->
                                    keep(row, before.applyAsInt(row.entry().key())));
                })
                .then();
    }

    @Override
    public @Nullable Entry hot(CacheKey key) {
        return hot.get(key);
    }

    @Override
    public Mono<Entry> find(CacheKey key) {
        return Mono.defer(() -> {
            var entry = hot.get(key);
            return entry == null ? lookups.computeIfAbsent(key, this::lookUp) : Mono.just(entry);
        });
    }

    /** Once for all who ask at the same time, whoever of them leaves. */
    private Mono<Entry> lookUp(CacheKey key) {
        var sql = EntryRows.SELECT + ", e.id FROM entry e WHERE " + EntryRows.KEY;
        return Mono.defer(() -> {
                    var generation = hot.generation(key);
                    return connections
                            .read(connection -> Sql.select(connection, sql, R2dbcCatalog::row, EntryRows.key(key)))
                            .singleOrEmpty()
                            .map(row -> keep(row, generation));
                })
                .doFinally(signal -> lookups.remove(key))
                .cache();
    }

    private static HotEntries.Row row(io.r2dbc.spi.Row row) {
        return new HotEntries.Row(Sql.number(row, EntryRows.COLUMNS), EntryRows.read(row));
    }

    private Entry keep(HotEntries.Row row, int generation) {
        formats.put(row.entry().key().repository(), row.entry().format());
        hot.loaded(row, generation);
        return row.entry();
    }

    @Override
    public Mono<Void> save(Entry entry) {
        return connections
                .write(connection -> Ledger.save(connection, entry))
                .doOnNext(id -> {
                    formats.put(entry.key().repository(), entry.format());
                    hot.saved(new HotEntries.Row(id, entry));
                    lookups.remove(entry.key());
                })
                .then();
    }

    @Override
    public Mono<Void> restore(List<Entry> entries) {
        return connections
                .write(connection -> Flux.fromIterable(entries)
                        .concatMap(entry -> Ledger.restore(connection, entry))
                        .then(Mono.just(true)))
                .then();
    }

    @Override
    public Mono<Void> remove(CacheKey key) {
        return connections
                .write(connection -> Ledger.remove(connection, key).then(absences.remove(connection, key)))
                .then(Mono.fromRunnable(() -> {
                    hot.removed(key);
                    lookups.remove(key);
                }));
    }

    /** A mount has one format, known since its entry was saved or found, so a hit needs no look-up of its own. */
    @Override
    public void touched(CacheKey key) {
        counters.hit(key, clock.millis());
        var format = formats.get(key.repository());
        if (format != null) {
            counters.hit(format);
        }
    }

    @Override
    public void missed(String format) {
        counters.missed(format);
    }

    @Override
    public void absent(CacheKey key, Absence absence) {
        absences.add(key, absence, clock.millis());
    }

    @Override
    public Mono<Absence> absence(CacheKey key) {
        return absences.find(connections, key, clock.millis() - Absences.OLDEST);
    }

    @Override
    public Flux<Entry> below(String repository, String upstream, String pathPrefix, Instant usedSince) {
        // A range instead of LIKE: paths are full of its wildcards, and the index serves a range.
        var sql = EntryRows.SELECT + " FROM entry e JOIN entry_use u ON u.id = e.id"
                + " WHERE e.repository = ? AND e.upstream = ? AND e.path >= ? AND e.path < ? AND u.last_used >= ?"
                + " ORDER BY e.path, e.variant";
        var end = pathPrefix + Character.MAX_VALUE;
        return afterFlush(connection -> Sql.select(
                connection, sql, EntryRows::read, repository, upstream, pathPrefix, end, usedSince.toEpochMilli()));
    }

    @Override
    public Flux<Entry> leastRecentlyUsed(int count) {
        var sql = EntryRows.SELECT + " FROM (SELECT id, last_used FROM entry_use WHERE pinned = FALSE"
                // Without its first column the index would not serve the order.
                + " ORDER BY pinned, last_used LIMIT ?) u"
                + " JOIN entry e ON e.id = u.id ORDER BY u.last_used, e.id";
        return afterFlush(connection -> Sql.select(connection, sql, EntryRows::read, count));
    }

    @Override
    public Flux<Entry> all() {
        return page(0).expand(page ->
                        page.size() < PAGE ? Mono.empty() : page(page.getLast().id()))
                .concatMapIterable(page -> page)
                .map(HotEntries.Row::entry);
    }

    private Mono<List<HotEntries.Row>> page(long after) {
        var sql = EntryRows.SELECT + ", e.id FROM entry e WHERE e.id > ? ORDER BY e.id LIMIT " + PAGE;
        return connections
                .read(connection -> Sql.select(connection, sql, R2dbcCatalog::row, after))
                .collectList();
    }

    @Override
    public Flux<Entry> holding(String sha256) {
        var sql = EntryRows.SELECT + " FROM entry e WHERE e.sha256 = ?";
        return connections.read(
                connection -> Sql.select(connection, sql, EntryRows::read, (Object) EntryRows.bytes(sha256)));
    }

    @Override
    public Mono<Boolean> refersTo(String sha256) {
        if (!complete) {
            return Mono.just(true);
        }
        var sql = "SELECT refs FROM blob WHERE sha256 = ?";
        return connections
                .read(connection -> Sql.select(connection, sql, row -> Sql.number(row, 0), EntryRows.bytes(sha256)))
                .any(refs -> refs > 0);
    }

    @Override
    public Mono<Long> totalSize() {
        return connections
                .read(connection -> Sql.select(connection, StatisticsQuery.SIZE, row -> Sql.number(row, 0)))
                .single();
    }

    @Override
    public Mono<Statistics> statistics(int popular, int recent) {
        return afterFlush(connection -> StatisticsQuery.run(connection, popular, recent))
                .single();
    }

    @Override
    public Mono<Void> flush() {
        return counters.flush(connections, hot::id).then(absences.flush(connections));
    }

    /** Whether nothing waits to be written. */
    boolean isFlushed() {
        return counters.isEmpty() && absences.isEmpty();
    }

    @Override
    public Mono<Void> check() {
        var sql = "UPDATE state SET number = number + 1 WHERE name = 'probe'";
        var write = connections.write(connection -> Sql.update(connection, sql));
        return (connections.readOnly() ? Mono.empty() : write.then(connections.checkpoint()))
                .then(totalSize())
                .then();
    }

    @Override
    public Mono<Void> close() {
        return close;
    }

    /** Closes, and leaves the smallest file that holds everything: a minute for a gigabyte, so for commands. */
    public Mono<Void> closeCompacted() {
        return written().then(connections.close("SHUTDOWN COMPACT"));
    }

    private Mono<Void> written() {
        return Mono.fromRunnable(background::close).then(flush().onErrorComplete());
    }

    private <T> Flux<T> afterFlush(Function<Connection, Publisher<T>> read) {
        return flush().thenMany(connections.read(read));
    }

    /** One line when it begins to fail, and one when it works again. */
    private Mono<Void> periodicFlush(long period) {
        var flush = period % HITS_EVERY == 0 ? flush() : absences.flush(connections);
        return flush.then(connections.checkpoint())
                .then(Mono.<Void>fromRunnable(() -> {
                    if (flushFailing.compareAndSet(true, false)) {
                        log.info("The catalog is written again");
                    }
                }))
                .onErrorResume(error -> {
                    if (flushFailing.compareAndSet(false, true)) {
                        log.warn("Could not write the catalog; what it collects is kept in memory", error);
                    }
                    return Mono.empty();
                });
    }
}
