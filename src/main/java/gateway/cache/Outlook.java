package gateway.cache;

import gateway.catalog.Absence;
import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Cacheable;
import gateway.format.Index;
import gateway.settings.Upstream;
import gateway.storage.Blob;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import gateway.upstream.UpstreamRequest.Lane;
import gateway.upstream.UpstreamState;
import gateway.upstream.Upstreams;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What would come of a request at one upstream, without asking it. */
final class Outlook {

    private final Catalog catalog;
    private final BlobStore store;
    private final Upstreams upstreams;
    private final Clock clock;
    private final Cache cache;

    Outlook(Parts parts, Cache cache) {
        this.catalog = parts.catalog();
        this.store = parts.store();
        this.upstreams = parts.upstreams();
        this.clock = parts.clock();
        this.cache = cache;
    }

    /**
     * What a client would get.
     *
     * @param status null when it is the upstream's to say, as is the outcome
     */
    record Verdict(
            String decision,
            @Nullable Integer status,
            @Nullable Outcome outcome,
            String why) {

        /** Whether another upstream is asked after it. */
        boolean absence() {
            return status != null && (status == 404 || status == 410);
        }

        /** Whether a mirror stands in for it. */
        boolean failure() {
            return status != null && (status == 429 || status >= 500);
        }
    }

    /** One upstream: as people are told, and what it means. */
    record Step(Source source, Explanation.OfUpstream shown, Verdict verdict) {}

    /** Of a request that is passed on each time. */
    Step passed(Source source) {
        UpstreamState state = upstreams.state(source.upstream(), Lane.INDEX);
        Verdict blocked = blocked(state);
        return step(
                source,
                state,
                null,
                blocked == null ? ask("relay", "it is passed on each time and never kept") : blocked);
    }

    /** Of a request that begins with a question to the upstream, whatever is held. */
    Step asked(Source source, Lane lane, String why) {
        UpstreamState state = upstreams.state(source.upstream(), lane);
        Verdict blocked = blocked(state);
        return step(source, state, null, blocked == null ? ask("fetch", why) : blocked);
    }

    /** Of a file. */
    Mono<Step> of(Source source, Cacheable resource) {
        return cache.seen(source, resource)
                .flatMap(entry -> present(entry).map(bytes -> held(resource, entry, bytes)))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(held -> of(source, resource, held.orElse(null)));
    }

    private record Known(Entry entry, Explanation.Held shown) {}

    private Mono<Step> of(Source source, Cacheable resource, @Nullable Known known) {
        Lane lane = resource instanceof Index ? Lane.INDEX : Lane.ARTIFACT;
        UpstreamState state = upstreams.state(source.upstream(), lane);
        return verdict(source, resource, known, state)
                .map(verdict -> step(source, state, known == null ? null : known.shown(), verdict));
    }

    private Mono<Verdict> verdict(Source source, Cacheable resource, @Nullable Known known, UpstreamState state) {
        Absence negative = cache.negative(source, resource);
        if (negative != null) {
            return Mono.just(new Verdict(
                    "negative",
                    negative.status(),
                    Outcome.NEGATIVE,
                    "the upstream said so less than " + resource.negativeFor().toSeconds() + " s ago"));
        }
        // Bytes that are gone are fetched anew when they are asked for.
        Entry entry = known == null || !known.shown().bytes() ? null : known.entry();
        return switch (Decision.of(resource, entry, Directives.NONE, clock.instant())) {
            case Decision.Serve serve -> Mono.just(serve(resource, serve));
            case Decision.Revalidate revalidate -> Mono.just(revalidate(state));
            case Decision.Fetch miss -> fetch(source, resource, known, state);
            case Decision.Refuse refuse -> Mono.error(new IllegalStateException("nobody asked for the store only"));
        };
    }

    private static Verdict serve(Cacheable resource, Decision.Serve serve) {
        if (serve.refresh()) {
            return new Verdict(
                    "stale", 200, Outcome.REFRESHING, "a little too old: it is served, and refreshed behind");
        }
        return new Verdict(
                "hit",
                200,
                Outcome.HIT,
                resource instanceof Index
                        ? "held and fresh"
                        : "held, and what is stored once is never asked for again");
    }

    private Verdict revalidate(UpstreamState state) {
        Verdict blocked = blocked(state);
        return blocked == null
                ? ask(
                        "revalidate",
                        "too old: the upstream is asked whether it is still right, and if it fails, the old one is served")
                : new Verdict("stale", 200, Outcome.staleIfError(), "too old, but " + blocked.why());
    }

    private Mono<Verdict> fetch(Source source, Cacheable resource, @Nullable Known known, UpstreamState state) {
        if (cache.flying(source, resource)) {
            return Mono.just(ask("join", "another client's fetch is under way"));
        }
        Verdict blocked = blocked(state);
        if (blocked != null) {
            return catalog.absence(source.key(resource.path()))
                    .onErrorComplete()
                    .map(absence -> new Verdict(
                            "negative",
                            absence.status(),
                            Outcome.staleIfError(),
                            "the upstream said so before, and " + blocked.why()))
                    .defaultIfEmpty(blocked);
        }
        if (cache.oversized(source, resource)) {
            return Mono.just(ask("relay", "larger than what may be kept"));
        }
        return Mono.just(ask("fetch", known == null ? "not held" : "its bytes are gone from the store"));
    }

    /** Why the upstream is not asked now; null when it is. */
    private static @Nullable Verdict blocked(UpstreamState state) {
        Instant throttled = state.throttledUntil();
        if (throttled != null) {
            return new Verdict(
                    "refuse", 429, Outcome.failed("miss"), "the upstream asked us to wait until " + throttled);
        }
        Instant open = state.openUntil();
        return open == null
                ? null
                : new Verdict(
                        "refuse",
                        502,
                        Outcome.failed("miss"),
                        "the upstream failed too often and is left alone until " + open);
    }

    private static Verdict ask(String decision, String why) {
        return new Verdict(decision, null, null, why);
    }

    private static Step step(Source source, UpstreamState state, Explanation.@Nullable Held held, Verdict verdict) {
        Upstream upstream = source.upstream();
        boolean credentials = upstream.credentials() != null
                || upstream.token() != null
                || !upstream.headers().isEmpty();
        Explanation.OfUpstream shown = new Explanation.OfUpstream(
                upstream.name(),
                source.hosted() ? "" : upstream.place(),
                credentials,
                state.breaker().toLowerCase(Locale.ROOT),
                state.openUntil(),
                state.throttledUntil(),
                held,
                verdict.decision(),
                verdict.why());
        return new Step(source, shown, verdict);
    }

    private Mono<Boolean> present(Entry entry) {
        return store.open(new Digest(entry.sha256()), entry.size())
                .doOnNext(Blob::release)
                .hasElement()
                .onErrorReturn(false);
    }

    private Known held(Cacheable resource, Entry entry, boolean bytes) {
        Instant fresh = null;
        Instant stale = null;
        if (resource instanceof Index index) {
            fresh = entry.validatedAt().plus(index.freshFor());
            stale = fresh.plus(index.staleFor());
        }
        long age = Math.max(
                0, Duration.between(entry.validatedAt(), clock.instant()).toSeconds());
        return new Known(
                entry,
                new Explanation.Held(
                        entry.place(),
                        entry.sha256(),
                        entry.size(),
                        entry.contentType(),
                        entry.etag(),
                        entry.lastModified(),
                        entry.verified(),
                        bytes,
                        entry.storedAt(),
                        entry.validatedAt(),
                        age,
                        fresh,
                        stale));
    }
}
