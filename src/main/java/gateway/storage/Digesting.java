package gateway.storage;

import gateway.format.Algorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One digest of a spool, computed beside its writer: it reads the file up to where the writer has come, like a follower.
 *
 * <p>A digest costs more than receiving, writing and sending the same bytes together. Computed by the writer it would set
 * the pace of the client; here it takes another core, or with low priority what the clients leave of the only one. The
 * bytes are read again while the system still has them in memory.
 */
final class Digesting implements Runnable {

    private static final int CHUNK = 256 << 10;
    /** Read in one go before others have their turn. */
    private static final int TURN = 4 * CHUNK;
    /** One per thread, not per spool: thousands of spools may wait for few threads. */
    private static final ThreadLocal<ByteBuffer> BUFFER = ThreadLocal.withInitial(() -> ByteBuffer.allocate(CHUNK));

    private final Spool spool;
    private final MessageDigest digest;
    private final Sinks.One<String> result = Sinks.one();
    private final AtomicInteger pending = new AtomicInteger();

    private volatile Executor executor;
    private volatile @Nullable Throwable stopped;
    private long position;
    private boolean ended;

    /** The spool's file is retained for it by the caller, and released here. */
    Digesting(Spool spool, Algorithm algorithm, Executor executor) {
        this.spool = spool;
        this.executor = executor;
        this.digest = algorithm.digest();
    }

    /** Lower-case hex, once the writer has ended well. */
    Mono<String> hex() {
        return result.asMono();
    }

    /** Goes on elsewhere from its next turn on. */
    void hurry(Executor faster) {
        executor = faster;
    }

    /** Instead of beginning. */
    void refuse(Throwable cause) {
        ended = true;
        result.tryEmitError(cause);
    }

    /** There is more to read, or it ends. */
    void wake() {
        if (pending.getAndIncrement() == 0) {
            schedule();
        }
    }

    /** The bytes are not wanted any more. */
    void stop(Throwable cause) {
        stopped = cause;
        wake();
    }

    @Override
    public void run() {
        int seen = pending.get();
        if (advance()) {
            schedule();
        } else if (pending.addAndGet(-seen) != 0) {
            schedule();
        }
    }

    private void schedule() {
        executor.execute(this);
    }

    /** True when there is more to read at once. */
    private boolean advance() {
        if (ended) {
            return false;
        }
        Throwable cause = stopped;
        if (cause != null) {
            end();
            result.tryEmitError(cause);
            return false;
        }
        // Read before the position of the writer: whoever sees the end sees all bytes.
        boolean whole = spool.filled();
        long available = spool.written();
        try {
            read(Math.min(available, position + TURN));
        } catch (IOException e) {
            end();
            result.tryEmitError(new StorageException("cannot read back what was written to the store", e));
            return false;
        }
        if (position < available) {
            return true;
        }
        if (whole) {
            end();
            result.tryEmitValue(HexFormat.of().formatHex(digest.digest()));
        }
        return false;
    }

    private void read(long to) throws IOException {
        ByteBuffer buffer = BUFFER.get();
        while (position < to) {
            buffer.clear().limit((int) Math.min(CHUNK, to - position));
            int count = spool.file().channel().read(buffer, position);
            if (count < 0) {
                throw new IOException("the file is shorter than what was written");
            }
            digest.update(buffer.flip());
            position += count;
        }
    }

    private void end() {
        ended = true;
        spool.file().release();
    }
}
