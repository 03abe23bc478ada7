package gateway.upstream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why an upstream gave no answer, with a message fit for the client: it names no credentials. */
public final class UpstreamException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What went wrong. */
    public enum Reason {
        /** No connection: refused, reset, name or TLS failure. */
        UNREACHABLE,
        /** No connection or no response head in time. */
        TIMEOUT,
        /** The body broke, ended early or stalled. */
        BROKEN_BODY,
        /** Not asked, since the breaker is open. */
        BREAKER_OPEN,
        /** Not asked, since the upstream told us to wait (429). */
        THROTTLED,
        /** A redirect led where we do not follow: too many, a private address, another scheme. */
        FORBIDDEN_REDIRECT
    }

    private final Reason reason;
    private final @Nullable Duration retryAfter;

    public UpstreamException(Reason reason, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    /** Whether it was not even asked, since it had trouble before. */
    public boolean unasked() {
        return reason == Reason.BREAKER_OPEN || reason == Reason.THROTTLED;
    }

    public Reason reason() {
        return reason;
    }

    /** When to come back; null when nobody knows. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
