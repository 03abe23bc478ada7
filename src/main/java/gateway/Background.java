package gateway;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

/** Work that no request waits for: started here, logged once when it fails, and ended together. */
public final class Background implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Background.class);

    private final Set<Disposable> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Starts the work now, whatever it emits.
     *
     * @param what names the work in the log, as in "could not {what}"
     */
    public Disposable start(String what, Publisher<?> work) {
        var handle = Disposables.swap();
        running.add(handle);
        if (closed) {
            running.remove(handle);
            handle.dispose();
            return handle;
        }
        handle.update(Flux.from(work)
                .doFinally(signal -> running.remove(handle))
                .subscribe(ignored -> {}, error -> log.warn("Could not {}", what, error)));
        return handle;
    }

    /** How many works are running. */
    public int size() {
        return running.size();
    }

    /** Ends all work; what is started later ends at once. */
    @Override
    public void close() {
        closed = true;
        running.forEach(Disposable::dispose);
        running.clear();
    }
}
