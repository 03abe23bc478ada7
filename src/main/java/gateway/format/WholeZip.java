package gateway.format;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;

/**
 * Looks whether the bytes of a zip are whole, one pass, in bounded memory.
 *
 * @param folder what the name of every entry begins with, empty for anything
 * @param most bytes that clients unpack
 */
public record WholeZip(String folder, long most) implements Check {

    /** Of whatever content; more than this no package unpacks, only bombs do. */
    public static final WholeZip ANY = new WholeZip("", 8L << 30);

    /** The one kind of entry that a stream cannot delimit; the end record still shows that the file is whole. */
    private static final String NOT_STREAMABLE = "only DEFLATED entries can have EXT descriptor";

    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_LENGTH = 22;
    private static final int IN_ZIP64 = 0xffff;
    private static final long OFFSET_IN_ZIP64 = 0xffffffffL;

    /**
     * Reads all of it.
     *
     * @throws IOException when the bytes are no zip of that kind, or are cut or damaged
     */
    @Override
    public void check(InputStream bytes) throws IOException {
        Tail tail = new Tail(bytes);
        long entries = entries(tail);
        tail.skipRest();
        end(tail, entries);
    }

    /** Reads every entry, which compares its checksum; -1 when they cannot be told apart from a stream. */
    private long entries(Tail bytes) throws IOException {
        ZipInputStream zip = new ZipInputStream(bytes);
        long entries = 0;
        long size = 0;
        byte[] buffer = new byte[1 << 16];
        try {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.getName().startsWith(folder)) {
                    throw new IOException("an entry is not below " + folder + ": " + entry.getName());
                }
                entries++;
                for (int n = zip.read(buffer); n >= 0; n = zip.read(buffer)) {
                    size += n;
                    if (size > most) {
                        throw new IOException("unpacked it is larger than any client accepts");
                    }
                }
            }
        } catch (ZipException e) {
            if (!NOT_STREAMABLE.equals(e.getMessage())) {
                throw e;
            }
            return -1;
        } catch (IllegalArgumentException e) {
            throw new IOException("a name in the zip cannot be read", e);
        }
        return entries;
    }

    private static void end(Tail tail, long entries) throws IOException {
        ByteBuffer last = tail.last();
        for (int at = last.limit() - END_LENGTH; at >= 0; at--) {
            // The comment must end where the file ends, else the signature is part of something else.
            if (last.getInt(at) == END_SIGNATURE
                    && at + END_LENGTH + (last.getShort(at + 20) & 0xffff) == last.limit()) {
                int listed = last.getShort(at + 10) & 0xffff;
                long directory = (last.getInt(at + 12) & 0xffffffffL) + (last.getInt(at + 16) & 0xffffffffL);
                long start = tail.length() - last.limit() + at;
                boolean whole = listed == IN_ZIP64 || directory >= OFFSET_IN_ZIP64 || directory == start;
                if (!whole || (entries >= 0 && listed != IN_ZIP64 && listed != entries)) {
                    throw new IOException("the zip's directory does not fit its entries");
                }
                return;
            }
        }
        throw new IOException("the zip has no end: it was cut, or it is no zip");
    }

    /** Remembers how long a stream was and how it ended. */
    private static final class Tail extends FilterInputStream {

        private static final int KEPT = END_LENGTH + 0xffff;

        private final byte[] ring = new byte[1 << 17];
        private long length;

        Tail(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            if (b >= 0) {
                ring[(int) (length++ % ring.length)] = (byte) b;
            }
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            int n = in.read(target, offset, count);
            for (int i = 0; i < n; i++) {
                ring[(int) (length++ % ring.length)] = target[offset + i];
            }
            return n;
        }

        @Override
        public long skip(long count) throws IOException {
            return readNBytes((int) Math.min(count, 1 << 16)).length;
        }

        void skipRest() throws IOException {
            byte[] buffer = new byte[1 << 16];
            while (read(buffer, 0, buffer.length) >= 0) {
                // Only its end matters.
            }
        }

        long length() {
            return length;
        }

        ByteBuffer last() {
            int kept = (int) Math.min(length, KEPT);
            byte[] last = new byte[kept];
            for (int i = 0; i < kept; i++) {
                last[i] = ring[(int) ((length - kept + i) % ring.length)];
            }
            return ByteBuffer.wrap(last).order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
