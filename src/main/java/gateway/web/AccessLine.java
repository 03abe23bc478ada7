package gateway.web;

import gateway.settings.Log;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * One answer, as the access log has it. No query is shown, and no token that stands in a path.
 *
 * @param form how it is written
 * @param time when the request came
 * @param target as it was sent
 * @param status 0 when the client left before it got one
 * @param bytes of the body that were handed to the connection
 * @param micros from the request's head to the answer's end
 * @param cache the answer's {@code Cache-Status}; null when it had none
 * @param upstream whose bytes, word or failure it is; empty when there is not one only
 * @param agent the client's {@code User-Agent}; null when it sent none
 * @param aborted whether the connection broke before the answer's end
 */
record AccessLine(
        Log.Access form,
        Instant time,
        String client,
        String method,
        String target,
        int status,
        long bytes,
        long micros,
        @Nullable String cache,
        String upstream,
        @Nullable String agent,
        boolean aborted) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final JsonFactory JSON = new JsonFactory();
    /** Longer texts are cut, so that a line stays one write. */
    private static final int LONGEST = 1000;

    private static final String OURS = "gateway; ";
    /** Where npm puts the token that it gives up, what well-known tokens begin with, and a user in a URL. */
    private static final Pattern SECRET = Pattern.compile("(?<=/token/)[^/]+|(?<=//)[^/@]*@"
            + "|(?:npm_|gh[opsur]_|github_pat_|glpat-|pypi-|hvs\\.|eyJ)[A-Za-z0-9_=.-]{16,}");

    /** Without query, and with stars for secrets. */
    String path() {
        String path = target.replaceFirst("[?#].*", "");
        return cut(SECRET.matcher(path).replaceAll("***"));
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }

    private String outcome() {
        return cache == null ? "" : cache.startsWith(OURS) ? cache.substring(OURS.length()) : cache;
    }

    /** The line, without its end. */
    @Override
    public String toString() {
        return form == Log.Access.JSON ? json() : text();
    }

    private String json() {
        StringWriter line = new StringWriter(300);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
            json.writeStartObject();
            json.writeStringProperty("time", TIME.format(time));
            json.writeStringProperty("client", client);
            json.writeStringProperty("method", method);
            json.writeStringProperty("path", path());
            json.writeNumberProperty("status", status);
            json.writeNumberProperty("bytes", bytes);
            json.writeNumberProperty("duration_ms", micros / 1000.0);
            json.writeStringProperty("cache", outcome());
            json.writeStringProperty("upstream", upstream);
            json.writeStringProperty("agent", cut(agent == null ? "" : agent));
            json.writeBooleanProperty("aborted", aborted);
            json.writeEndObject();
        }
        return line.toString();
    }

    private String text() {
        return String.join(
                " ",
                TIME.format(time),
                client,
                method,
                plain(path()),
                status == 0 ? "-" : Integer.toString(status),
                Long.toString(bytes),
                micros / 1000.0 + "ms",
                '"' + outcome() + '"',
                upstream.isEmpty() ? "-" : upstream,
                '"' + plain(cut(agent == null ? "" : agent)).replace("\"", "'") + '"',
                aborted ? "aborted" : "whole");
    }

    /** Whatever a client writes, it makes neither a line nor a column. */
    private static String plain(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    }
}
