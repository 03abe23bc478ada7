package gateway.upstream;

import gateway.upstream.UpstreamRequest.Lane;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one lane of an upstream fares, for people.
 *
 * @param id identity of the upstream, which tells apart two of the same name
 * @param breaker {@code CLOSED} while all is well, {@code OPEN}, {@code HALF_OPEN} while it is tried again
 * @param openUntil nothing is asked before; null unless the breaker is open
 * @param throttledUntil null unless the upstream asked us to wait
 * @param asked calls that were let through since the start
 */
public record UpstreamState(
        String id,
        String name,
        Lane lane,
        String breaker,
        @Nullable Instant openUntil,
        @Nullable Instant throttledUntil,
        long asked) {}
