package gateway.catalog;

import gateway.database.Sql;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Row;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Saves and removes entries inside a transaction, and books what they add up to: references to blobs, files of an item,
 * totals of a format, the size of everything. Sums are therefore single rows, however many entries there are.
 */
final class Ledger {
    private static final String ITEM = "format = ? AND named = ? AND name = ? AND version = ?";

    private Ledger() {}

    /** What an entry weighs in the books; two entries with equal shares need no booking when one replaces the other. */
    private record Share(
            String format, boolean artifact, boolean named, String name, String version, String sha256, long size) {

        static Share of(Entry entry) {
            var name = entry.packageName();
            var version = entry.packageVersion();
            return new Share(
                    entry.format(),
                    entry.kind() == Entry.Kind.ARTIFACT,
                    name != null,
                    name == null ? entry.key().path() : name,
                    version == null ? "" : version,
                    entry.sha256(),
                    entry.size());
        }

        Object[] item() {
            return new Object[] {format, named, name, version};
        }
    }

    /** A row as it was before. */
    private record Held(long id, @Nullable Long item, Share share) {
        static Held read(Row row) {
            return new Held(
                    Sql.number(row, EntryRows.COLUMNS),
                    row.get(EntryRows.COLUMNS + 1, Long.class),
                    Share.of(EntryRows.read(row)));
        }
    }

    /** What a booking did to the item of the entry. */
    private record Booked(@Nullable Long item, long packages, long versions) {
        static final Booked NOTHING = new Booked(null, 0, 0);
    }

    /** Emits the number of the row. */
    static Mono<Long> save(Connection connection, Entry entry) {
        return held(connection, entry.key())
                .flatMap(held ->
                        held.map(old -> replace(connection, old, entry)).orElseGet(() -> insert(connection, entry)));
    }

    /** Inserts the entry unless there is a row of its key. */
    static Mono<Void> restore(Connection connection, Entry entry) {
        return held(connection, entry.key())
                .flatMap(held -> held.isPresent()
                        ? Mono.empty()
                        : insert(connection, entry).then());
    }

    static Mono<Void> remove(Connection connection, CacheKey key) {
        return held(connection, key)
                .flatMap(held -> held.map(old -> delete(connection, old)).orElseGet(Mono::empty));
    }

    private static Mono<Optional<Held>> held(Connection connection, CacheKey key) {
        var sql =
                EntryRows.SELECT + ", e.id, u.item FROM entry e JOIN entry_use u ON u.id = e.id WHERE " + EntryRows.KEY;
        return Sql.select(connection, sql, Held::read, EntryRows.key(key))
                .singleOrEmpty()
                .singleOptional();
    }

    private static Mono<Long> insert(Connection connection, Entry entry) {
        return add(connection, Share.of(entry), entry.storedAt())
                .flatMap(booked -> Sql.select(
                                connection, EntryRows.INSERT, row -> Sql.number(row, 0), EntryRows.values(entry))
                        .single()
                        .flatMap(
                                id -> used(connection, id, booked.item(), entry).thenReturn(id)));
    }

    private static Mono<Long> replace(Connection connection, Held old, Entry entry) {
        var update = Sql.update(connection, EntryRows.UPDATE, EntryRows.values(entry, old.id()));
        var share = Share.of(entry);
        if (share.equals(old.share())) {
            return update.then(used(connection, old.id(), old.item(), entry)).thenReturn(old.id());
        }
        // Added before the old share is taken away, so that what both hold is never dropped in between.
        return update.then(add(connection, share, entry.storedAt()))
                .flatMap(booked -> used(connection, old.id(), booked.item(), entry))
                .then(subtract(connection, old))
                .thenReturn(old.id());
    }

    /** A rebuilt catalog has no better witness of the last use than the times of the entry. */
    private static Mono<Long> used(Connection connection, long id, @Nullable Long item, Entry entry) {
        var change = "UPDATE entry_use SET item = ?, last_used = GREATEST(last_used, ?), pinned = ? WHERE id = ?";
        var create = "INSERT INTO entry_use (item, last_used, pinned, id) VALUES (?, ?, ?, ?)";
        var at = Math.max(entry.storedAt().toEpochMilli(), entry.validatedAt().toEpochMilli());
        return Sql.update(connection, change, item, at, entry.pinned(), id)
                .flatMap(rows ->
                        rows > 0 ? Mono.just(rows) : Sql.update(connection, create, item, at, entry.pinned(), id));
    }

    private static Mono<Void> delete(Connection connection, Held old) {
        return Sql.update(connection, "DELETE FROM entry WHERE id = ?", old.id())
                .then(Sql.update(connection, "DELETE FROM entry_use WHERE id = ?", old.id()))
                .then(subtract(connection, old));
    }

