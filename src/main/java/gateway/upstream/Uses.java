package gateway.upstream;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** By how many something is used at this moment, and whose turn it was last. */
final class Uses {
    private final AtomicInteger now = new AtomicInteger();
    private volatile long last;

    /** Begins one, which {@link #end} ends. */
    void begin(long turn) {
        last = turn;
        now.incrementAndGet();
    }

    void end() {
        now.decrementAndGet();
    }

    /** Begins another one; what it returns ends it, however often it is run. */
    Runnable further() {
        now.incrementAndGet();
        AtomicBoolean over = new AtomicBoolean();
        return () -> {
            if (over.compareAndSet(false, true)) {
                end();
            }
        };
    }

    boolean any() {
        return now.get() > 0;
    }

    long last() {
        return last;
    }
}
