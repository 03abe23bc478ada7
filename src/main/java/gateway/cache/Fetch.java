package gateway.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import gateway.catalog.Absence;
import gateway.catalog.CacheKey;
import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Algorithm;
import gateway.format.Artifact;
import gateway.format.Cacheable;
import gateway.format.Check;
import gateway.format.Checksum;
import gateway.format.Index;
import gateway.storage.BlobStore;
import gateway.storage.LengthException;
import gateway.storage.Spool;
import gateway.storage.StorageException;
import gateway.storage.TooLargeException;
import gateway.storage.Urgency;
import gateway.upstream.UpstreamException;
import gateway.upstream.UpstreamRequest;
import gateway.upstream.UpstreamResponse;
import gateway.upstream.Upstreams;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Runs one flight: asks the upstream, fills a spool, verifies it, and hands it to {@link Publication}.
 *
 * <p>Whatever goes wrong leaves nothing half-stored: the spool is removed, and what was held before stays.
 */
final class Fetch {

    private static final Logger log = LoggerFactory.getLogger(Fetch.class);
    /** Text of a 404 that is kept for people. */
    private static final int MESSAGE = 2 << 10;
    /** Left free on the volume, for the catalog and for others. */
    private static final long RESERVE = 16L << 20;
    /** How long a file is relayed at once that turned out too large to keep. */
    private static final Duration OVERSIZED = Duration.ofHours(1);

    private final Catalog catalog;
    private final BlobStore store;
    private final Upstreams upstreams;
    private final Planner planner;
    private final Verifier verifier;
    private final Growth growth;
    private final Publication publication;
    private final Evictor evictor;
    private final Clock clock;
    private final long largest;
    private final Consumer<CacheKey> tainted;
    private final com.github.benmanes.caffeine.cache.Cache<CacheKey, Boolean> oversized = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(OVERSIZED)
            .build();

    Fetch(Parts parts, Planner planner, Publication publication, Evictor evictor, Consumer<CacheKey> tainted) {
        this.tainted = tainted;
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.upstreams = parts.upstreams();
        this.planner = planner;
        this.verifier = new Verifier();
        this.growth = new Growth(parts);
        this.publication = publication;
        this.evictor = evictor;
        this.clock = parts.clock();
        this.largest = parts.largestArtifact();
    }

    /** What one run is about. */
    record Job(
            Flight flight,
            Source source,
            Cacheable resource,
            @Nullable Entry held) {

        CacheKey key() {
            return source.key(resource.path());
        }
    }

    Mono<Void> run(Job job) {
        Entry now = catalog.hot(job.key());
        if (now != null
                && (job.held() == null || now.validatedAt().isAfter(job.held().validatedAt()))) {
            // Somebody's flight landed between this asker's look into the catalog and its joining the flights.
            job.flight().settled(now, 0);
            return Mono.empty();
        }
        if (oversized(job.key())) {
            return Mono.error(tooLarge());
        }
        return planner.plan(job.source(), job.resource())
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(plan -> plan.isPresent() ? ask(job, plan.get()) : gone(job, new Absence(404, "not found")));
    }

    /** Whether it turned out too large to keep, not long ago. */
    boolean oversized(CacheKey key) {
        return oversized.getIfPresent(key) != null;
    }

    private Mono<Void> ask(Job job, Planner.Plan plan) {
        UpstreamRequest request = request(job, plan);
        return job.held() != null && job.resource() instanceof Index index && index.grows()
                ? grown(job, plan, index, Growth.request(request, job.held()))
                : whole(job, plan, request);
    }

    private Mono<Void> grown(Job job, Planner.Plan plan, Index index, UpstreamRequest request) {
        return upstreams.get(request).flatMap(response -> switch (response.status()) {
            case 206 ->
                growth.joined(Objects.requireNonNull(job.held()), index, response)
                        .map(Optional::of)
                        .defaultIfEmpty(Optional.empty())
                        .flatMap(entry -> entry.isPresent()
                                ? publication.replace(job, entry.get())
                                : whole(job, plan, request(job, plan)));
            case 416 -> {
                response.discard();
                yield whole(job, plan, request(job, plan));
            }
            default -> answered(job, plan, request, response);
        });
    }

