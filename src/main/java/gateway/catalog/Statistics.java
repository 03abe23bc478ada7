package gateway.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the cache holds and how it was used, as {@code GET /stats} and {@code gateway stats} tell it. The names of the
 * JSON stand here, so that both tell the same.
 *
 * @param artifacts immutable files, without indexes
 * @param totalSizeBytes artifacts and indexes
 * @param hits answers that needed no upstream
 * @param formats by format, sorted by name
 * @param popular most hits first
 * @param recent latest first
 * @param upstreams since the start of the server, in the order of its repositories; empty when none runs
 */
@JsonPropertyOrder({
    "packages",
    "versions",
    "cached_artifacts",
    "total_size_bytes",
    "hits",
    "misses",
    "formats",
    "popular",
    "recent",
    "upstreams"
})
@JsonIgnoreProperties(ignoreUnknown = true)
public record Statistics(
        long packages,
        long versions,
        @JsonProperty("cached_artifacts") long artifacts,
        @JsonProperty("total_size_bytes") long totalSizeBytes,
        long hits,
        long misses,
        List<ByFormat> formats,
        List<Popular> popular,
        List<Recent> recent,
        List<ByUpstream> upstreams) {

    /** Of a cache that holds nothing. */
    public static final Statistics NONE = new Statistics(0, 0, 0, 0, 0, 0, List.of(), List.of(), List.of(), List.of());

    // A document of another version may lack lists.
    public Statistics {
        formats = copy(formats);
        popular = copy(popular);
        recent = copy(recent);
        upstreams = copy(upstreams);
    }

    /** With what only a running server knows. */
    public Statistics with(List<ByUpstream> now) {
        return new Statistics(
                packages, versions, artifacts, totalSizeBytes, hits, misses, formats, popular, recent, now);
    }

    private static <T> List<T> copy(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }

    /** The share of one format. */
    @JsonPropertyOrder({"format", "artifacts", "size_bytes", "hits"})
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ByFormat(
            String format,
            long artifacts,
            @JsonProperty("size_bytes") long sizeBytes,
            long hits) {}

    /**
     * A package version that is asked for often.
     *
     * @param version null where the format has none
     */
    @JsonPropertyOrder({"format", "name", "version", "hits", "size_bytes"})
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Popular(
            String format,
            String name,
            @Nullable String version,
            long hits,
            @JsonProperty("size_bytes") long sizeBytes) {}

    /**
     * A package version that came lately.
     *
     * @param version null where the format has none
     */
    @JsonPropertyOrder({"format", "name", "version", "cached_at", "size_bytes"})
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Recent(
            String format,
            String name,
            @Nullable String version,
            @JsonProperty("cached_at") Instant cachedAt,
            @JsonProperty("size_bytes") long sizeBytes) {}

    /**
     * What one upstream of a repository was asked, and what it was spared.
     *
     * @param requests sent to it, also for other repositories
     * @param savedRequests answers that needed no request to it
     * @param savedBytes of bodies that it did not have to send
     * @param breaker {@code closed}, {@code open} or {@code half_open}
     * @param throttledUntil nothing is asked before; null unless it asked us to wait
     */
    @JsonPropertyOrder({"repository", "name", "requests", "saved_requests", "saved_bytes", "breaker", "throttled_until"
    })
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ByUpstream(
            String repository,
            String name,
            long requests,
            @JsonProperty("saved_requests") long savedRequests,
            @JsonProperty("saved_bytes") long savedBytes,
            String breaker,
            @JsonProperty("throttled_until") @Nullable Instant throttledUntil) {}
}
