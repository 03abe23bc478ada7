package gateway.cache;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer as a value: tests look at it without a server.
 *
 * @param headers in the order in which they are sent, without {@code Content-Length} and {@code Cache-Status}
 * @param source whose upstream's bytes, word or failure it tells; null when there is not one only
 */
public record Reply(
        int status,
        Map<String, String> headers,
        Body body,
        Outcome outcome,
        @Nullable Source source) {

    Reply(int status, Map<String, String> headers, Body body, Outcome outcome) {
        this(status, headers, body, outcome, null);
    }

    /** A document that was made of what is held here. */
    public static Reply held(String contentType, byte[] document) {
        return new Reply(200, Map.of("Content-Type", contentType), Body.Bytes.of(document), Outcome.HIT);
    }

    /** A status that says it all. */
    public static Reply empty(int status) {
        Body body = status == 204 ? new Body.Empty(-1) : Body.Bytes.of(new byte[0]);
        return new Reply(status, Map.of(), body, Outcome.LOCAL);
    }

    /** The same answer to a client that stored something. */
    public Reply stored() {
        return new Reply(status, headers, body, Outcome.UPLOADED, source);
    }

    Reply from(Source where) {
        return new Reply(status, headers, body, outcome, where);
    }

    /** The same answer with another body. */
    public Reply with(Body other) {
        return new Reply(status, headers, other, outcome, source);
    }

    /** Whether it says that there is no such thing here, which another upstream may have. */
    boolean isAbsence() {
        return status == 404 || status == 410;
    }

    /** The same answer with one header more or changed. */
    public Reply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Reply(status, more, body, outcome, source);
    }
}