    private Mono<Void> whole(Job job, Planner.Plan plan, UpstreamRequest request) {
        return upstreams.get(request).flatMap(response -> answered(job, plan, request, response));
    }

    private Mono<Void> answered(Job job, Planner.Plan plan, UpstreamRequest request, UpstreamResponse response) {
        return switch (response.status()) {
            case 200 -> receive(job, plan, request, response);
            case 304 -> confirmed(job, response);
            case 404 -> elsewhere(job, plan, response);
            case 410 -> absent(job, response);
            case 400, 401, 403 ->
                plan.renewed() == null ? denied(job, response) : renewed(job, plan, plan.renewed(), response);
            default -> refused(job, response);
        };
    }

    private Mono<Void> elsewhere(Job job, Planner.Plan plan, UpstreamResponse response) {
        if (plan.otherwise() == null) {
            return absent(job, response);
        }
        response.discard();
        return ask(job, new Planner.Plan(plan.otherwise(), plan.expectation(), plan.link()));
    }

    private Mono<Void> denied(Job job, UpstreamResponse response) {
        return response.status() == 403 && job.source().upstream().forbiddenMeansNotFound()
                ? absent(job, response)
                : refused(job, response);
    }

    /** The address was perhaps good for a while only; asked once more where the index says another one now. */
    private Mono<Void> renewed(Job job, Planner.Plan plan, Mono<Planner.Plan> renewed, UpstreamResponse response) {
        return renewed.filter(newer -> !newer.uri().equals(plan.uri()))
                .onErrorComplete()
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(newer -> {
                    if (newer.isEmpty()) {
                        return denied(job, response);
                    }
                    response.discard();
                    return ask(
                            job,
                            new Planner.Plan(
                                    newer.get().uri(),
                                    newer.get().expectation(),
                                    newer.get().link()));
                })
                .doOnCancel(response::discard);
    }

    private static UpstreamRequest request(Job job, Planner.Plan plan) {
        return request(job.source(), job.resource(), job.held(), plan.uri());
    }

    /** On the condition that it is not what is held. */
    static UpstreamRequest request(Source source, Cacheable resource, @Nullable Entry held, URI uri) {
        Map<String, String> headers = new HashMap<>();
        boolean encoded = false;
        UpstreamRequest.Lane lane = UpstreamRequest.Lane.ARTIFACT;
        headers.put("Accept", "*/*");
        headers.putAll(resource.asked());
        if (resource instanceof Index index) {
            headers.put("Accept", index.accept());
            encoded = index.encoded();
            lane = UpstreamRequest.Lane.INDEX;
        }
        if (held != null) {
            if (held.etag() != null) {
                headers.put("If-None-Match", held.etag());
            }
            if (held.lastModified() != null) {
                headers.put("If-Modified-Since", held.lastModified());
            }
        }
        return new UpstreamRequest(source.upstream(), lane, "GET", uri, Map.copyOf(headers), null, encoded);
    }

    private Mono<Void> confirmed(Job job, UpstreamResponse response) {
        response.discard();
        if (job.held() == null) {
            return Mono.error(Failure.badGateway("the upstream answered 304 to an unconditional request"));
        }
        Entry entry = job.held().validated(clock.instant(), response.header("ETag"), response.header("Last-Modified"));
        return publication.save(entry).then(Mono.fromRunnable(() -> job.flight().settled(entry, 304)));
    }

    private Mono<Void> absent(Job job, UpstreamResponse response) {
        String type = Optional.ofNullable(response.header("Content-Type")).orElse("");
        Mono<String> text;
        if (type.startsWith("text/plain")) {
            text = Planner.Bytes.of(response.body(), MESSAGE)
                    .map(bytes -> new String(bytes, java.nio.charset.StandardCharsets.UTF_8).strip())
                    .onErrorReturn("");
        } else {
            response.discard();
            text = Mono.just("");
        }
        return text.flatMap(message -> gone(
                job,
                new Absence(
                        response.status() == 410 ? 410 : 404,
                        message.isEmpty() ? "not found: " + job.resource().path() : message)));
    }

