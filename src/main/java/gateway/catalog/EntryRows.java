package gateway.catalog;

import gateway.database.DamagedRowException;
import gateway.database.Sql;
import io.r2dbc.spi.Row;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** How an {@link Entry} is written as a row and read again. */
final class EntryRows {
    /** Columns of {@link #SELECT}: what a query adds comes after them. */
    static final int COLUMNS = 21;

    static final String KEY = "repository = ? AND upstream = ? AND path = ? AND variant = ?";

    static final String SELECT =
            "SELECT e.repository, e.upstream, e.path, e.variant, e.format, e.kind, e.place, e.sha256,"
                    + " e.size, e.content_type, e.etag, e.last_modified, e.url, e.digests, e.verified, e.package_name,"
                    + " e.package_version, e.stored_at, e.validated_at, e.pinned, e.checksum";

    static final String INSERT = "SELECT id FROM FINAL TABLE (INSERT INTO entry (repository, upstream, path, variant,"
            + " format, kind, place, sha256, size, content_type, etag, last_modified, url, digests, verified,"
            + " package_name, package_version, stored_at, validated_at, pinned, checksum)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))";

    /** Takes the values of {@link #values} after the key, then the id. */
    static final String UPDATE = "UPDATE entry SET format = ?, kind = ?, place = ?, sha256 = ?, size = ?,"
            + " content_type = ?, etag = ?, last_modified = ?, url = ?, digests = ?, verified = ?, package_name = ?,"
            + " package_version = ?, stored_at = ?, validated_at = ?, pinned = ?, checksum = ? WHERE id = ?";

    private static final int KEY_COLUMNS = 4;

    private EntryRows() {}

    static Object[] key(CacheKey key) {
        return new Object[] {key.repository(), key.upstream(), key.path(), key.variant()};
    }

    /** In the order of {@link #INSERT}. */
    static @Nullable Object[] values(Entry entry) {
        var values = Arrays.copyOf(told(entry), COLUMNS);
        values[COLUMNS - 1] = checksum(entry);
        return values;
    }

    private static @Nullable Object[] told(Entry entry) {
        var key = entry.key();
        return new @Nullable Object[] {
            key.repository(),
            key.upstream(),
            key.path(),
            key.variant(),
            entry.format(),
            entry.kind().name(),
            entry.place(),
            bytes(entry.sha256()),
            entry.size(),
            entry.contentType(),
            entry.etag(),
            entry.lastModified(),
            entry.url(),
            digests(entry.digests()),
            entry.verified(),
            entry.packageName(),
            entry.packageVersion(),
            entry.storedAt(),
            entry.validatedAt(),
            entry.pinned()
        };
    }

    /** In the order of {@link #UPDATE}. */
    static @Nullable Object[] values(Entry entry, long id) {
        var all = values(entry);
        var values = Arrays.copyOfRange(all, KEY_COLUMNS, all.length + 1);
        values[values.length - 1] = id;
        return values;
    }

    /** Fails with a {@link DamagedRowException} when the row is not what was written. */
    static Entry read(Row row) {
        Entry entry;
        try {
            entry = told(row);
        } catch (RuntimeException e) {
            throw new DamagedRowException("a row of the catalog cannot be read: " + e.getMessage(), e);
        }
        var written = row.get(COLUMNS - 1, Long.class);
        if (written != null && written != checksum(entry)) {
            throw new DamagedRowException("the row of " + entry.key().path() + " is not what was written");
        }
        return entry;
    }

    private static long checksum(Entry entry) {
        var sum = new CRC32C();
        sum.update(Arrays.deepToString(told(entry)).getBytes(StandardCharsets.UTF_8));
        return sum.getValue();
    }

    private static Entry told(Row row) {
        return new Entry(
                new CacheKey(Sql.text(row, 0), Sql.text(row, 1), Sql.text(row, 2), Sql.text(row, 3)),
                Sql.text(row, 4),
                Entry.Kind.valueOf(Sql.text(row, 5)),
                Sql.text(row, 6),
                hex(row.get(7, byte[].class)),
                Sql.number(row, 8),
                Sql.text(row, 9),
                row.get(10, String.class),
                row.get(11, String.class),
                Sql.text(row, 12),
                digests(Sql.text(row, 13)),
                Boolean.TRUE.equals(row.get(14, Boolean.class)),
                row.get(15, String.class),
                row.get(16, String.class),
                time(row, 17),
                time(row, 18),
                Boolean.TRUE.equals(row.get(19, Boolean.class)));
    }

    static Instant time(Row row, int column) {
        var time = row.get(column, Instant.class);
        return time == null ? Instant.EPOCH : time;
    }

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    static String hex(byte @Nullable [] bytes) {
        return bytes == null ? "" : HexFormat.of().formatHex(bytes);
    }

    private static String digests(Map<String, String> digests) {
        return new TreeMap<>(digests)
                .entrySet().stream().map(e -> e.getKey() + ":" + e.getValue()).collect(Collectors.joining(" "));
    }

    private static Map<String, String> digests(String text) {
        return text.isEmpty()
                ? Map.of()
                : Arrays.stream(text.split(" "))
                        .map(pair -> pair.split(":", 2))
                        .collect(Collectors.toUnmodifiableMap(pair -> pair[0], pair -> pair[1]));
    }
}
