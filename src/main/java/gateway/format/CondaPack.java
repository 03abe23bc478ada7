package gateway.format;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Passes over MessagePack values; what is passed is copied, but for the texts that its user edits. */
final class CondaPack {

    private static final int LONGEST = 1 << 16;
    private static final int DEEPEST = 100;

    /** Sees the members of a map in the order in which they come, and passes their values. */
    @FunctionalInterface
    interface Member {
        void at(String key) throws IOException;
    }

    /** Makes another text of one. */
    @FunctionalInterface
    interface Editor {
        String edit(String text);
    }

    private final DataInputStream in;
    private final OutputStream out;
    private int depth;

    /** The type of the value that comes next, -1 when it was not read yet. */
    private int type = -1;

    CondaPack(InputStream in, OutputStream out) {
        this.in = new DataInputStream(new java.io.BufferedInputStream(in, 1 << 14));
        this.out = out;
    }

    static CondaPack reader(InputStream in) {
        return new CondaPack(in, OutputStream.nullOutputStream());
    }

    /** Goes through a map; any other value is passed as it is. */
    void map(Member member) throws IOException {
        int head = peek();
        long count = switch (head) {
            case 0xde -> begin(2);
            case 0xdf -> begin(4);
            default -> (head & 0xf0) == 0x80 ? begin(0) & 0x0f : -1;
        };
        if (count < 0) {
            pass();
            return;
        }
        if (++depth > DEEPEST) {
            throw new IOException("nested deeper than " + DEEPEST);
        }
        for (long i = 0; i < count; i++) {
            if (isText(peek())) {
                String key = text();
                member.at(key);
            } else {
                pass();
                pass();
            }
        }
        depth--;
    }

    /** Passes a text or some bytes, decoded as UTF-8; empty for any other value. */
    String text() throws IOException {
        return isText(peek()) ? new String(bytes(), StandardCharsets.UTF_8) : other("");
    }

    /** Passes some bytes or a text; empty for any other value. */
    byte[] bytes() throws IOException {
        if (!isText(peek())) {
            return other(new byte[0]);
        }
        byte[] bytes = content(length(true));
        out.write(bytes);
        return bytes;
    }

    /** Passes a number; -1 for any other value. */
    long number() throws IOException {
        int head = peek();
        if (head <= 0x7f) {
            return begin(0);
        }
        return switch (head) {
            case 0xcc -> begin(1);
            case 0xcd -> begin(2);
            case 0xce -> begin(4);
            case 0xcf, 0xd3 -> begin(8);
            default -> other(-1L);
        };
    }

    /** Passes a text and writes what the editor makes of it; any other value is kept. */
    void edit(Editor editor) throws IOException {
        if (!isText(peek())) {
            pass();
            return;
        }
        String old = new String(content(length(false)), StandardCharsets.UTF_8);
        byte[] edited = editor.edit(old).getBytes(StandardCharsets.UTF_8);
        out.write(0xdb);
        write(edited.length, 4);
        out.write(edited);
    }

    /** Passes any value. */
    void pass() throws IOException {
        int head = peek();
        if (isText(head)) {
            skip(length(true));
        } else if (head <= 0x7f || head >= 0xe0 || (head >= 0xc0 && head <= 0xc3)) {
            begin(0);
        } else if ((head & 0xf0) == 0x80) {
            values(2L * (begin(0) & 0x0f));
        } else if ((head & 0xf0) == 0x90) {
            values(begin(0) & 0x0f);
        } else {
            sized(head);
        }
    }

    private void sized(int head) throws IOException {
        switch (head) {
            case 0xc7 -> skip(begin(1) + 1);
            case 0xc8 -> skip(begin(2) + 1);
            case 0xc9 -> skip(begin(4) + 1);
            case 0xcc, 0xd0 -> begin(1);
            case 0xcd, 0xd1 -> begin(2);
            case 0xca, 0xce, 0xd2 -> begin(4);
            case 0xcb, 0xcf, 0xd3 -> begin(8);
            case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> {
                begin(0);
                skip((1L << (head - 0xd4)) + 1);
            }
            case 0xdc -> values(begin(2));
            case 0xdd -> values(begin(4));
            case 0xde -> values(2 * begin(2));
            case 0xdf -> values(2 * begin(4));
            default -> throw new IOException("no MessagePack");
        }
    }

    private void values(long count) throws IOException {
        if (++depth > DEEPEST) {
            throw new IOException("nested deeper than " + DEEPEST);
        }
        for (long i = 0; i < count; i++) {
            pass();
        }
        depth--;
    }

    private <T> T other(T nothing) throws IOException {
        pass();
        return nothing;
    }

    private static boolean isText(int head) {
        return (head & 0xe0) == 0xa0 || (head >= 0xc4 && head <= 0xc6) || (head >= 0xd9 && head <= 0xdb);
    }

    private long length(boolean copied) throws IOException {
        int head = peek();
        if ((head & 0xe0) == 0xa0) {
            return begin(0, copied) & 0x1f;
        }
        return begin(1 << (head >= 0xd9 ? head - 0xd9 : head - 0xc4), copied);
    }

    private byte[] content(long length) throws IOException {
        if (length > LONGEST) {
            throw new IOException("a text of " + length + " bytes");
        }
        byte[] content = in.readNBytes((int) length);
        if (content.length < length) {
            throw new EOFException("the document is cut");
        }
        return content;
    }

    private void skip(long length) throws IOException {
        byte[] buffer = new byte[(int) Math.min(length, LONGEST)];
        for (long left = length; left > 0; ) {
            int count = (int) Math.min(left, buffer.length);
            in.readFully(buffer, 0, count);
            out.write(buffer, 0, count);
            left -= count;
        }
    }

    private int peek() throws IOException {
        if (type < 0) {
            type = in.readUnsignedByte();
        }
        return type;
    }

    private long begin(int bytes) throws IOException {
        return begin(bytes, true);
    }

    /** Passes the type and the number of so many bytes behind it; the type itself when there are none. */
    private long begin(int bytes, boolean copied) throws IOException {
        int head = peek();
        type = -1;
        long number = bytes == 0 ? head : 0;
        for (int i = 0; i < bytes; i++) {
            number = (number << 8) | in.readUnsignedByte();
        }
        if (copied) {
            out.write(head);
            write(number, bytes);
        }
        return number;
    }

    private void write(long number, int bytes) throws IOException {
        for (int i = bytes - 1; i >= 0; i--) {
            out.write((int) (number >>> (8 * i)) & 0xff);
        }
    }
}
