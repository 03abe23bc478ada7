package gateway.cache;

import gateway.catalog.Absence;
import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Artifact;
import gateway.format.Cacheable;
import gateway.format.Index;
import gateway.format.Origin;
import gateway.format.Rendering;
import gateway.format.Resource;
import gateway.storage.Blob;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import gateway.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Answers requests: from the store when it can, through the upstream when it must.
 *
 * <p>{@link #immediate} is for the event loop and never waits; {@link #serve} does everything else. Failures are replies
 * as well: nothing but a defect of the gateway itself comes out as an error.
 */
public final class PullThrough {

    private static final Logger log = LoggerFactory.getLogger(PullThrough.class);
    /** A range that begins so many bytes ahead of a flight does not wait for it. */
    private static final long FAR = 8L << 20;
    /** So many things that were purged by hand may stand in the way of one answer. */
    private static final int PURGED = 8;

    private final Catalog catalog;
    private final BlobStore store;
    private final Clock clock;
    private final Cache cache;
    private final Merging merging;
    private final Sidecars sidecars;
    private final Renditions renditions;
    private final Generations generations;
    private final Planner planner;
    private final Relay relay;
    private final Replies replies;
    private final Flights flights;
    private final Evictor evictor;
    private final Hosted hosted;
    private final Explainer explainer;
    private final Resolutions resolutions = new Resolutions();

    public PullThrough(Parts parts) {
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.clock = parts.clock();
        Documents documents = new Documents(store);
        this.evictor = new Evictor(parts);
        this.flights = new Flights(parts.flightDeadline());
        this.cache = new Cache(parts, documents, evictor, flights);
        this.generations = cache.generations();
        this.planner = cache.planner();
        this.merging = new Merging(cache, documents);
        this.sidecars = new Sidecars(cache, catalog, store);
        this.renditions = new Renditions(parts, evictor);
        this.relay = new Relay(parts.upstreams());
        this.replies = new Replies(clock);
        this.hosted = new Hosted(parts, cache, evictor);
        this.explainer = new Explainer(parts, cache, hosted);
    }

    /**
     * The reply when everything it needs is in memory or open: no waiting, no SQL, no other thread.
     *
     * @return null when {@link #serve} has to answer
     */
    public @Nullable Hit immediate(Request request) {
        Resource resource = resolutions.of(request).orElse(null);
        if (!(resource instanceof Cacheable cacheable)) {
            return null;
        }
        Mount mount = request.mount().permitting(request.ask(), cacheable);
        if (mount == null) {
            return null;
        }
        Source source = mount.sources().getFirst();
        Entry entry = catalog.hot(source.key(cacheable.path()));
        Directives directives = Directives.parse(request.conditions().cacheControl());
        if (entry == null
                || Merging.needed(mount, cacheable)
                || (hosted(cacheable) && !hosted.keeps(mount, entry))
                || (cacheable instanceof Index index && index.soleUpstream())
                || !(Decision.of(cacheable, entry, directives, clock.instant()) instanceof Decision.Serve serve)
                || serve.refresh()) {
            return null;
        }
        Entry shown = entry;
        Replies.Form form = plain(entry);
        if (cacheable instanceof Index index && index.rendering() != null) {
            boolean gzip = index.encoded() && request.conditions().gzip();
            Entry rendition = renditions.hot(request.mount(), entry, index.rendering(), gzip);
            if (rendition == null) {
                return null;
            }
            shown = rendition;
            form = rendered(index.rendering(), gzip);
        }
        Blob blob = store.hot(new Digest(shown.sha256()));
        if (blob == null) {
            return null;
        }
        catalog.touched(entry.key());
        Instant until = switch (cacheable) {
            case Index index -> entry.validatedAt().plus(index.freshFor());
            case Artifact artifact when hosted(artifact) -> Instant.MIN;
            case Artifact artifact -> Instant.MAX;
        };
        Reply reply = replies.stored(request, cacheable, shown, entry, form, blob, Outcome.HIT);
        return new Hit(reply.from(source), entry, until);
    }

    /** Counts a hit that is to be given again: its age now in seconds, -1 when the reply has to be made anew. Never waits. */
    public long again(Hit hit) {
        Instant now = clock.instant();
        if (now.isAfter(hit.until())
                || !hit.entry().equals(catalog.hot(hit.entry().key()))) {
            return -1;
        }
        catalog.touched(hit.entry().key());
        return Math.max(0, hit.entry().validatedAt().until(now, ChronoUnit.SECONDS));
    }

    /** The reply, whatever it takes. */
    public Mono<Reply> serve(Request request) {
        return Mono.defer(() -> resolutions
                        .of(request)
                        .map(resource -> permitted(request, resource))
                        .orElseGet(() -> Mono.just(replies.refusal(
                                request,
                                404,
                                "no such path in a repository of format "
                                        + request.mount().format().name(),
                                null,
                                Outcome.LOCAL))))
                // No part of it knows of any such thing; without a reply the server would send an empty 200.
                .switchIfEmpty(Mono.fromSupplier(() -> replies.refusal(
                        request, 404, "not found: " + request.ask().path(), null, Outcome.miss(404, false, false))))
                .onErrorResume(error -> Mono.just(failed(request, error)));
    }

    private Reply failed(Request request, Throwable error) {
        Failure failure = Failure.of(error);
        if (failure.status() == 500) {
            log.error(
                    "{} {}{}",
                    request.ask().method(),
                    request.mount().path(),
                    request.ask().path(),
                    error);
        }
        Reply reply = replies.failed(request, failure);
        List<Source> sources = request.mount().sources();
        return sources.size() == 1 ? reply.from(sources.getFirst()) : reply;
    }

    /** Whom rules keep from being asked has no part in the answer, be it held or not. */
    private Mono<Reply> permitted(Request request, Resource resource) {
        Mount mount = request.mount().permitting(request.ask(), resource);
        if (mount != null) {
            return answered(request.to(mount), resource, PURGED);
        }
        log.info(
                "denied {} {}{}: rules let no upstream be asked",
                request.ask().method(),
                request.mount().path(),
                request.ask().path());
        return Mono.just(replies.refusal(
                request, 404, "the rules of this repository let no upstream be asked", null, Outcome.DENIED));
    }

    /** What was cleared by hand is forgotten and asked for anew; an answer may need several things of that kind. */
    private Mono<Reply> answered(Request request, Resource resource, int left) {
        return Mono.defer(() -> dispatch(request, resource))
                .onErrorResume(
                        LostBytes.class,
                        gone -> left == 0 || !request.ask().reads()
                                ? Mono.error(gone)
                                : evictor.lost(gone.entry()).then(answered(request, resource, left - 1)));
    }

    private Mono<Reply> dispatch(Request request, Resource resource) {
        return switch (resource) {
            case Index index
            when index.soleUpstream() && request.mount().sources().size() > 1 ->
                Mono.just(replies.refusal(request, 404, "several upstreams make this repository", null, Outcome.LOCAL));
            case Artifact artifact when request.ask().reads() && hosted(artifact) -> stored(request, artifact);
            case Cacheable cacheable
            when request.ask().reads() ->
                Merging.needed(request.mount(), cacheable)
                        ? merging.reply(request, (Index) cacheable).switchIfEmpty(notFound(request, cacheable))
                        : first(request, source -> cached(request, source, cacheable));
            case Cacheable cacheable -> Mono.just(notAllowed(request));
            case Resource.Member member ->
                first(
                        request,
                        source -> member(request, source, member, Directives.NONE)
                                // The upstream moved on between its root and its member: read the root once more.
                                .onErrorResume(
                                        Failure.class,
                                        error -> member(request, source, member, Directives.REVALIDATE)));
            case Resource.Sidecar sidecar -> sidecar(request, sidecar);
            case Resource.Literal literal ->
                Mono.just(literal.headers().entrySet().stream()
                        .reduce(
                                replies.content(
                                        request,
                                        literal.status(),
                                        literal.contentType(),
                                        literal.body().apply(request.mount().base()),
                                        Outcome.LOCAL),
                                (reply, header) -> reply.with(header.getKey(), header.getValue()),
                                (one, other) -> other));
            case Resource.Moved moved -> Mono.just(moved(request, moved));
            case Resource.Passthrough pass -> first(request, source -> passed(request, source, pass));
            case Resource.Upload upload ->
                hosted.put(request, request.mount().sources().getFirst(), upload.artifact())
                        .map(entry -> replies.content(request, 201, "text/plain", new byte[0], Outcome.UPLOADED)
                                .with("ETag", "\"" + entry.sha256() + "\""));
            case Resource.Refused refused ->
                Mono.just(replies.refusal(request, refused.status(), refused.message(), null, Outcome.LOCAL));
        };
    }

    private Mono<Reply> passed(Request request, Source source, Resource.Passthrough pass) {
        return planner.where(source, request.ask().path(), pass.origin(), null)
                .flatMap(uri -> relay.pass(request, source, uri))
                .switchIfEmpty(Mono.fromSupplier(() -> replies.refusal(
                        request, 404, "the upstream has nothing of the kind", null, Outcome.miss(404, false, false))));
    }

    private static boolean hosted(Cacheable resource) {
        return resource instanceof Artifact artifact && artifact.origin() instanceof Origin.Hosted;
    }

    private Mono<Reply> stored(Request request, Artifact artifact) {
        Source source = request.mount().sources().getFirst();
        return hosted.held(request.mount(), source, artifact)
                .flatMap(entry -> show(request, artifact, entry, Outcome.HIT))
                .switchIfEmpty(Mono.fromSupplier(() -> {
                    catalog.missed(source.format().name());
                    return replies.refusal(request, 404, "nobody stored " + artifact.path(), null, Outcome.LOCAL);
                }));
    }

    private Mono<Reply> member(Request request, Source source, Resource.Member member, Directives directives) {
        return generations
                .resolve(source, member, directives)
                .flatMap(found -> found instanceof Cacheable kept
                        ? cached(request, source, kept)
                        : Mono.<Reply>error(new IllegalStateException("a member is a file")));
    }

    private Reply notAllowed(Request request) {
        return replies.refusal(request, 405, request.ask().method() + " is not supported here", null, Outcome.LOCAL)
                .with("Allow", "GET, HEAD");
    }

    private Reply moved(Request request, Resource.Moved moved) {
        String query = request.ask().query();
        String location = request.mount().base() + Origin.encode(moved.path()) + (query.isEmpty() ? "" : "?" + query);
        return replies.content(request, 301, "text/plain", new byte[0], Outcome.LOCAL)
                .with("Location", location);
    }

    interface Attempt {
        Mono<Reply> ask(Source source);
    }

    /** The upstreams in order: the next one only after "not found", or when it mirrors one that failed. */
    static Mono<Reply> first(List<Source> sources, Attempt attempt) {
        return from(sources, 0, attempt);
    }

    private static Mono<Reply> first(Request request, Attempt attempt) {
        return first(request.mount().sources(), attempt);
    }

    private static Mono<Reply> from(List<Source> sources, int position, Attempt attempt) {
        Source source = sources.get(position);
        Mono<Reply> answer = attempt.ask(source).map(reply -> reply.from(source));
        if (position + 1 == sources.size()) {
            return answer;
        }
        Mono<Reply> next = Mono.defer(() -> from(sources, position + 1, attempt));
        boolean mirrored = source.mirrors(sources.get(position + 1));
        return answer.map(Optional::of)
                .onErrorResume(error -> mirrored ? Mono.just(Optional.empty()) : Mono.error(error))
                .flatMap(reply -> {
                    if (reply.isPresent() && !reply.get().isAbsence()) {
                        return Mono.just(reply.get());
                    }
                    reply.ifPresent(absence -> absence.body().discard());
                    return next;
                });
    }

    private Mono<Reply> cached(Request request, Source source, Cacheable resource) {
        if (request.head() && resource instanceof Artifact artifact) {
            return cache.held(source, artifact)
                    .flatMap(entry -> show(request, artifact, entry, Outcome.HIT))
                    .switchIfEmpty(Mono.defer(
                            () -> Directives.parse(request.conditions().cacheControl())
                                            .onlyIfCached()
                                    ? Mono.error(Failure.notHeld())
                                    : head(request, source, artifact)));
        }
        Directives directives = Directives.parse(request.conditions().cacheControl());
        return shown(request, source, resource, cache.get(source, resource, directives));
    }

    /** The reply from what was got for it; trouble comes out as an error. */
    Mono<Reply> shown(Request request, Source source, Cacheable resource, Mono<Cache.Got> got) {
        Request asked = cache.tainted(source, resource) ? request.whole() : request;
        return got.flatMap(there -> answer(asked, source, resource, there))
                .onErrorResume(StorageException.class, error -> unstored(request, source, resource, error));
    }

    private Mono<Reply> answer(Request request, Source source, Cacheable resource, Cache.Got got) {
        return switch (got) {
            case Cache.Got.Held held -> show(request, resource, held.entry(), held.outcome());
            case Cache.Got.Flying flying -> flying(request, source, resource, flying);
            case Cache.Got.Absent absent ->
                Mono.just(replies.refusal(
                        request, absent.absence().status(), absent.absence().message(), null, absent.outcome()));
        };
    }

    /** A part of unverified bytes looks complete to its client, so it waits for the end when a digest is promised. */
    private Mono<Reply> flying(Request request, Source source, Cacheable resource, Cache.Got.Flying flying) {
        ByteRange range = request.conditions().ifRange() == null
                ? ByteRange.parse(request.conditions().range())
                : null;
        long length = flying.head().length();
        if (range != null
                && !flying.head().promised()
                && range.from() > flying.head().spool().written() + FAR) {
            flying.head().spool().release();
            return ahead(request, source, resource, flying.flight(), flying.outcome());
        }
        boolean wait = request.head()
                || (range != null
                        && (flying.head().promised()
                                || length < 0
                                || range.within(length).isEmpty()));
        if (!wait) {
            return Mono.just(replies.following(request, resource, flying.head(), range, flying.outcome()));
        }
        flying.head().spool().release();
        return flying.flight().stored().flatMap(entry -> show(request, resource, entry, flying.outcome()));
    }

    /** A range far ahead of a running flight goes straight to the upstream if that honours ranges; else it waits. */
    private Mono<Reply> ahead(Request request, Source source, Cacheable resource, Flight flight, Outcome outcome) {
        return planner.plan(source, resource)
                .flatMap(plan -> relay.unstored(request, source, resource, plan.uri(), "range-ahead"))
                .switchIfEmpty(notFound(request, resource))
                .flatMap(reply -> {
                    if (reply.status() == 206) {
                        return Mono.just(reply);
                    }
                    reply.body().discard();
                    return flight.stored().flatMap(entry -> show(request, resource, entry, outcome));
                });
    }

    private Mono<Reply> show(Request request, Cacheable resource, Entry entry, Outcome outcome) {
        if (outcome.hit()) {
            catalog.touched(entry.key());
        }
        if (resource instanceof Index index && index.rendering() != null) {
            return rendered(request, index, entry, outcome);
        }
        return store.open(new Digest(entry.sha256()), entry.size())
                .switchIfEmpty(Mono.error(() -> new LostBytes(entry)))
                .map(blob -> replies.stored(request, resource, entry, entry, plain(entry), blob, outcome));
    }

    private Mono<Reply> rendered(Request request, Index index, Entry entry, Outcome outcome) {
        Rendering form = index.rendering();
        boolean gzip = index.encoded() && request.conditions().gzip();
        if (form == null) {
            return Mono.error(new IllegalStateException("no rendering"));
        }
        return renditions
                .get(request.mount(), entry, form, gzip)
                .map(made ->
                        replies.stored(request, index, made.entry(), entry, rendered(form, gzip), made.blob(), outcome))
                .onErrorResume(
                        Rendering.Absent.class,
                        absent -> Mono.just(
                                replies.refusal(request, 404, String.valueOf(absent.getMessage()), null, outcome)));
    }

    private static Replies.Form plain(Entry entry) {
        return new Replies.Form(entry.contentType(), null, null);
    }

    private static Replies.Form rendered(Rendering form, boolean gzip) {
        return new Replies.Form(form.contentType(), gzip ? "gzip" : null, "Accept, Accept-Encoding");
    }

    /** HEAD upstream of a file that is not held; trouble comes out as an error. */
    Mono<Reply> head(Request request, Source source, Artifact artifact) {
        return planner.plan(source, artifact)
                .flatMap(plan -> relay.head(request, source, artifact, plan.uri())
                        .flatMap(reply -> reply.status() == 404 && plan.otherwise() != null
                                ? relay.head(request, source, artifact, plan.otherwise())
                                : Mono.just(reply)))
                .switchIfEmpty(notFound(request, artifact))
                .map(reply -> {
                    if (reply.isAbsence()) {
                        catalog.absent(
                                source.key(artifact.path()),
                                new Absence(reply.status(), "not found: " + artifact.path()));
                    }
                    return reply;
                })
                .onErrorResume(error ->
                        cache.formerly(source, artifact, error).flatMap(got -> answer(request, source, artifact, got)));
    }

    private Mono<Reply> notFound(Request request, Cacheable resource) {
        return Mono.fromSupplier(() ->
                replies.refusal(request, 404, "not found: " + resource.path(), null, Outcome.miss(404, false, false)));
    }

    private Mono<Reply> unstored(Request request, Source source, Cacheable resource, StorageException error) {
        log.warn("{}{} is relayed and not stored: {}", source.repository(), resource.path(), error.getMessage());
        return planner.plan(source, resource)
                .flatMap(plan -> relay.unstored(request, source, resource, plan.uri(), "not-stored"))
                .switchIfEmpty(notFound(request, resource));
    }

    private Mono<Reply> sidecar(Request request, Resource.Sidecar sidecar) {
        if (sidecar.of() instanceof Index index && Merging.needed(request.mount(), index)) {
            return merging.digest(request, index, sidecar.algorithm()).map(hex -> digest(request, hex));
        }
        return first(
                request,
                source -> sidecars.digest(source, sidecar)
                        .map(hex -> digest(request, hex))
                        .switchIfEmpty(Mono.defer(() -> sidecar.otherwise() instanceof Cacheable own
                                ? cached(request, source, own)
                                : Mono.empty())));
    }

    private Reply digest(Request request, String hex) {
        return replies.content(request, 200, "text/plain", hex.getBytes(StandardCharsets.US_ASCII), Outcome.HIT);
    }

    /** What a GET would get now, and why; no upstream is asked, and nothing is counted or changed. */
    public Mono<Explanation> explain(Request request) {
        return Mono.defer(
                () -> explainer.explain(request, resolutions.of(request).orElse(null)));
    }

    Cache cache() {
        return cache;
    }

    Evictor evictor() {
        return evictor;
    }

    /** Fetches under way. */
    public int flights() {
        return flights.count();
    }

    /** Drops fetches under way. */
    public void close() {
        flights.drop();
    }
}