    /** An index's own absence replaces what was held; an artifact that is held is never asked for again. */
    private Mono<Void> gone(Job job, Absence absence) {
        Mono<Void> forget = job.held() == null ? Mono.empty() : evictor.remove(job.held());
        return forget.onErrorComplete()
                .then(Mono.fromRunnable(() -> job.flight().gone(absence)));
    }

    private static Mono<Void> refused(Job job, UpstreamResponse response) {
        response.discard();
        return Mono.error(Failure.refused(job.source(), response));
    }

    private Mono<Void> receive(Job job, Planner.Plan plan, UpstreamRequest request, UpstreamResponse response) {
        long length = response.length().orElse(-1L);
        Optional<String> unfit = unfit(job, plan, response, length);
        if (unfit.isPresent()) {
            response.discard();
            return Mono.error(Failure.badGateway(unfit.get()));
        }
        return received(job, plan, request, response)
                .onErrorResume(
                        error -> Cache.waitedFor(length) && damaged(error), error -> again(job, plan, request, error));
    }

    /** Whether the body was at fault, and another attempt may bring a better one. */
    private static boolean damaged(Throwable error) {
        return error instanceof Failure.Mismatch
                || error instanceof LengthException
                || (error instanceof UpstreamException broken
                        && broken.reason() == UpstreamException.Reason.BROKEN_BODY);
    }

    /** A mirror may be wrong once. Nobody was shown anything of a body of this length, so it is asked a second time. */
    private Mono<Void> again(Job job, Planner.Plan plan, UpstreamRequest request, Throwable error) {
        log.info(
                "{}{} is fetched once more: {}",
                job.key().repository(),
                job.key().path(),
                error.getMessage());
        return upstreams.get(request).onErrorMap(unanswered -> error).flatMap(response -> {
            if (response.status() != 200) {
                response.discard();
                return Mono.error(error);
            }
            return received(job, plan, request, response);
        });
    }

    private Mono<Void> received(Job job, Planner.Plan plan, UpstreamRequest request, UpstreamResponse response) {
        long length = response.length().orElse(-1L);
        Rescue rescue = Rescue.of(upstreams, request, response);
        return Mono.usingWhen(
                        room(length).then(store.create()),
                        spool -> fill(job, plan, response, rescue, spool),
                        spool -> Mono.fromRunnable(spool::release),
                        (spool, error) -> broken(spool, error),
                        spool -> broken(spool, new IllegalStateException("the flight was dropped")))
                .doFinally(signal -> response.discard());
    }

    private static Optional<String> unfit(Job job, Planner.Plan plan, UpstreamResponse response, long length) {
        boolean encoded = job.resource() instanceof Index index && index.encoded();
        String encoding = response.header("Content-Encoding");
        // Servers label .tar.gz by its ending; then the bytes are what was asked for all the same.
        boolean compressedFile = job.resource().path().matches(".*\\.(gz|tgz|xz|bz2|zst|br|Z|rz|rds)");
        if (!encoded && encoding != null && !encoding.equals("identity") && !compressedFile) {
            return Optional.of("the upstream sent " + encoding + " although plain bytes were asked for");
        }
        if (plan.expectation() instanceof Expectation.Promised promised
                && promised.again() == null
                && promised.size() >= 0
                && length >= 0
                && promised.size() != length) {
            return Optional.of("the upstream has " + length + " bytes where its index promises " + promised.size());
        }
        return Optional.empty();
    }

    private StorageException tooLarge() {
        return new StorageException("not kept", new TooLargeException(largest));
    }

    /** Who did not know the length was cut off at the limit, and is to fare better when coming back. */
    private StorageException remembered(Job job, StorageException error) {
        if (error.getCause() instanceof TooLargeException) {
            oversized.put(job.key(), true);
        }
        return error;
    }

    private Mono<Void> room(long length) {
        if (length > largest) {
            return Mono.error(tooLarge());
        }
        return length < BlobStore.SMALL
                ? Mono.empty()
                : store.free()
                        .flatMap(free -> free - RESERVE >= length
                                ? Mono.<Void>empty()
                                : Mono.<Void>error(new StorageException(
                                        "no room for " + length + " bytes",
                                        new IOException(free + " bytes are free on the store's volume"))));
    }

