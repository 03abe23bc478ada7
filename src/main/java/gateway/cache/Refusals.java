package gateway.cache;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Refusals in JSON, as clients of projects expect them. */
public final class Refusals {

    /** Clients that have credentials send them only when they are told this. */
    public static final String CHALLENGE = "Basic realm=\"GitLab Packages Registry\"";

    private static final JsonMapper JSON = JsonMapper.shared();

    private Refusals() {}

    /** Who asks is not known, or not enough. */
    public static Reply unauthorized() {
        return of(401, "401 Unauthorized").with("WWW-Authenticate", CHALLENGE);
    }

    /** Who asks is known, and may not do this. */
    public static Reply forbidden(String why) {
        return of(403, "403 Forbidden - " + why);
    }

    /** There is nothing of the kind, or nothing that the caller may know of. */
    public static Reply notFound() {
        return of(404, "404 Not Found");
    }

    /** The request itself is wrong. */
    public static Reply bad(String why) {
        return of(400, "400 Bad request - " + why);
    }

    /** @param methods those that may be used there, with commas between them */
    public static Reply notAllowed(String methods) {
        return of(405, "405 Method Not Allowed").with("Allow", methods);
    }

    public static Reply of(int status, String message) {
        return json(status, Map.of("message", message));
    }

    /** A small document. */
    public static Reply json(int status, Map<String, ?> document) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        return new Reply(status, headers, Body.Bytes.of(JSON.writeValueAsBytes(document)), Outcome.LOCAL);
    }
}
