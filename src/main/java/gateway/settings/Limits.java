package gateway.settings;

import java.time.Duration;

/**
 * What one client may take of the server.
 *
 * @param connections open at once, from all clients together
 * @param requestLineBytes longest request line
 * @param headBytes all headers of a request together
 * @param headTimeout from a connection's or a request's first byte to the end of its head
 * @param bodyTimeout for the whole body of a request
 * @param idleTimeout until a connection without a request is closed
 * @param sendTimeout until a client is given up that takes nothing of its answer
 */
public record Limits(
        int connections,
        int requestLineBytes,
        int headBytes,
        Duration headTimeout,
        Duration bodyTimeout,
        Duration idleTimeout,
        Duration sendTimeout) {

    /** Longest request line: module and artifact paths are long, and some clients put much into the query. */
    private static final int REQUEST_LINE = 16 << 10;

    public static final Limits USUAL = new Limits(
            10_000,
            REQUEST_LINE,
            32 << 10,
            Duration.ofSeconds(20),
            Duration.ofMinutes(15),
            Duration.ofSeconds(75),
            Duration.ofMinutes(2));
}
