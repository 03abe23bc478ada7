package gateway.cache;

import gateway.catalog.Entry;
import gateway.format.Algorithm;
import gateway.format.Artifact;
import gateway.format.Cacheable;
import gateway.format.Format;
import gateway.format.Index;
import gateway.format.Origin;
import gateway.storage.Blob;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes replies: conditions, ranges, HEAD and headers are here and nowhere else. */
final class Replies {

    /** As RFC 9110 wants it; apt takes no other form, and no other time zone. */
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Clock clock;

    Replies(Clock clock) {
        this.clock = clock;
    }

    /**
     * How stored bytes are told to clients.
     *
     * @param encoding {@code Content-Encoding}; null for none
     * @param vary null for none
     */
    record Form(
            String contentType,
            @Nullable String encoding,
            @Nullable String vary) {}

    /**
     * From the store; takes over the blob.
     *
     * @param entry whose bytes these are
     * @param index the entry they were made from, whose age and date count; the same for what is served as it is
     */
    Reply stored(Request request, Cacheable resource, Entry entry, Entry index, Form form, Blob blob, Outcome outcome) {
        return stored(request.head(), request.conditions(), resource, entry, index, form, blob, outcome);
    }

    /** @param head whether the body is left out */
    Reply stored(
            boolean head,
            Request.Conditions conditions,
            Cacheable resource,
            Entry entry,
            Entry index,
            Form form,
            Blob blob,
            Outcome outcome) {
        String etag = "\"" + tag(resource, entry) + "\"";
        String lastModified = lastModified(index);
        Map<String, String> headers = headers(resource, index, form);
        if (resource instanceof Index tagged && tagged.tag() != null) {
            headers.put("Repr-Digest", "sha-256=:" + base64(entry.sha256()) + ":");
        }
        headers.put("ETag", etag);
        headers.put("Last-Modified", lastModified);
        headers.put("Accept-Ranges", "bytes");
        if (resource instanceof Artifact) {
            headers.put("X-Checksum-Sha256", entry.sha256());
            entry.digests()
                    .forEach((label, hex) -> headers.put(
                            "X-Checksum-" + Character.toUpperCase(label.charAt(0)) + label.substring(1), hex));
        }
        if (unchanged(conditions, etag, lastModified)) {
            blob.release();
            return new Reply(304, headers, new Body.Empty(-1), outcome);
        }
        ByteRange range = ByteRange.parse(conditions.range());
        if (range == null || !sameAs(conditions.ifRange(), etag, lastModified)) {
            return new Reply(200, headers, body(head, blob, 0, blob.size()), outcome);
        }
        ByteRange part = range.within(blob.size());
        if (part.isEmpty() && resource instanceof Index) {
            // It became shorter than what the client has of it.
            return new Reply(200, headers, body(head, blob, 0, blob.size()), outcome);
        }
        if (part.isEmpty()) {
            blob.release();
            headers.put("Content-Range", "bytes */" + blob.size());
            return new Reply(416, headers, new Body.Empty(0), outcome);
        }
        headers.put("Content-Range", "bytes " + part.from() + "-" + (part.to() - 1) + "/" + blob.size());
        return new Reply(206, headers, body(head, blob, part.from(), part.to()), outcome);
    }

    private static String tag(Cacheable resource, Entry entry) {
        Algorithm tag = resource instanceof Index index ? index.tag() : null;
        String digest = tag == null ? null : entry.digests().get(tag.label());
        return digest == null ? entry.sha256() : digest;
    }

