package gateway.storage;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stored bytes, open for reading. Whoever gets one from {@link BlobStore} releases it once.
 *
 * <p>Small ones carry their bytes in memory, so that a hit costs neither a descriptor nor a system call on the file.
 */
public final class Blob {

    private final Digest digest;
    private final long size;
    private final @Nullable SharedFile file;
    private final byte @Nullable [] bytes;

    /** In a file. */
    Blob(Digest digest, long size, SharedFile file) {
        this.digest = digest;
        this.size = size;
        this.file = file;
        this.bytes = null;
    }

    /** In memory. */
    Blob(Digest digest, byte[] bytes) {
        this.digest = digest;
        this.size = bytes.length;
        this.file = null;
        this.bytes = bytes;
    }

    public Digest digest() {
        return digest;
    }

    /** Length in bytes. */
    public long size() {
        return size;
    }

    /** The whole content if it is held in memory, else null; not to be changed. */
    public byte @Nullable [] bytes() {
        return bytes;
    }

    /** A part of the content for a socket, when it is not held in memory; released by the transport that writes it. */
    public StoredRegion region(long position, long length) {
        return Objects.requireNonNull(file, "held in memory").region(position, length);
    }

    /** A stream over the content, for workers only; independent of other readers. */
    public InputStream stream() {
        return file == null
                ? new ByteArrayInputStream(Objects.requireNonNull(bytes))
                : new PositionedStream(file.channel());
    }

    public void release() {
        if (file != null) {
            file.release();
        }
    }

    boolean tryRetain() {
        return file == null || file.tryRetain();
    }

    /** Reads by position, since the channel is shared. */
    private static final class PositionedStream extends InputStream {

        private final FileChannel channel;
        private long position;

        PositionedStream(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            int count = channel.read(ByteBuffer.wrap(target, offset, length), position);
            position += Math.max(count, 0);
            return count;
        }
    }
}
