package gateway.web;

import gateway.cache.Body;
import gateway.cache.Mount;
import gateway.cache.Reply;
import gateway.cache.Source;
import gateway.catalog.Statistics;
import gateway.upstream.UpstreamRequest.Lane;
import gateway.upstream.UpstreamState;
import gateway.upstream.Upstreams;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What each upstream was asked and what it was spared since the start, and how it fares. */
final class Savings {

    /** Of one upstream of one repository. */
    static final class Saved {
        private final LongAdder requests = new LongAdder();
        private final LongAdder bytes = new LongAdder();

        /** Answered without the upstream. */
        void hit(long length) {
            requests.increment();
            bytes.add(length);
        }
    }

    private final List<Mount> mounts;
    private final Upstreams upstreams;
    /** By identity: a source is compared by all that it says, which is too dear for each request. */
    private final IdentityHashMap<Source, Saved> saved;

    Savings(List<Mount> mounts, Upstreams upstreams) {
        this.mounts = mounts;
        this.upstreams = upstreams;
        IdentityHashMap<Source, Saved> all = new IdentityHashMap<>();
        for (Mount mount : mounts) {
            mount.sources().stream().filter(source -> !source.hosted()).forEach(source -> all.put(source, new Saved()));
        }
        this.saved = all;
    }

    /** Null when no upstream stands behind the reply. */
    @Nullable
    Saved of(Reply reply) {
        Source source = reply.source();
        return source == null ? null : saved.get(source);
    }

    void count(Reply reply) {
        Saved of = of(reply);
        if (of == null) {
            return;
        }
        if (reply.outcome().savedRequest()) {
            of.requests.increment();
        }
        if (reply.outcome().savedBytes() && !(reply.body() instanceof Body.Empty)) {
            of.bytes.add(Math.max(0, reply.body().length()));
        }
    }

    /** For people, in the order of the mounts. */
    List<Statistics.ByUpstream> rows() {
        return mounts.stream()
                .flatMap(mount -> mount.sources().stream())
                .filter(saved::containsKey)
                .map(this::row)
                .toList();
    }

    private Statistics.ByUpstream row(Source source) {
        UpstreamState index = upstreams.state(source.upstream(), Lane.INDEX);
        UpstreamState artifact = upstreams.state(source.upstream(), Lane.ARTIFACT);
        Saved of = saved.getOrDefault(source, new Saved());
        UpstreamState worse = rank(index) >= rank(artifact) ? index : artifact;
        return new Statistics.ByUpstream(
                source.repository(),
                source.upstream().name(),
                index.asked() + artifact.asked(),
                of.requests.sum(),
                of.bytes.sum(),
                worse.breaker().toLowerCase(Locale.ROOT),
                index.throttledUntil());
    }

    /** How far a breaker is open: 0 closed, 1 open. */
    private static double rank(UpstreamState state) {
        return switch (state.breaker()) {
            case "CLOSED" -> 0;
            case "HALF_OPEN" -> 0.5;
            default -> 1;
        };
    }

    /** The same for machines. An upstream that several repositories share is asked in the name of the first. */
    void bindTo(MeterRegistry meters, Clock clock) {
        Set<String> seen = new HashSet<>();
        for (Mount mount : mounts) {
            for (Source source : mount.sources()) {
                Saved of = saved.get(source);
                if (of == null) {
                    continue;
                }
                Tags tags = Tags.of(
                        "repository",
                        mount.path(),
                        "upstream",
                        source.upstream().name());
                FunctionCounter.builder("gateway.upstream.saved.requests", of.requests, LongAdder::sum)
                        .tags(tags)
                        .register(meters);
                FunctionCounter.builder("gateway.upstream.saved.bytes", of.bytes, LongAdder::sum)
                        .tags(tags)
                        .register(meters);
                if (seen.add(source.id())) {
                    states(meters, clock, source, tags);
                }
            }
        }
    }

    private void states(MeterRegistry meters, Clock clock, Source source, Tags tags) {
        for (Lane lane : Lane.values()) {
            Tags both = tags.and("lane", lane.name().toLowerCase(Locale.ROOT));
            FunctionCounter.builder(
                            "gateway.upstream.requests",
                            source,
                            it -> state(it, lane).asked())
                    .tags(both)
                    .register(meters);
            Gauge.builder("gateway.upstream.breaker", source, it -> rank(state(it, lane)))
                    .tags(both)
                    .register(meters);
        }
        Gauge.builder("gateway.upstream.throttled.seconds", source, it -> left(clock, state(it, Lane.INDEX)))
                .tags(tags)
                .register(meters);
    }

    private UpstreamState state(Source source, Lane lane) {
        return upstreams.state(source.upstream(), lane);
    }

    private static double left(Clock clock, UpstreamState state) {
        Instant until = state.throttledUntil();
        return until == null ? 0 : Duration.between(clock.instant(), until).toMillis() / 1000.0;
    }
}
