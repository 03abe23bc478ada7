package gateway.cache;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a GET would get now, and why.
 *
 * @param path as the client would write it, decoded, without a query
 * @param repository path of the mount
 * @param resource what the format takes the path for
 * @param key identity in the catalog, below the mount; null for what is never kept
 * @param checksum where the digest comes from that the bytes must have; null for what is never kept
 * @param upstreams in the order in which they are asked; empty when none ever is
 * @param decision in one word: {@code hit stale revalidate fetch join negative relay merge local refuse}
 * @param status of the answer; null when it is the upstream's to say
 * @param cacheStatus the header of the answer; null when it is the upstream's to say
 */
public record Explanation(
        String path,
        String repository,
        String format,
        String resource,
        @Nullable String key,
        @Nullable String checksum,
        List<OfUpstream> upstreams,
        String decision,
        @Nullable Integer status,
        @Nullable String cacheStatus,
        String why) {

    /**
     * One upstream, as far as this path is concerned.
     *
     * @param host of its URL, with the port if it is not the usual one
     * @param credentials whether it is asked with any
     * @param breaker {@code closed}, {@code open} or {@code half_open}
     * @param openUntil nothing is asked before; null unless the breaker is open
     * @param throttledUntil nothing is asked before; null unless it asked us to wait
     * @param entry null when nothing is held from it
     */
    public record OfUpstream(
            String name,
            String host,
            boolean credentials,
            String breaker,
            @Nullable Instant openUntil,
            @Nullable Instant throttledUntil,
            @Nullable Held entry,
            String decision,
            String why) {}

    /**
     * What is held.
     *
     * @param size in bytes
     * @param place in the store, below its root
     * @param verified whether the bytes were compared with a digest
     * @param bytes whether the blob is there, with the right size
     * @param ageSeconds since the upstream last confirmed it
     * @param freshUntil null for what never changes
     * @param staleUntil served at once until then, and refreshed behind; null for what never changes
     */
    public record Held(
            String place,
            String sha256,
            long size,
            String contentType,
            @Nullable String etag,
            @Nullable String lastModified,
            boolean verified,
            boolean bytes,
            Instant storedAt,
            Instant validatedAt,
            long ageSeconds,
            @Nullable Instant freshUntil,
            @Nullable Instant staleUntil) {}
}
