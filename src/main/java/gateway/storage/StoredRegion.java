package gateway.storage;

import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultFileRegion;
import java.io.EOFException;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A part of a {@link SharedFile} on its way to a socket; it keeps the file open until it is released.
 *
 * <p>Netty's native transports want a {@link DefaultFileRegion} for sendfile; who cannot use that reads.
 */
public final class StoredRegion extends DefaultFileRegion {

    private final SharedFile file;

    StoredRegion(SharedFile file, long position, long length) {
        super(file.channel(), position, length);
        this.file = file;
    }

    /**
     * Fills the rest of a buffer on one of the store's workers.
     *
     * @param from where to begin, in bytes from the beginning of the region
     * @param done told on that worker what went wrong, null for nothing; until then the buffer is the worker's
     */
    public void read(long from, ByteBuf target, Consumer<@Nullable Throwable> done) {
        file.retain();
        file.worker().schedule(() -> {
            Throwable failure = null;
            try {
                fill(position() + from, target);
            } catch (IOException | RuntimeException e) {
                failure = e;
            } finally {
                file.release();
            }
            done.accept(failure);
        });
    }

    private void fill(long from, ByteBuf target) throws IOException {
        long position = from;
        while (target.isWritable()) {
            int count = target.writeBytes(file.channel(), position, target.writableBytes());
            if (count < 0) {
                throw new EOFException("a blob was cut while it was read");
            }
            position += count;
        }
    }

    @Override
    protected void deallocate() {
        file.release();
    }
}
