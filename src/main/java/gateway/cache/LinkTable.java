package gateway.cache;

import gateway.format.Algorithm;
import gateway.format.Checksum;
import gateway.format.Link;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The links of one index by their paths; of a path that is listed twice the first counts.
 *
 * <p>An index may list hundreds of thousands of files. Links that say no more than a SHA-256, a size and a time are
 * therefore kept in rows of numbers, under a hash of their path.
 */
final class LinkTable {

    /** What an object with its strings takes, about. */
    private static final int OBJECT = 300;

    private static final int DIGEST = 32;
    private static final int ROW = DIGEST + 3 * Long.BYTES + 2 * Integer.BYTES;
    private static final int FIRST = 16;
    private static final HexFormat HEX = HexFormat.of();

    private final Map<String, Link> objects = new HashMap<>();
    private int rows;

    /** Row and one more, at the place of its hash or after it; 0 for none. */
    private int[] slots = new int[2 * FIRST];

    private long[] hashes = new long[FIRST];
    private long[] sizes = new long[FIRST];
    private long[] times = new long[FIRST];
    private byte[] digests = new byte[FIRST * DIGEST];

    void add(Link link) {
        Checksum.Known known = link.checksum();
        if (link.url() != null
                || link.coordinates() != null
                || known == null
                || known.algorithm() != Algorithm.SHA256) {
            objects.putIfAbsent(link.path(), link);
            return;
        }
        long hash = hash(link.path());
        int slot = slot(hash);
        if (slots[slot] != 0) {
            return;
        }
        if (rows == hashes.length) {
            grow();
            slot = slot(hash);
        }
        slots[slot] = rows + 1;
        hashes[rows] = hash;
        sizes[rows] = link.size();
        times[rows] =
                link.published() == null ? Long.MIN_VALUE : link.published().toEpochMilli();
        System.arraycopy(HEX.parseHex(known.hex()), 0, digests, rows * DIGEST, DIGEST);
        rows++;
    }

    @Nullable
    Link get(String path) {
        Link object = objects.get(path);
        if (object != null) {
            return object;
        }
        int row = slots[slot(hash(path))] - 1;
        if (row < 0) {
            return null;
        }
        String hex = HEX.formatHex(digests, row * DIGEST, (row + 1) * DIGEST);
        Instant published = times[row] == Long.MIN_VALUE ? null : Instant.ofEpochMilli(times[row]);
        return new Link(path, null, new Checksum.Known(Algorithm.SHA256, hex), null, sizes[row], published);
    }

    /** Bytes that it takes, about. */
    int weight() {
        return (int) Math.min(Integer.MAX_VALUE, (long) (objects.size() + 1) * OBJECT + (long) hashes.length * ROW);
    }

    private void grow() {
        int more = hashes.length * 2;
        hashes = Arrays.copyOf(hashes, more);
        sizes = Arrays.copyOf(sizes, more);
        times = Arrays.copyOf(times, more);
        digests = Arrays.copyOf(digests, more * DIGEST);
        slots = new int[2 * more];
        for (int row = 0; row < rows; row++) {
            slots[slot(hashes[row])] = row + 1;
        }
    }

    /** Where this hash is, or would be. */
    private int slot(long hash) {
        int mask = slots.length - 1;
        int slot = (int) hash & mask;
        while (slots[slot] != 0 && hashes[slots[slot] - 1] != hash) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** FNV-1a over the characters, with its bits spread once more. */
    private static long hash(String path) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < path.length(); i++) {
            hash = (hash ^ path.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 32)) * 0x9e3779b97f4a7c15L;
        return hash ^ (hash >>> 29);
    }
}
