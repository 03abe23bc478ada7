package gateway.cache;

import gateway.storage.LengthException;
import gateway.storage.StorageException;
import gateway.upstream.UpstreamException;
import gateway.upstream.UpstreamResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Why there is no answer: a status and one line for the client. All trouble of a fetch becomes one of these, in
 * {@link #of} and nowhere else.
 */
public sealed class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** When clients should come back if nobody told us. */
    private static final Duration SOON = Duration.ofSeconds(5);

    /** The upstream sent other bytes than were promised. */
    static final class Mismatch extends Failure {
        private static final long serialVersionUID = 1;

        Mismatch(Failure found) {
            super(found.status, String.valueOf(found.getMessage()), found.retryAfter, found);
        }
    }

    private final int status;
    private final @Nullable Duration retryAfter;

    public Failure(int status, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /** A fault of the upstream's answer. */
    static Failure badGateway(String message) {
        return new Failure(502, message, SOON, null);
    }

    /** Nothing is held, and the client wants nothing else (RFC 9111, section 5.2.1.7). */
    static Failure notHeld() {
        return new Failure(504, "not in the store, and only-if-cached was asked", null, null);
    }

    /** What an upstream's refusal means for the client: its quarrel with us is not the client's. */
    static Failure refused(Source source, UpstreamResponse response) {
        String name = source.upstream().name();
        return switch (response.status()) {
            case 401, 403 ->
                badGateway("the upstream " + name + " refused the gateway's credentials (" + response.status() + ")");
            case 429 ->
                new Failure(
                        429,
                        "the upstream " + name + " asks to slow down",
                        RetryAfter.of(response.header("Retry-After")),
                        null);
            default -> badGateway("the upstream " + name + " answered " + response.status());
        };
    }

    public static Failure of(Throwable error) {
        return switch (error) {
            case Failure failure -> failure;
            case UpstreamException upstream ->
                new Failure(
                        status(upstream.reason()),
                        upstream.getMessage() == null ? "the upstream failed" : upstream.getMessage(),
                        upstream.retryAfter() == null ? SOON : upstream.retryAfter(),
                        upstream);
            case LengthException length -> new Failure(502, String.valueOf(length.getMessage()), SOON, length);
            case LostBytes gone -> new Failure(503, "the gateway's store is not available", SOON, gone);
            case TimeoutException timeout ->
                new Failure(504, "the upstream did not finish its answer in time", SOON, timeout);
            case StorageException storage -> new Failure(503, "the gateway's store is not available", SOON, storage);
            case IOException document ->
                new Failure(502, "the upstream's index cannot be read: " + document.getMessage(), SOON, document);
            default -> new Failure(500, "internal error of the gateway", null, error);
        };
    }

    private static int status(UpstreamException.Reason reason) {
        return switch (reason) {
            case UNREACHABLE, BROKEN_BODY, BREAKER_OPEN, FORBIDDEN_REDIRECT -> 502;
            case TIMEOUT -> 504;
            case THROTTLED -> 429;
        };
    }

    public int status() {
        return status;
    }

    /** When to come back; null to say nothing. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
