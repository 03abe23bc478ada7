package gateway.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads a protobuf message field by field from a stream; what its user does not read is skipped. */
final class ProtobufReader {

    /** Sees one field; may read its value once, by one of the methods of the reader. */
    @FunctionalInterface
    interface Field {
        void at(int number, ProtobufReader value) throws IOException;
    }

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final InputStream in;

    /** Bytes up to the end of the message that is being read. */
    private long left;

    /** Kind of the value that is to be read; -1 when it was. */
    private int kind = -1;

    private ProtobufReader(InputStream in) {
        this.in = in;
        this.left = Long.MAX_VALUE;
    }

    /** A message that ends with the stream. */
    static ProtobufReader of(InputStream in) {
        return new ProtobufReader(in);
    }

    /** Reads the message to its end. */
    void fields(Field field) throws IOException {
        boolean ends = left == Long.MAX_VALUE;
        while (left > 0) {
            int first = in.read();
            if (first < 0 && ends) {
                return;
            }
            long tag = varint(first);
            int number = (int) (tag >>> 3);
            if (number <= 0 || tag >>> 3 > Integer.MAX_VALUE) {
                throw new IOException("not a protobuf message");
            }
            kind = (int) (tag & 7);
            field.at(number, this);
            if (kind >= 0) {
                skip();
            }
        }
    }

    /** The value as a message. */
    void message(Field field) throws IOException {
        long length = length();
        long outer = left;
        left = length;
        fields(field);
        left = outer == Long.MAX_VALUE ? outer : outer - length;
    }

    /** The value as bytes; longer ones are refused. */
    byte[] bytes(int bound) throws IOException {
        long length = length();
        if (length > bound) {
            throw new IOException("a value of " + length + " bytes");
        }
        byte[] bytes = in.readNBytes((int) length);
        took(bytes.length);
        if (bytes.length < length) {
            throw new EOFException("the message is cut");
        }
        return bytes;
    }

    String text(int bound) throws IOException {
        return new String(bytes(bound), StandardCharsets.UTF_8);
    }

    long number() throws IOException {
        expect(VARINT);
        return varint(in.read());
    }

    private long length() throws IOException {
        expect(BYTES);
        long length = varint(in.read());
        if (length < 0 || length > left) {
            throw new IOException("a value is longer than its message");
        }
        return length;
    }

    private void expect(int wanted) throws IOException {
        if (kind != wanted) {
            throw new IOException("a value is of another kind");
        }
        kind = -1;
    }

    private void skip() throws IOException {
        long length = switch (kind) {
            case VARINT -> {
                number();
                yield 0;
            }
            case FIXED64 -> 8;
            case BYTES -> length();
            case FIXED32 -> 4;
            default -> throw new IOException("a value of an unknown kind");
        };
        kind = -1;
        if (length > left) {
            throw new IOException("a value is longer than its message");
        }
        in.skipNBytes(length);
        took(length);
    }

    private long varint(int first) throws IOException {
        long value = 0;
        int next = first;
        for (int shift = 0; shift < 64; shift += 7) {
            if (next < 0) {
                throw new EOFException("the message is cut");
            }
            took(1);
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
            if (shift < 63) {
                next = in.read();
            }
        }
        throw new IOException("a number has no end");
    }

    private void took(long bytes) throws IOException {
        if (left != Long.MAX_VALUE) {
            left -= bytes;
            if (left < 0) {
                throw new IOException("a value is longer than its message");
            }
        }
    }
}
