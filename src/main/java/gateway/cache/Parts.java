package gateway.cache;

import gateway.catalog.Catalog;
import gateway.storage.BlobStore;
import gateway.upstream.Upstreams;
import java.time.Clock;
import java.time.Duration;

/**
 * What the pipeline is put together from.
 *
 * @param maxSize bytes that the store may hold, {@link Long#MAX_VALUE} for no bound
 * @param largestArtifact bytes above which a body is relayed and not kept, {@link Long#MAX_VALUE} for no bound
 * @param flightDeadline for one whole fetch
 */
public record Parts(
        Catalog catalog,
        BlobStore store,
        Upstreams upstreams,
        Clock clock,
        long maxSize,
        long largestArtifact,
        Duration flightDeadline) {}
