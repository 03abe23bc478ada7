package gateway.storage;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Operators;

/** One reader of a spool, with its own pace; woken by the writer and by its own demand, never by polling. */
final class Follower implements Subscription {

    private static final Logger log = LoggerFactory.getLogger(Follower.class);
    /** Large enough for sendfile to be cheap, small enough that a slow client does not hold a whole body in its socket. */
    private static final long LARGEST_REGION = 1 << 20;

    private final Spool spool;
    private final Subscriber<? super Spool.Region> subscriber;
    private final long to;
    private final AtomicLong requested = new AtomicLong();
    /** Held until the subscriber has its subscription: the writer may signal before that. */
    private final AtomicInteger pending = new AtomicInteger(1);

    private volatile boolean cancelled;
    private long position;
    private boolean ended;

    Follower(Spool spool, Subscriber<? super Spool.Region> subscriber, long from, long to) {
        this.spool = spool;
        this.subscriber = subscriber;
        this.position = from;
        this.to = to;
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            requested.accumulateAndGet(n, Operators::addCap);
            drain();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        drain();
    }

    /** Emits what there is and what is wanted; serialised, so any thread may call it. */
    void drain() {
        if (pending.getAndIncrement() != 0) {
            return;
        }
        emitAll();
    }

    /** Hands itself over; nothing is emitted before. */
    void begin() {
        subscriber.onSubscribe(this);
        emitAll();
    }

    private void emitAll() {
        int seen = pending.get();
        do {
            emit();
            seen = pending.addAndGet(-seen);
        } while (seen != 0);
    }

    /**
     * A subscriber must not throw, but one whose connection was closed this very moment does. That is the end of this
     * reader, and no matter of the writer who woke it, or of the other readers.
     */
    private void emit() {
        try {
            emitWanted();
        } catch (RuntimeException e) {
            log.debug("a reader of {} failed", spool.path(), e);
            if (!ended) {
                leave();
            }
        }
    }

    private void emitWanted() {
        while (!ended) {
            if (cancelled) {
                leave();
                return;
            }
            Spool.Next next = spool.next(position, to);
            if (next.failure() != null) {
                leave();
                subscriber.onError(next.failure());
            } else if (next.end()) {
                leave();
                subscriber.onComplete();
            } else if (next.available() > 0 && requested.get() > 0) {
                long length = Math.min(next.available(), LARGEST_REGION);
                Spool.Region region =
                        new Spool.Region(position, length, spool.file().region(position, length));
                position += length;
                if (requested.get() != Long.MAX_VALUE) {
                    requested.decrementAndGet();
                }
                subscriber.onNext(region);
            } else {
                return;
            }
        }
    }

    private void leave() {
        ended = true;
        spool.left(this);
    }
}