    private static Mono<Booked> add(Connection connection, Share share, Instant at) {
        var hold = Sql.update(
                connection, "UPDATE blob SET refs = refs + 1 WHERE sha256 = ?", EntryRows.bytes(share.sha256()));
        var create = Sql.update(
                        connection,
                        "INSERT INTO blob (sha256, size, refs) VALUES (?, ?, 1)",
                        EntryRows.bytes(share.sha256()),
                        share.size())
                .then(resize(connection, share.size()));
        return hold.flatMap(rows -> rows > 0 ? Mono.just(rows) : create)
                .then(share.artifact() ? addToItem(connection, share, at) : Mono.just(Booked.NOTHING))
                .flatMap(booked -> total(connection, share, booked, 1).thenReturn(booked));
    }

    private static Mono<Booked> addToItem(Connection connection, Share share, Instant at) {
        var grow = "UPDATE item SET artifacts = artifacts + 1, size = size + ?, cached_at = GREATEST(cached_at, ?)"
                + " WHERE id = ?";
        var create =
                "SELECT id FROM FINAL TABLE (INSERT INTO item (format, named, name, version, artifacts, size, hits,"
                        + " cached_at) VALUES (?, ?, ?, ?, 1, ?, 0, ?))";
        var created = packages(connection, share)
                .flatMap(others -> Sql.select(
                                connection,
                                create,
                                row -> Sql.number(row, 0),
                                share.format(),
                                share.named(),
                                share.name(),
                                share.version(),
                                share.size(),
                                at)
                        .single()
                        .map(id -> new Booked(id, others == 0 && share.named() ? 1 : 0, versions(share))));
        return Sql.select(connection, "SELECT id FROM item WHERE " + ITEM, row -> Sql.number(row, 0), share.item())
                .singleOrEmpty()
                .flatMap(
                        id -> Sql.update(connection, grow, share.size(), at, id).thenReturn(new Booked(id, 0, 0)))
                .switchIfEmpty(created);
    }

    private static Mono<Void> subtract(Connection connection, Held old) {
        var share = old.share();
        var sha256 = EntryRows.bytes(share.sha256());
        var item = old.item();
        return Sql.update(connection, "UPDATE blob SET refs = refs - 1 WHERE sha256 = ?", sha256)
                .then(Sql.update(connection, "DELETE FROM blob WHERE sha256 = ? AND refs <= 0", sha256))
                .flatMap(gone -> gone == 0 ? Mono.just(gone) : resize(connection, -share.size()))
                .then(item == null ? Mono.just(Booked.NOTHING) : subtractFromItem(connection, share, item))
                .flatMap(booked -> total(connection, share, booked, -1))
                .then();
    }

    private static Mono<Booked> subtractFromItem(Connection connection, Share share, long item) {
        var shrink = "UPDATE item SET artifacts = artifacts - 1, size = size - ? WHERE id = ?";
        var gone = packages(connection, share)
                .map(others -> new Booked(null, others == 0 && share.named() ? -1 : 0, -versions(share)));
        return Sql.update(connection, shrink, share.size(), item)
                .then(Sql.update(connection, "DELETE FROM item WHERE id = ? AND artifacts <= 0", item))
                .flatMap(rows -> rows == 0 ? Mono.just(Booked.NOTHING) : gone);
    }

    private static long versions(Share share) {
        return share.named() && !share.version().isEmpty() ? 1 : 0;
    }

    /** One if any version of the package is held. */
    private static Mono<Long> packages(Connection connection, Share share) {
        var sql = "SELECT COUNT(*) FROM (SELECT 1 FROM item WHERE format = ? AND named = ? AND name = ? LIMIT 1)";
        return Sql.select(connection, sql, row -> Sql.number(row, 0), share.format(), share.named(), share.name())
                .single();
    }

    private static Mono<Long> total(Connection connection, Share share, Booked booked, int sign) {
        var change = "UPDATE total SET packages = packages + ?, versions = versions + ?, artifacts = artifacts + ?,"
                + " size = size + ? WHERE format = ?";
        var create = "INSERT INTO total (packages, versions, artifacts, size, format, hits, misses)"
                + " VALUES (?, ?, ?, ?, ?, 0, 0)";
        Object[] arguments = {
            booked.packages(), booked.versions(), share.artifact() ? sign : 0, sign * share.size(), share.format()
        };
        return Sql.update(connection, change, arguments)
                .flatMap(rows -> rows > 0 ? Mono.just(rows) : Sql.update(connection, create, arguments));
    }

    private static Mono<Long> resize(Connection connection, long bytes) {
        return Sql.update(connection, "UPDATE state SET number = number + ? WHERE name = 'size'", bytes);
    }
}
