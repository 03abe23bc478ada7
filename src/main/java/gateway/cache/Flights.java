package gateway.cache;

import gateway.catalog.CacheKey;
import gateway.upstream.UpstreamException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/**
 * All fetches under way: one for each key.
 *
 * <p>A flight is taken off this table only after its entry is in the catalog, so an asker finds the one or the other. The
 * gap between an asker's look into the catalog and its joining here is closed by {@link Fetch}, which looks again.
 */
final class Flights {

    private static final Logger log = LoggerFactory.getLogger(Flights.class);

    private final ConcurrentHashMap<CacheKey, Flight> flying = new ConcurrentHashMap<>();
    private final Disposable.Composite running = Disposables.composite();
    private final Duration deadline;

    Flights(Duration deadline) {
        this.deadline = deadline;
    }

    /** A flight, and whether it was there before. */
    record Joined(Flight flight, boolean collapsed) {}

    /** The flight for this key; started if there is none, whether or not anybody stays to see it end. */
    Joined join(CacheKey key, Function<Flight, Mono<Void>> start) {
        Flight mine = new Flight();
        Flight there = flying.compute(key, (same, old) -> old == null || old.over() ? mine : old);
        if (there != mine) {
            return new Joined(there, true);
        }
        Disposable.Swap run = Disposables.swap();
        running.add(run);
        run.update(Mono.defer(() -> start.apply(mine))
                .timeout(deadline)
                .doFinally(signal -> {
                    flying.remove(key, mine);
                    running.remove(run);
                    mine.failed(new IllegalStateException("the flight was dropped"));
                    mine.land();
                })
                .subscribe(nothing -> {}, error -> failed(key, mine, error)));
        return new Joined(mine, false);
    }

    /** Whether one for this key is on its way. */
    boolean under(CacheKey key) {
        Flight flight = flying.get(key);
        return flight != null && !flight.over();
    }

    /** Completes when the one for this key, if there is any, can be joined no more. */
    Mono<Void> landed(CacheKey key) {
        return Mono.defer(() -> {
            Flight flight = flying.get(key);
            return flight == null ? Mono.empty() : flight.landed();
        });
    }

    int count() {
        return flying.size();
    }

    /** Drops all flights: their connections close and their spools are removed. */
    void drop() {
        running.dispose();
    }

    private static void failed(CacheKey key, Flight flight, Throwable error) {
        Failure failure = Failure.of(error);
        if (failure.status() == 500) {
            log.error("fetch of {}{} failed", key.repository(), key.path(), error);
        } else if (error instanceof UpstreamException left && left.unasked()) {
            // Said once, when it began; a farm asks thousands of times until it is over.
            log.debug("no fetch of {}{}: {}", key.repository(), key.path(), failure.getMessage());
        } else {
            log.warn("fetch of {}{} failed: {}", key.repository(), key.path(), failure.getMessage());
        }
        flight.failed(error);
    }
}
