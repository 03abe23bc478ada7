package gateway.upstream;

import gateway.upstream.UpstreamException.Reason;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Tells a breaker how one permitted call went: once, at its end, since a body may break long after a good head. Only a
 * trial call of a half-open breaker is told at its head, lest one long download keeps all others waiting.
 */
final class Outcome {
    private enum Told {
        NOTHING,
        FINE,
        FAILED
    }

    private final CircuitBreaker breaker;
    private final AtomicReference<Told> told = new AtomicReference<>(Told.NOTHING);

    Outcome(CircuitBreaker breaker) {
        this.breaker = breaker;
    }

    void answered(int status) {
        if (status >= 500) {
            failed(new IOException("answered " + status));
        } else if (breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
            fine();
        }
    }

    void fine() {
        if (told.compareAndSet(Told.NOTHING, Told.FINE)) {
            breaker.onSuccess(0, TimeUnit.MILLISECONDS);
        }
    }

    /** Also after it seemed fine: a checksum shows only when all is over. */
    void failed(Throwable cause) {
        if (told.get() == Told.NOTHING && isOurs(cause)) {
            left();
        } else if (told.getAndSet(Told.FAILED) != Told.FAILED) {
            breaker.onError(0, TimeUnit.MILLISECONDS, cause);
        }
    }

    /** The caller has left before the head, so nobody knows. */
    void left() {
        if (told.compareAndSet(Told.NOTHING, Told.FINE)) {
            breaker.releasePermission();
        }
    }

    // A refused redirect and a full pool say nothing about the upstream's health.
    private static boolean isOurs(Throwable error) {
        return error instanceof UpstreamException known
                && (known.reason() == Reason.FORBIDDEN_REDIRECT || Failures.isCrowded(known.getCause()));
    }
}
