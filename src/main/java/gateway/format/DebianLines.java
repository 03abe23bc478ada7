package gateway.format;

import java.io.IOException;
import java.io.InputStream;

/** Cuts a list into lines without making strings: most of 50 MB is never looked at. */
final class DebianLines {

    /** More than any list has; a document that unpacks to more is an attack. */
    private static final long LARGEST = 2L << 30;

    private final InputStream in;
    private final byte[] buffer = new byte[64 * 1024];
    private int from;
    private int filled;
    private long total;

    DebianLines(InputStream in) {
        this.in = in;
    }

    /** Takes lines, without their ends. */
    interface Sink {

        /** Whether to go on; the bytes are valid during the call only. A line longer than the buffer comes cut. */
        boolean line(byte[] bytes, int from, int to) throws IOException;
    }

    void forEach(Sink sink) throws IOException {
        int scanned = 0;
        boolean cut = false;
        while (true) {
            int end = newline(scanned);
            if (end >= 0) {
                if (!cut && !sink.line(buffer, from, end)) {
                    return;
                }
                cut = false;
                from = end + 1;
                scanned = from;
                continue;
            }
            if (from == 0 && filled == buffer.length) {
                if (!cut && !sink.line(buffer, 0, filled)) {
                    return;
                }
                cut = true;
                from = filled;
            }
            scanned = filled - from;
            if (!more()) {
                if (filled > 0 && !cut) {
                    sink.line(buffer, 0, filled);
                }
                return;
            }
        }
    }

    /** Moves the begun line to the front and reads behind it; false at the end. */
    private boolean more() throws IOException {
        System.arraycopy(buffer, from, buffer, 0, filled - from);
        filled -= from;
        from = 0;
        int read = in.read(buffer, filled, buffer.length - filled);
        if (read < 0) {
            return false;
        }
        filled += read;
        total += read;
        if (total > LARGEST) {
            throw new IOException("a list of packages of more than " + LARGEST + " bytes");
        }
        return true;
    }

    private int newline(int scanned) {
        for (int i = scanned; i < filled; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }
}
