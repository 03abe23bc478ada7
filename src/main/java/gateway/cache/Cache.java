package gateway.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import gateway.catalog.Absence;
import gateway.catalog.CacheKey;
import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Artifact;
import gateway.format.Cacheable;
import gateway.format.Index;
import gateway.storage.BlobStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Holds or fetches one resource of one upstream. */
final class Cache {

    private static final Logger log = LoggerFactory.getLogger(Cache.class);
    /** Bodies up to this length are answered when they are complete and verified: errors then are answers, not aborts. */
    private static final long WAITED_FOR = 256 << 10;

    /** How long an asker waits for a confirmation while a stale answer is at hand; the flight goes on without it. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What there is for an asker. */
    sealed interface Got {

        Outcome outcome();

        /** In the store. */
        record Held(Entry entry, Outcome outcome) implements Got {}

        /** On its way; the asker owns the spool and releases it. */
        record Flying(Flight flight, Flight.Head.Streaming head, Outcome outcome) implements Got {}

        /** Not upstream. */
        record Absent(Absence absence, Outcome outcome) implements Got {}
    }

    /** How long clients may come back for the rest of a body that was found wrong. */
    private static final Duration TAINTED = Duration.ofMinutes(10);

    private record Negative(Absence absence, Duration lifetime) {}

    private final Catalog catalog;
    private final BlobStore store;
    private final Clock clock;
    private final Flights flights;
    private final Planner planner;
    private final Generations generations;
    private final Fetch fetch;
    private final com.github.benmanes.caffeine.cache.Cache<CacheKey, Negative> negatives;
    private final com.github.benmanes.caffeine.cache.Cache<CacheKey, Boolean> tainted =
            Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(TAINTED).build();

    Cache(Parts parts, Documents documents, Evictor evictor, Flights flights) {
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.clock = parts.clock();
        this.flights = flights;
        this.planner = new Planner(this, catalog, documents, parts.upstreams());
        this.generations = new Generations(this, parts, documents, evictor);
        this.fetch = new Fetch(
                parts,
                planner,
                new Publication(parts, planner, generations, documents, evictor),
                evictor,
                key -> tainted.put(key, true));
        this.negatives = Caffeine.newBuilder()
                .maximumSize(100_000)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .expireAfter(Expiry.creating((CacheKey key, Negative negative) -> negative.lifetime()))
                .build();
    }

    Planner planner() {
        return planner;
    }

    Generations generations() {
        return generations;
    }

    /**
     * The entry if it is held, whatever its age; nothing is fetched. The manifest beside the bytes speaks where the
     * catalog cannot be read, and where it lost the row, as it may in the last moment before a kill.
     */
    Mono<Entry> held(Source source, Cacheable resource) {
        CacheKey key = source.key(resource.path());
        return catalog.find(key)
                .onErrorResume(error -> {
                    log.warn("the catalog cannot be read: {}", error.toString());
                    return Mono.empty();
                })
                .switchIfEmpty(Mono.defer(() -> manifest(source, resource)
                        .flatMap(entry -> catalog.save(entry).onErrorComplete().thenReturn(entry))));
    }

    /** As {@link #held}, for who only looks: nothing is mended, and nothing logged. */
    Mono<Entry> seen(Source source, Cacheable resource) {
        return catalog.find(source.key(resource.path()))
                .onErrorComplete()
                .switchIfEmpty(Mono.defer(() -> manifest(source, resource)));
    }

    private Mono<Entry> manifest(Source source, Cacheable resource) {
        return store.manifest(source.folder() + "/" + resource.place())
                .map(Manifests::read)
                .filter(entry -> entry.key().equals(source.key(resource.path())))
                .onErrorComplete();
    }

    /** The upstream's word that it has no such thing, while it is remembered; null when it is not. */
    @Nullable
    Absence negative(Source source, Cacheable resource) {
        Negative negative = negatives.getIfPresent(source.key(resource.path()));
        return negative == null ? null : negative.absence();
    }

    boolean flying(Source source, Cacheable resource) {
        return flights.under(source.key(resource.path()));
    }

    /** Completes when no fetch is under way that somebody could join. */
    Mono<Void> landed(Source source, Cacheable resource) {
        return flights.landed(source.key(resource.path()));
    }

    boolean oversized(Source source, Cacheable resource) {
        return fetch.oversized(source.key(resource.path()));
    }

    /** Held, flying or absent; a {@link Failure} or another error when the upstream fails and nothing is held. */
    Mono<Got> get(Source source, Cacheable resource, Directives directives) {
        Absence negative = negative(source, resource);
        if (negative != null && !directives.revalidate()) {
            return Mono.just(new Got.Absent(negative, Outcome.NEGATIVE));
        }
        return held(source, resource)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(held -> act(source, resource, held.orElse(null), directives));
    }

    /** Whether clients may hold the beginning of wrong bytes, to which nothing may be appended. */
    boolean tainted(Source source, Cacheable resource) {
        return tainted.getIfPresent(source.key(resource.path())) != null;
    }

    /** The entry once it is stored; empty when it does not exist upstream. */
    Mono<Entry> entry(Source source, Cacheable resource, Directives directives) {
        return get(source, resource, directives).flatMap(got -> switch (got) {
            case Got.Held held -> Mono.just(held.entry());
            case Got.Flying flying -> {
                flying.head().spool().release();
                yield flying.flight().stored();
            }
            case Got.Absent absent -> Mono.empty();
        });
    }

