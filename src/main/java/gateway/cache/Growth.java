package gateway.cache;

import gateway.catalog.Entry;
import gateway.format.Algorithm;
import gateway.format.Checksum;
import gateway.format.Index;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import gateway.upstream.UpstreamRequest;
import gateway.upstream.UpstreamResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Refreshes an index that is written at its end only, by what was added to it.
 *
 * <p>The part begins with the last byte that is held, so that it is never empty. Joined bytes are kept only when they have
 * the digest that the upstream gives of the whole: an upstream may write its index anew at any time.
 */
final class Growth {

    /** Of the part, which is in memory for a moment; more than this is fetched whole. */
    private static final int MOST = 4 << 20;

    private static final Pattern PART = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");
    private static final Pattern SHA256 = Pattern.compile("(?i)(?:^|[, ])sha-256=[:\"]?([A-Za-z0-9+/]{43}=)[:\"]?");
    private static final Pattern MD5 = Pattern.compile("(?:W/)?\"([0-9a-f]{32})\"");

    private final BlobStore store;
    private final Clock clock;

    Growth(Parts parts) {
        this.store = parts.store();
        this.clock = parts.clock();
    }

    /** The same request for what was added; the part must not come encoded. */
    static UpstreamRequest request(UpstreamRequest whole, Entry held) {
        Map<String, String> headers = new HashMap<>(whole.headers());
        headers.put("Range", "bytes=" + Math.max(0, held.size() - 1) + "-");
        return new UpstreamRequest(
                whole.upstream(), whole.lane(), whole.method(), whole.uri(), Map.copyOf(headers), null, false);
    }

    /** The entry with what was added; empty when the part does not fit what is held. */
    Mono<Entry> joined(Entry held, Index index, UpstreamResponse response) {
        Checksum.Known whole = whole(response);
        if (whole == null || !continues(held, response.header("Content-Range"))) {
            response.discard();
            return Mono.empty();
        }
        Map<Algorithm, MessageDigest> digests = new EnumMap<>(Algorithm.class);
        index.digests().forEach(algorithm -> digests.put(algorithm, algorithm.digest()));
        digests.computeIfAbsent(whole.algorithm(), Algorithm::digest);
        return Planner.Bytes.of(response.body(), MOST)
                .flatMap(part -> store.derive(
                        new Digest(held.sha256()), held.size(), (in, out) -> join(in, part, whole, digests, out)))
                .map(derived -> entry(held, derived, digests, response))
                .onErrorResume(Unfit.class, error -> Mono.empty());
    }

    private static boolean continues(Entry held, @Nullable String contentRange) {
        Matcher part = PART.matcher(contentRange == null ? "" : contentRange);
        if (!part.matches()) {
            return false;
        }
        long from = Long.parseLong(part.group(1));
        long last = Long.parseLong(part.group(2));
        return from == held.size() - 1 && last + 1 == Long.parseLong(part.group(3)) && last - from < MOST;
    }

    private static Checksum.@Nullable Known whole(UpstreamResponse response) {
        String digest = Optional.ofNullable(response.header("Repr-Digest"))
                .or(() -> Optional.ofNullable(response.header("Digest")))
                .orElse("");
        Matcher sha256 = SHA256.matcher(digest);
        if (sha256.find()) {
            return new Checksum.Known(
                    Algorithm.SHA256,
                    HexFormat.of().formatHex(Base64.getDecoder().decode(sha256.group(1))));
        }
        Matcher md5 = MD5.matcher(Optional.ofNullable(response.header("ETag")).orElse(""));
        return md5.matches() ? new Checksum.Known(Algorithm.MD5, md5.group(1)) : null;
    }

    private static void join(
            InputStream held,
            byte[] part,
            Checksum.Known whole,
            Map<Algorithm, MessageDigest> digests,
            OutputStream out)
            throws IOException {
        if (part.length == 0) {
            throw new Unfit();
        }
        byte[] buffer = new byte[1 << 16];
        for (int count = held.read(buffer); count >= 0; count = held.read(buffer)) {
            write(buffer, 0, count, digests, out);
        }
        write(part, 1, part.length - 1, digests, out);
        MessageDigest copy = digests.get(whole.algorithm());
        if (copy == null || !whole.hex().equals(finish(whole.algorithm(), copy))) {
            throw new Unfit();
        }
    }

    private static void write(
            byte[] bytes, int from, int count, Map<Algorithm, MessageDigest> digests, OutputStream out)
            throws IOException {
        digests.values().forEach(digest -> digest.update(bytes, from, count));
        out.write(bytes, from, count);
    }

    private static String finish(Algorithm algorithm, MessageDigest digest) {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("every Java runtime can copy a " + algorithm.label(), e);
        }
    }

    private Entry entry(
            Entry held, BlobStore.Derived derived, Map<Algorithm, MessageDigest> digests, UpstreamResponse response) {
        Map<String, String> finished = new TreeMap<>();
        digests.forEach((algorithm, digest) -> finished.put(algorithm.label(), finish(algorithm, digest)));
        finished.remove(Algorithm.SHA256.label());
        Instant now = clock.instant();
        return new Entry(
                held.key(),
                held.format(),
                held.kind(),
                held.place(),
                derived.digest().hex(),
                derived.size(),
                held.contentType(),
                response.header("ETag"),
                response.header("Last-Modified"),
                held.url(),
                finished,
                held.verified(),
                held.packageName(),
                held.packageVersion(),
                now,
                now);
    }

    /** The part does not belong to what is held. */
    private static final class Unfit extends IOException {
        private static final long serialVersionUID = 1;
    }
}
