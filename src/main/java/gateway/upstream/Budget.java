package gateway.upstream;

import gateway.upstream.UpstreamException.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Keeps us from asking an upstream that told us to wait. */
final class Budget {
    private static final Duration UNSAID = Duration.ofSeconds(5);
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private final Clock clock;
    private final AtomicReference<Instant> until = new AtomicReference<>(Instant.MIN);

    Budget(Clock clock) {
        this.clock = clock;
    }

    /** Reads from an answer whether to wait: 429, and 503 when it names a time. */
    void note(int status, @Nullable String retryAfter) {
        if (status != 429 && status != 503) {
            return;
        }
        Instant now = clock.instant();
        Optional<Duration> named = RetryAfter.parse(retryAfter, now);
        if (status == 429 || named.isPresent()) {
            Duration wait = named.orElse(UNSAID);
            Instant then = now.plus(wait.compareTo(SHORTEST) < 0 ? SHORTEST : wait);
            until.accumulateAndGet(then, (a, b) -> a.isAfter(b) ? a : b);
        }
    }

    /** Throws when it is too early to ask again. */
    void check(String upstream) {
        Duration left = left();
        if (left.isPositive()) {
            throw new UpstreamException(
                    Reason.THROTTLED, "Upstream " + upstream + " asked us to wait before the next request", left, null);
        }
    }

    /** Until when nothing is asked; null when asking is allowed. */
    @Nullable
    Instant until() {
        return left().isPositive() ? until.get() : null;
    }

    private Duration left() {
        Instant then = until.get();
        Instant now = clock.instant();
        return then.isAfter(now) ? Duration.between(now, then) : Duration.ZERO;
    }
}
