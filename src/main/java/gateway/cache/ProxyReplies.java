package gateway.cache;

import gateway.upstream.UpstreamException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients of dependency proxies are told. */
final class ProxyReplies {

    private static final Logger log = LoggerFactory.getLogger(ProxyReplies.class);

    /** What a client is told of a file; in lower case. */
    private static final Set<String> TOLD = Set.of(
            "content-type",
            "content-range",
            "content-disposition",
            "accept-ranges",
            "x-checksum-sha1",
            "x-checksum-md5",
            "x-checksum-sha256",
            "retry-after");
    /** What further is told of bytes that are held here. */
    private static final Set<String> OF_HELD = Set.of("etag", "last-modified", "age");

    private ProxyReplies() {}

    /** The rules let no remote be asked. */
    static Reply denied(ProjectRequest request) {
        log.info(
                "denied {} {} of project {}: the rules of its remote do not let it be asked",
                request.ask().method(),
                request.ask().path(),
                request.project().path());
        Reply refusal = Refusals.of(
                404, "404 Not Found - the allow or deny rules of this project's remote keep it from being asked");
        return new Reply(refusal.status(), refusal.headers(), refusal.body(), Outcome.DENIED);
    }

    /** What clients are told when it failed. */
    static Reply failed(ProjectRequest request, Throwable error) {
        Failure failure = Failure.of(error);
        if (failure.status() == 500) {
            log.error(
                    "{} {} of project {}",
                    request.ask().method(),
                    request.ask().path(),
                    request.project().path(),
                    error);
        }
        // Whatever keeps a remote from answering, also that it asks to slow down, is no fault of the client.
        int status = failure.status() == 429 ? 502 : failure.status();
        Reply reply = Refusals.of(status, reason(status) + " - " + why(failure));
        Duration after = failure.retryAfter();
        return after == null ? reply : reply.with("Retry-After", Long.toString(Math.max(1, after.toSeconds())));
    }

    private static String reason(int status) {
        return switch (status) {
            case 502 -> "502 Bad Gateway";
            case 503 -> "503 Service Unavailable";
            case 504 -> "504 Gateway Timeout";
            default -> status + " Error";
        };
    }

    /** Where the remote is, only those are to know who may change it: they find it in the log. */
    private static String why(Failure failure) {
        if (!(failure.getCause() instanceof UpstreamException upstream)) {
            return String.valueOf(failure.getMessage());
        }
        return switch (upstream.reason()) {
            case UNREACHABLE -> "the remote registry cannot be reached";
            case TIMEOUT -> "the remote registry does not answer";
            case BROKEN_BODY -> "the remote registry broke off its answer";
            case BREAKER_OPEN -> "the remote registry failed too often of late and is left alone for a moment";
            case FORBIDDEN_REDIRECT ->
                "the remote registry leads to where it may not, such as a private address that is not allowed";
            case THROTTLED -> "the remote registry asks to slow down";
        };
    }

    /** Tells nothing of the remote that clients need not know. */
    static Reply told(Reply reply) {
        if (reply.isAbsence() && !reply.outcome().equals(Outcome.DENIED)) {
            reply.body().discard();
            Reply none = Refusals.notFound();
            return new Reply(none.status(), none.headers(), none.body(), reply.outcome(), reply.source());
        }
        boolean held = reply.outcome().hit();
        Map<String, String> headers = new LinkedHashMap<>();
        reply.headers().forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (TOLD.contains(lower) || (held && OF_HELD.contains(lower))) {
                headers.put(name, value);
            }
        });
        return new Reply(reply.status(), headers, reply.body(), reply.outcome(), reply.source());
    }
}
