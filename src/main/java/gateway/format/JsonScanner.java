package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Passes over JSON values, strict about the grammar; of UTF-8 it checks nothing. */
abstract class JsonScanner extends JsonWindow {

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = ONES << 7;
    private static final int DEEPEST = 500;

    private int depth;

    JsonScanner(InputStream in, OutputStream out) {
        super(in, out);
    }

    /** Passes one value. */
    final void value() throws IOException {
        switch (next()) {
            case '"' -> string();
            case '{' -> members();
            case '[' -> elements();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        }
    }

    /** Passes a string, whose quote is the next byte. */
    final void string() throws IOException {
        position++;
        while (true) {
            position = plain(window, position, limit);
            byte b = here();
            position++;
            if (b == '"') {
                return;
            }
            if (b == '\\') {
                escape();
            } else if (b >= 0 && b < ' ') {
                position--;
                throw unexpected();
            }
        }
    }

    final void enter() throws IOException {
        if (++depth > DEEPEST) {
            throw new IOException("the JSON document is nested deeper than " + DEEPEST);
        }
        position++;
    }

    final void leave() {
        depth--;
        position++;
    }

    private void members() throws IOException {
        enter();
        if (next() != '}') {
            while (true) {
                if (next() != '"') {
                    throw unexpected();
                }
                string();
                expect(':');
                value();
                if (next() == '}') {
                    break;
                }
                expect(',');
            }
        }
        leave();
    }

    private void elements() throws IOException {
        enter();
        if (next() != ']') {
            while (true) {
                value();
                if (next() == ']') {
                    break;
                }
                expect(',');
            }
        }
        leave();
    }

    private void escape() throws IOException {
        byte b = here();
        if ("\"\\/bfnrtu".indexOf(b) < 0) {
            throw unexpected();
        }
        position++;
        for (int i = 0; b == 'u' && i < 4; i++) {
            if (Character.digit(here(), 16) < 0) {
                throw unexpected();
            }
            position++;
        }
    }

    private void word(String word) throws IOException {
        for (int i = 0; i < word.length(); i++) {
            if (here() != word.charAt(i)) {
                throw unexpected();
            }
            position++;
        }
    }

    private void number() throws IOException {
        skip('-');
        if (!skip('0')) {
            digits();
        }
        if (skip('.')) {
            digits();
        }
        if (skip('e') || skip('E')) {
            if (!skip('+')) {
                skip('-');
            }
            digits();
        }
    }

    private void digits() throws IOException {
        if (!digit(here())) {
            throw unexpected();
        }
        while (digit(here())) {
            position++;
        }
    }

    private static boolean digit(byte b) {
        return b >= '0' && b <= '9';
    }

    private boolean skip(char c) throws IOException {
        boolean found = here() == c;
        position += found ? 1 : 0;
        return found;
    }

    /** The first quote, backslash or control character from {@code at} on. */
    private static int plain(byte[] bytes, int at, int end) {
        for (; at + 8 <= end; at += 8) {
            long eight = (long) EIGHT_BYTES.get(bytes, at);
            long quotes = below(eight ^ (ONES * '"'), 1);
            long backslashes = below(eight ^ (ONES * '\\'), 1);
            long hits = (quotes | backslashes | below(eight, ' ')) & HIGH_BITS;
            if (hits != 0) {
                return at + (Long.numberOfTrailingZeros(hits) >> 3);
            }
        }
        while (at < end && bytes[at] != '"' && bytes[at] != '\\' && (bytes[at] < 0 || bytes[at] >= ' ')) {
            at++;
        }
        return at;
    }

    /** Sets the high bit of bytes below the bound; exact up to the first of them, and no further one is looked at. */
    private static long below(long eight, int bound) {
        return (eight - ONES * bound) & ~eight;
    }
}