    private Mono<Void> fill(Job job, Planner.Plan plan, UpstreamResponse response, Rescue rescue, Spool spool) {
        long length = rescue.length();
        job.flight()
                .streaming(new Flight.Head.Streaming(
                        spool,
                        Entries.contentType(job.resource(), response),
                        length,
                        response.header("Last-Modified"),
                        !(plan.expectation() instanceof Expectation.Nothing),
                        rescue));
        // What the bytes must be is found out, and their digests are computed, while they come in.
        Mono<Optional<Checksum.Known>> expected = verifier.expected(plan, response)
                .doOnNext(known -> known.ifPresent(it -> spool.begin(it.algorithm(), Urgency.AWAITED)));
        Mono<Long> filled = Mono.defer(() -> {
            names(job, Optional.empty()).forEach(algorithm -> spool.begin(algorithm, urgency(job, length)));
            return spool.fill(rescue.resumed(response), length, largest)
                    .onErrorMap(StorageException.class, error -> remembered(job, error));
        });
        return Mono.zip(expected, filled)
                .flatMap(both -> verifier.verify(plan, spool, both.getT1())
                        .onErrorMap(Failure.class, error -> condemn(job, length, error))
                        .flatMap(verified ->
                                (verified ? Mono.<Void>empty() : sound(job, response, spool)).thenReturn(verified))
                        .flatMap(verified -> agrees(job, spool).map(agrees -> verified || agrees))
                        .flatMap(verified -> {
                            spool.complete();
                            return spool.digests(names(job, both.getT1()))
                                    .flatMap(digests -> publication.keep(
                                            job,
                                            plan,
                                            spool,
                                            Entries.of(
                                                    job,
                                                    plan,
                                                    response,
                                                    both.getT2(),
                                                    digests,
                                                    verified,
                                                    clock.instant())));
                        }));
    }

    /** Clients wait until an index or a small artifact is stored, and for others only until they are right. */
    private static Urgency urgency(Job job, long length) {
        return job.resource() instanceof Index || Cache.waitedFor(length) ? Urgency.AWAITED : Urgency.BACKGROUND;
    }

    /**
     * The digests under which the bytes will be known: the store's own, the one that was compared, and those that clients
     * of the format ask for each time. Any other is computed when somebody asks for it.
     */
    private static Set<Algorithm> names(Job job, Optional<Checksum.Known> compared) {
        Set<Algorithm> names = EnumSet.of(Algorithm.SHA256);
        compared.ifPresent(known -> names.add(known.algorithm()));
        names.addAll(job.resource().digests());
        return names;
    }

    private Failure condemn(Job job, long length, Failure error) {
        if (!Cache.waitedFor(length)) {
            tainted.accept(job.key());
        }
        return new Failure.Mismatch(error);
    }

    private Mono<Void> sound(Job job, UpstreamResponse response, Spool spool) {
        Mono<Void> noPage =
                WebPages.suspected(job.resource(), response) ? inspected(spool, WebPages::refuse) : Mono.empty();
        return job.resource() instanceof Artifact artifact && artifact.check() != null
                ? noPage.then(inspected(spool, artifact.check()))
                : noPage;
    }

    private Mono<Void> inspected(Spool spool, Check check) {
        return store.read(spool, in -> {
                    check.check(in);
                    return true;
                })
                .then()
                .onErrorMap(IOException.class, error -> new Failure.Mismatch(Failure.of(error)));
    }

    /** True when another document was compared with and agrees, false when none has a say; else an error. */
    private Mono<Boolean> agrees(Job job, Spool spool) {
        return job.resource() instanceof Artifact artifact && artifact.checkedBy() != null
                ? planner.check(job.source(), artifact.checkedBy())
                        .flatMap(check -> inspected(spool, check))
                        .thenReturn(true)
                : Mono.just(false);
    }

    private Mono<Void> broken(Spool spool, Throwable error) {
        spool.fail(error);
        return store.abandon(spool).onErrorComplete().then(Mono.fromRunnable(spool::release));
    }
}
