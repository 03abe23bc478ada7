package gateway.storage;

import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import reactor.core.scheduler.Scheduler;

/**
 * An open file that many readers share: closed when the last one has let go.
 *
 * <p>Closing earlier, when the last region was merely handed over, would cut bodies short; closing on the thread that
 * cancels would race with a read elsewhere. So every region counts until its last byte is written, and the store's own
 * worker closes.
 */
final class SharedFile extends AbstractReferenceCounted {

    private final FileChannel channel;
    private final Scheduler worker;

    SharedFile(FileChannel channel, Scheduler worker) {
        this.channel = channel;
        this.worker = worker;
    }

    FileChannel channel() {
        return channel;
    }

    /** Where whatever waits for the disk is done. */
    Scheduler worker() {
        return worker;
    }

    /** Retains unless the file was closed already. */
    boolean tryRetain() {
        try {
            retain();
            return true;
        } catch (io.netty.util.IllegalReferenceCountException closed) {
            return false;
        }
    }

    /** A part of the file to be written to a socket; it keeps the file open until it is released. */
    StoredRegion region(long position, long length) {
        retain();
        return new StoredRegion(this, position, length);
    }

    @Override
    protected void deallocate() {
        worker.schedule(this::close);
    }

    private void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written through it that has not been forced: there is nothing left to lose.
        }
    }

    @Override
    public ReferenceCounted touch(Object hint) {
        return this;
    }
}