    private Mono<Got> act(Source source, Cacheable resource, @Nullable Entry held, Directives directives) {
        return switch (Decision.of(resource, held, directives, clock.instant())) {
            case Decision.Serve serve -> {
                if (serve.refresh()) {
                    join(source, resource, serve.entry());
                }
                yield Mono.just(new Got.Held(serve.entry(), serve.refresh() ? Outcome.REFRESHING : Outcome.HIT));
            }
            case Decision.Revalidate revalidate -> revalidated(source, resource, revalidate.entry());
            case Decision.Fetch miss -> {
                catalog.missed(source.format().name());
                yield fetched(source, resource, null);
            }
            case Decision.Refuse refuse -> Mono.error(Failure.notHeld());
        };
    }

    private Flights.Joined join(Source source, Cacheable resource, @Nullable Entry held) {
        return flights.join(
                source.key(resource.path()), flight -> fetch.run(new Fetch.Job(flight, source, resource, held)));
    }

    private Mono<Got> fetched(Source source, Cacheable resource, @Nullable Entry held) {
        return Mono.defer(() -> {
            Flights.Joined joined = join(source, resource, held);
            return joined.flight()
                    .head()
                    .<Mono<Got>>map(head -> switch (head) {
                        case Flight.Head.Settled settled ->
                            Mono.just(new Got.Held(settled.entry(), Outcome.miss(0, true, true)));
                        case Flight.Head.Gone gone -> Mono.just(absent(source, resource, gone, joined));
                        case Flight.Head.Streaming streaming -> streamed(resource, joined, streaming);
                    })
                    .onErrorResume(
                            error -> Mono.just(formerly(source, resource, error).cast(Got.class)))
                    .flatMap(got -> got);
        });
    }

    /** Whether nobody is shown anything of a body before all of it is there and verified. */
    static boolean waitedFor(long length) {
        return length >= 0 && length <= WAITED_FOR;
    }

    /** What the upstream said before it failed, where that was that it has nothing of the kind; else the error. */
    Mono<Got.Absent> formerly(Source source, Cacheable resource, Throwable error) {
        return switch (Failure.of(error).status()) {
            case 429, 502, 504 ->
                catalog.absence(source.key(resource.path()))
                        .onErrorComplete()
                        .map(absence -> new Got.Absent(absence, Outcome.staleIfError()))
                        .switchIfEmpty(Mono.error(error));
            default -> Mono.error(error);
        };
    }

    private static Mono<Got> streamed(Cacheable resource, Flights.Joined joined, Flight.Head.Streaming streaming) {
        Outcome outcome = Outcome.miss(200, true, joined.collapsed());
        boolean whole = waitedFor(streaming.length()) || examined(resource);
        if (whole || !streaming.spool().tryRetain()) {
            return joined.flight().stored().map(entry -> new Got.Held(entry, outcome));
        }
        return Mono.just(new Got.Flying(joined.flight(), streaming, outcome));
    }

    /** Indexes that are read before they are kept are not shown before they were read. */
    private static boolean examined(Cacheable resource) {
        if (resource instanceof Artifact artifact) {
            return artifact.whole();
        }
        return resource instanceof Index index
                && (index.links() != null
                        || index.rendering() != null
                        || index.generation() != null
                        // Of what is still coming, nobody knows the tag yet.
                        || index.tag() != null);
    }

    private Mono<Got> revalidated(Source source, Cacheable resource, Entry held) {
        return Mono.defer(() -> {
            Flights.Joined joined = join(source, resource, held);
            return joined.flight()
                    .head()
                    .flatMap(head -> switch (head) {
                        case Flight.Head.Settled settled ->
                            Mono.<Got>just(new Got.Held(
                                    settled.entry(),
                                    Outcome.revalidated(
                                            settled.status(), settled.status() == 206, joined.collapsed())));
                        case Flight.Head.Gone gone -> Mono.just(absent(source, resource, gone, joined));
                        // A held index is replaced as a whole: until the new one stands, the old one answers.
                        case Flight.Head.Streaming streaming ->
                            joined.flight()
                                    .stored()
                                    .map(entry ->
                                            new Got.Held(entry, Outcome.revalidated(200, true, joined.collapsed())));
                    })
                    .timeout(PATIENCE)
                    .onErrorResume(error ->
                            unconfirmed(source, resource, held).thenReturn(new Got.Held(held, Outcome.staleIfError())));
        });
    }

    private Mono<Void> unconfirmed(Source source, Cacheable resource, Entry held) {
        return resource instanceof Index root && root.generation() != null
                ? generations.unconfirmed(source, root, held).onErrorComplete()
                : Mono.empty();
    }

    private Got absent(Source source, Cacheable resource, Flight.Head.Gone gone, Flights.Joined joined) {
        catalog.absent(source.key(resource.path()), gone.absence());
        if (resource.negativeFor().isPositive()) {
            negatives.put(source.key(resource.path()), new Negative(gone.absence(), resource.negativeFor()));
        }
        return new Got.Absent(gone.absence(), Outcome.miss(gone.absence().status(), false, joined.collapsed()));
    }
}
