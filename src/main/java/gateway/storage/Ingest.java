package gateway.storage;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.MonoSink;
import reactor.util.concurrent.Queues;

/**
 * The writer of a spool: takes buffers from the network thread and writes them in batches on a worker of the store.
 *
 * <p>It asks the upstream for no more buffers than the window, so memory is bounded whatever the disk does. It owns every
 * buffer from {@code onNext} to its release, also on cancel and error.
 */
final class Ingest implements CoreSubscriber<ByteBuf>, Runnable, Disposable {

    private static final int WINDOW = 8;

    private final Spool spool;
    private final Executor worker;
    private final long length;
    private final long limit;
    private final MonoSink<Long> sink;
    private final Queue<ByteBuf> queue = Queues.<ByteBuf>get(WINDOW).get();
    private final AtomicInteger pending = new AtomicInteger();

    private @Nullable Subscription subscription;
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;
    private volatile boolean stopped;
    private long total;

    Ingest(Spool spool, Executor worker, long length, long limit, MonoSink<Long> sink) {
        this.spool = spool;
        this.worker = worker;
        this.length = length;
        this.limit = limit;
        this.sink = sink;
    }

    @Override
    public void onSubscribe(Subscription upstream) {
        subscription = upstream;
        upstream.request(WINDOW);
    }

    @Override
    public void onNext(ByteBuf buffer) {
        if (stopped || !queue.offer(buffer)) {
            buffer.release();
        }
        wake();
    }

    @Override
    public void onError(Throwable error) {
        failure = error;
        ended = true;
        wake();
    }

    @Override
    public void onComplete() {
        ended = true;
        wake();
    }

    /** The asker of the result went away: nobody will use the file. */
    @Override
    public void dispose() {
        stopped = true;
        cancel();
        wake();
    }

    @Override
    public boolean isDisposed() {
        return stopped;
    }

    private void wake() {
        if (pending.getAndIncrement() == 0) {
            worker.execute(this);
        }
    }

    @Override
    public void run() {
        int seen = pending.get();
        do {
            drain();
            seen = pending.addAndGet(-seen);
        } while (seen != 0);
    }

    private void drain() {
        // Read before the queue: what was offered before the end is then in it.
        boolean last = ended;
        if (!stopped) {
            try {
                int count = writeBatch();
                if (count > 0 && subscription != null) {
                    subscription.request(count);
                }
            } catch (IOException e) {
                stop(new StorageException("cannot write to the store", e));
            } catch (LengthException | RuntimeException e) {
                stop(e);
            }
        }
        if (stopped) {
            discardQueue();
        } else if (last) {
            finish();
        }
    }

    /** Writes everything queued; returns how many buffers that was. */
    private int writeBatch() throws IOException, LengthException {
        List<ByteBuf> batch = new ArrayList<>(WINDOW);
        for (ByteBuf buffer = queue.poll(); buffer != null; buffer = queue.poll()) {
            batch.add(buffer);
        }
        if (batch.isEmpty()) {
            return 0;
        }
        try {
            long bytes = batch.stream().mapToLong(ByteBuf::readableBytes).sum();
            checkLength(total + bytes);
            write(batch.stream()
                    .flatMap(buffer -> java.util.Arrays.stream(buffer.nioBuffers()))
                    .toArray(ByteBuffer[]::new));
            total += bytes;
        } finally {
            batch.forEach(ByteBuf::release);
        }
        // The last byte of a body of known length stays invisible until somebody vouches for all of them.
        spool.wrote(total, length < 0 ? total : Math.min(total, Math.max(length - 1, 0)));
        return batch.size();
    }

    private void write(ByteBuffer[] buffers) throws IOException {
        long remaining = java.util.Arrays.stream(buffers)
                .mapToLong(ByteBuffer::remaining)
                .sum();
        while (remaining > 0) {
            remaining -= spool.file().channel().write(buffers);
        }
    }

    private void checkLength(long bytes) throws IOException, LengthException {
        if (bytes > limit) {
            throw new TooLargeException(limit);
        }
        if (length >= 0 && bytes > length) {
            throw new LengthException("the upstream sent more than the " + length + " bytes it declared");
        }
    }

    private void finish() {
        Throwable error = failure;
        if (error == null && length >= 0 && total != length) {
            error = new LengthException("the upstream sent " + total + " of the " + length + " bytes it declared");
        }
        stopped = true;
        if (error != null) {
            sink.error(error);
            return;
        }
        spool.ended();
        sink.success(total);
    }

    private void stop(Throwable error) {
        stopped = true;
        cancel();
        sink.error(error);
    }

    private void cancel() {
        Subscription current = subscription;
        if (current != null) {
            current.cancel();
        }
    }

    private void discardQueue() {
        for (ByteBuf buffer = queue.poll(); buffer != null; buffer = queue.poll()) {
            buffer.release();
        }
    }
}
