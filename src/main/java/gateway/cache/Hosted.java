package gateway.cache;

import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Algorithm;
import gateway.format.Artifact;
import gateway.format.Coordinates;
import gateway.settings.Uploads;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import gateway.storage.LengthException;
import gateway.storage.Spool;
import gateway.storage.StorageException;
import gateway.storage.Urgency;
import io.netty.buffer.ByteBuf;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What clients store themselves: an upload becomes an entry like any other, in place of the one before it, and is evicted
 * like any other.
 */
final class Hosted {

    /** Left free on the volume. */
    private static final long RESERVE = 16L << 20;
    /** So often is looked for entries that are too old. */
    private static final Duration SWEEP = Duration.ofHours(1);

    private final Catalog catalog;
    private final BlobStore store;
    private final Cache cache;
    private final Evictor evictor;
    private final Clock clock;
    private final Map<String, Instant> swept = new ConcurrentHashMap<>();

    Hosted(Parts parts, Cache cache, Evictor evictor) {
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.clock = parts.clock();
        this.cache = cache;
        this.evictor = evictor;
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
        long length = length(request);
        if (length > limits.maxSize()) {
            return Mono.error(tooLarge(limits));
        }
        return Mono.usingWhen(
                        room(length).then(store.create()),
                        spool -> fill(request, artifact, spool, length).flatMap(filled -> {
                            spool.complete();
                            return keep(request, source, artifact, spool, filled);
                        }),
                        spool -> Mono.fromRunnable(spool::release),
                        (spool, error) -> abandon(spool),
                        this::abandon)
                .onErrorMap(LengthException.class, Hosted::brokeOff)
                .onErrorMap(
                        StorageException.class,
                        full -> new Failure(507, "there is no room for it, or the store fails", null, full));
    }

    private record Filled(long size, Map<Algorithm, String> digests) {

        Digest digest() {
            return new Digest(digests.getOrDefault(Algorithm.SHA256, ""));
        }
    }

    private static Mono<Filled> fill(Request request, Artifact artifact, Spool spool, long length) {
        Set<Algorithm> wanted = EnumSet.of(Algorithm.SHA256);
        wanted.addAll(artifact.digests());
        return Mono.defer(() -> {
                    wanted.forEach(algorithm -> spool.begin(algorithm, Urgency.AWAITED));
                    return spool.fill(body(request), length, Long.MAX_VALUE);
                })
                .flatMap(size -> spool.digests(wanted).map(digests -> new Filled(size, digests)));
    }

    private static long length(Request request) {
        String length = request.conditions().forwarded().get("Content-Length");
        try {
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static Failure tooLarge(Uploads limits) {
        return new Failure(413, "larger than uploads of this mount may be: " + limits.maxSize() + " bytes", null, null);
    }

    private static Failure brokeOff(Throwable error) {
        return new Failure(400, "the upload broke off", null, error);
    }

    private static Flux<ByteBuf> body(Request request) {
        Uploads limits = request.mount().uploads();
        AtomicLong seen = new AtomicLong();
        return request.body().onErrorMap(Hosted::brokeOff).map(buffer -> {
            if (seen.addAndGet(buffer.readableBytes()) > limits.maxSize()) {
                buffer.release();
                throw tooLarge(limits);
            }
            return buffer;
        });
    }

    private Mono<Void> room(long length) {
        return store.free()
                .flatMap(free -> free - RESERVE >= length
                        ? Mono.empty()
                        : Mono.error(new Failure(507, "there is no room for it", null, null)));
    }

    private Mono<Entry> keep(Request request, Source source, Artifact artifact, Spool spool, Filled filled) {
        Entry entry = entry(request, source, artifact, filled);
        return store.publish(spool, filled.digest())
                .then(Mono.defer(() -> cache.held(source, artifact)))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(before -> store.place(entry.place(), filled.digest(), Manifests.write(entry))
                        .then(catalog.save(entry))
                        .then(evictor.replaced(before.orElse(null), entry)))
                .onErrorResume(error -> evictor.deleteUnreferenced(filled.digest())
                        .onErrorComplete()
                        .then(Mono.error(error)))
                .then(Mono.defer(() -> sweep(request.mount(), source)))
                .then(Mono.defer(evictor::stored))
                .thenReturn(entry);
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

    private Mono<Void> abandon(Spool spool) {
        spool.fail(new IllegalStateException("the upload was not kept"));
        return store.abandon(spool).onErrorComplete().then(Mono.fromRunnable(spool::release));
    }

    private Entry entry(Request request, Source source, Artifact artifact, Filled filled) {
        Instant now = clock.instant();
        Coordinates coordinates = artifact.coordinates();
        String sent = request.conditions().forwarded().get("Content-Type");
        String fixed = artifact.contentType();
        Map<String, String> digests = new TreeMap<>();
        filled.digests().forEach((algorithm, hex) -> {
            if (algorithm != Algorithm.SHA256) {
                digests.put(algorithm.label(), hex);
            }
        });
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
                digests,
                false,
                coordinates == null ? null : coordinates.name(),
                coordinates == null ? null : coordinates.version(),
                now,
                now);
    }
}
