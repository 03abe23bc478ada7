package gateway.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** A window that slides along a JSON document, and writes what it leaves behind. */
abstract class JsonWindow {

    private static final int SIZE = 1 << 16;
    private static final int LONGEST_HELD = 1 << 20;

    private final InputStream in;
    private long passed;

    /** Where passed bytes go. */
    OutputStream out;

    byte[] window = new byte[SIZE];

    /** The next byte to read. */
    int position;

    /** One beyond the last byte of the document that is in the window. */
    int limit;

    /** The first byte that is neither written nor dropped. */
    int start;

    /** The first byte that must stay in the window; -1 when all before the position may be written. */
    int held = -1;

    JsonWindow(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /** Writes what stands before the given place of the window. */
    final void write(int end) throws IOException {
        if (end > start) {
            out.write(window, start, end - start);
        }
        start = end;
    }

    /** The next byte. */
    final byte here() throws IOException {
        if (position == limit && !refill()) {
            throw cut();
        }
        return window[position];
    }

    /** Skips white space and shows the byte after it. */
    final byte next() throws IOException {
        if (!more()) {
            throw cut();
        }
        return window[position];
    }

    /** Skips white space and one byte, which must be this one. */
    final void expect(char wanted) throws IOException {
        if (next() != wanted) {
            throw unexpected();
        }
        position++;
    }

    /** Passes the white space after the document, which must be all there is. */
    final void end() throws IOException {
        if (more()) {
            throw unexpected();
        }
    }

    final IOException unexpected() {
        return new IOException(
                "not JSON: unexpected byte 0x%02x at byte %d".formatted(window[position], passed + position));
    }

    private IOException cut() {
        return new EOFException("not JSON: cut at byte " + (passed + position));
    }

    /** Skips white space; false at the end of the stream. */
    private boolean more() throws IOException {
        while (true) {
            while (position < limit) {
                byte b = window[position];
                if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                    return true;
                }
                position++;
            }
            if (!refill()) {
                return false;
            }
        }
    }

    private boolean refill() throws IOException {
        int keep = held < 0 ? position : held;
        write(keep);
        System.arraycopy(window, keep, window, 0, limit - keep);
        passed += keep;
        position -= keep;
        limit -= keep;
        start = 0;
        held = Math.min(held, 0);
        if (limit == window.length) {
            window = grown();
        }
        int read;
        do {
            read = in.read(window, limit, window.length - limit);
        } while (read == 0);
        limit += Math.max(read, 0);
        return read > 0;
    }

    private byte[] grown() throws IOException {
        if (window.length >= LONGEST_HELD) {
            throw new IOException("a name or link in the JSON document is longer than " + LONGEST_HELD + " bytes");
        }
        return Arrays.copyOf(window, window.length * 2);
    }
}