    private static String base64(String hex) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    }

    private static Body body(boolean head, Blob blob, long from, long to) {
        byte[] bytes = blob.bytes();
        if (head) {
            blob.release();
            return new Body.Empty(to - from);
        }
        if (bytes != null) {
            blob.release();
            return new Body.Bytes(bytes, (int) from, (int) (to - from));
        }
        return new Body.Stored(blob, from, to);
    }

    /** While it is still coming; takes over the spool. No ETag: nobody has verified anything yet. */
    Reply following(
            Request request,
            Cacheable resource,
            Flight.Head.Streaming head,
            @Nullable ByteRange range,
            Outcome outcome) {
        Map<String, String> headers = new LinkedHashMap<>();
        type(headers, resource, head.contentType());
        if (head.lastModified() != null) {
            headers.put("Last-Modified", head.lastModified());
        }
        headers.put("Cache-Control", cacheControl(resource));
        if (resource.agent() != null) {
            headers.put("Vary", "User-Agent");
        }
        long length = head.length();
        if (range == null || length < 0) {
            return new Reply(200, headers, following(request, head, 0, -1, length), outcome);
        }
        ByteRange part = range.within(length);
        headers.put("Content-Range", "bytes " + part.from() + "-" + (part.to() - 1) + "/" + length);
        Body body = following(request, head, part.from(), part.to(), part.to() - part.from());
        return new Reply(206, headers, body, outcome);
    }

    private Body following(Request request, Flight.Head.Streaming head, long from, long to, long length) {
        return new Body.Following(
                head.spool(),
                from,
                to,
                length,
                position -> head.rescuer().rest(position, to),
                error -> failed(request, Failure.of(error)));
    }

    /** Small content made here. */
    Reply content(Request request, int status, String contentType, byte[] bytes, Outcome outcome) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", contentType);
        Body body = request.head() ? new Body.Empty(bytes.length) : Body.Bytes.of(bytes);
        return new Reply(status, headers, body, outcome);
    }

    /** Nothing came of it. */
    Reply failed(Request request, Failure failure) {
        return refusal(
                request,
                failure.status(),
                String.valueOf(failure.getMessage()),
                failure.retryAfter(),
                Outcome.failed("miss"));
    }

    /** No answer, in the words of the format's client. */
    Reply refusal(Request request, int status, String message, @Nullable Duration retryAfter, Outcome outcome) {
        Format format = request.mount().format();
        int shown = format.status(request.ask(), status);
        Format.Refusal refusal = format.refusal(shown, message);
        Reply reply = content(
                request, shown, refusal.contentType(), refusal.body().getBytes(StandardCharsets.UTF_8), outcome);
        return retryAfter == null
                ? reply
                : reply.with("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())));
    }

    private Map<String, String> headers(Cacheable resource, Entry index, Form form) {
        Map<String, String> headers = new LinkedHashMap<>();
        type(headers, resource, form.contentType());
        if (form.encoding() != null) {
            headers.put("Content-Encoding", form.encoding());
        }
        String vary = resource.agent() != null ? "User-Agent" : form.vary();
        if (vary != null) {
            headers.put("Vary", vary);
        }
        headers.put("Cache-Control", cacheControl(resource));
        Duration age = Duration.between(index.validatedAt(), clock.instant());
        headers.put("Age", Long.toString(Math.max(0, age.toSeconds())));
        return headers;
    }

    /** A browser saves artifacts and shows none, whatever they say they are; plain text cannot hurt. */
    static void type(Map<String, String> headers, Cacheable resource, @Nullable String contentType) {
        if (contentType != null) {
            headers.put("Content-Type", contentType);
        }
        if (resource instanceof Artifact && (contentType == null || !contentType.startsWith("text/plain"))) {
            headers.put("Content-Disposition", "attachment");
        }
    }

    private static String cacheControl(Cacheable resource) {
        return switch (resource) {
            // What clients store they may store anew.
            case Artifact artifact when artifact.origin() instanceof Origin.Hosted -> "no-cache";
            case Artifact artifact -> "public, max-age=31536000, immutable";
            case Index index -> "public, max-age=" + index.freshFor().toSeconds();
        };
    }

    private static String lastModified(Entry entry) {
        String upstream = entry.lastModified();
        return upstream != null ? upstream : HTTP_DATE.format(entry.storedAt());
    }

    private static boolean unchanged(Request.Conditions conditions, String etag, String lastModified) {
        String match = conditions.ifNoneMatch();
        if (match != null) {
            for (String candidate : match.split(",")) {
                String plain = candidate.strip();
                if (plain.equals("*") || (plain.startsWith("W/") ? plain.substring(2) : plain).equals(etag)) {
                    return true;
                }
            }
            return false;
        }
        Instant since = date(conditions.ifModifiedSince());
        if (since == null) {
            return false;
        }
        Instant modified = date(lastModified);
        return modified != null && !modified.isAfter(since);
    }

    private static boolean sameAs(@Nullable String ifRange, String etag, String lastModified) {
        return ifRange == null || ifRange.equals(etag) || ifRange.equals(lastModified);
    }

    private static @Nullable Instant date(@Nullable String header) {
        if (header == null) {
            return null;
        }
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header));
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
