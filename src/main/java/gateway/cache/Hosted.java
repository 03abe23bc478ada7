package gateway.cache;

import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Artifact;
import gateway.format.Coordinates;
import gateway.settings.Uploads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/**
 * What clients store themselves: an upload becomes an entry like any other, in place of the one before it, and is evicted
 * like any other.
 */
final class Hosted {

    /** So often is looked for entries that are too old. */
    private static final Duration SWEEP = Duration.ofHours(1);

    private final Catalog catalog;
    private final Cache cache;
    private final Evictor evictor;
    private final Intake intake;
    private final Clock clock;
    private final Map<String, Instant> swept = new ConcurrentHashMap<>();

    Hosted(Parts parts, Cache cache, Evictor evictor) {
        this.catalog = parts.catalog();
        this.clock = parts.clock();
        this.cache = cache;
        this.evictor = evictor;
        this.intake = new Intake(parts, evictor);
    }

    /** Whether the entry has not grown too old for its mount. */
    boolean keeps(Mount mount, Entry entry) {
        Duration longest = mount.uploads().maxAge();
        return longest.isZero() || entry.storedAt().plus(longest).isAfter(clock.instant());
    }

    /** Empty when there is none, or only one that is too old. */
    Mono<Entry> held(Mount mount, Source source, Artifact artifact) {
        return cache.held(source, artifact).filter(entry -> keeps(mount, entry));
    }

    /** Stores the request's body; an error when it is not kept, and then what was there before stays. */
    Mono<Entry> put(Request request, Source source, Artifact artifact) {
        Uploads limits = request.mount().uploads();
        if (!limits.allowed()) {
            return Mono.error(new Failure(405, "this mount is read-only", null, null));
        }
        return intake.take(
                new Intake.Upload(request.body(), request.conditions().length(), limits.maxSize(), artifact.digests()),
                (spool, filled) -> intake.keep(
                        spool,
                        entry(request, source, artifact, filled),
                        Mono.defer(() -> cache.held(source, artifact)),
                        Mono.defer(() -> sweep(request.mount(), source))));
    }

    /** Entries that nobody asks for any more grow old unseen. */
    private Mono<Void> sweep(Mount mount, Source source) {
        Instant now = clock.instant();
        Instant last = swept.getOrDefault(mount.path(), Instant.EPOCH);
        if (mount.uploads().maxAge().isZero() || last.plus(SWEEP).isAfter(now)) {
            return Mono.empty();
        }
        swept.put(mount.path(), now);
        return catalog.below(source.repository(), source.id(), "/", Instant.EPOCH)
                .filter(entry -> !keeps(mount, entry))
                .concatMap(evictor::remove)
                .then()
                .onErrorComplete();
    }

    private Entry entry(Request request, Source source, Artifact artifact, Intake.Filled filled) {
        Instant now = clock.instant();
        Coordinates coordinates = artifact.coordinates();
        String sent = request.conditions().forwarded().get("Content-Type");
        String fixed = artifact.contentType();
        return new Entry(
                source.key(artifact.path()),
                source.format().name(),
                Entry.Kind.ARTIFACT,
                source.folder() + "/" + artifact.place(),
                filled.digest().hex(),
                filled.size(),
                fixed != null ? fixed : sent != null ? sent : "application/octet-stream",
                null,
                null,
                source.upstream().url().toString(),
                filled.further(),
                false,
                coordinates == null ? null : coordinates.name(),
                coordinates == null ? null : coordinates.version(),
                now,
                now);
    }
}
