package gateway.cache;

import gateway.Background;
import gateway.catalog.CacheKey;
import gateway.format.Artifact;
import gateway.project.PackageFile;
import gateway.upstream.UpstreamRequest;
import gateway.upstream.UpstreamResponse;
import gateway.upstream.Upstreams;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Asks a remote by HEAD whether what was pulled from it is still what it has: one question at a time for each file. */
final class Coherence {

    /** Nobody waits longer for the remote's word than this, counted from the question. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** What is known after the question. */
    enum Verdict {
        /** The remote has the same. */
        COHERENT,
        /** The remote gives nothing to compare with. */
        UNVERIFIABLE,
        /** The remote does not have it, or no more. */
        ABSENT,
        /** The remote does not answer, or not as it should. */
        DOWN,
        /** The remote has something else. */
        CHANGED
    }

    /**
     * The remote's answer.
     *
     * @param status 0 when there was none
     */
    record Told(
            int status,
            @Nullable String etag,
            @Nullable String lastModified,
            @Nullable String sha1,
            @Nullable String md5) {

        static final Told NOTHING = new Told(0, null, null, null, null);

        private static Told of(UpstreamResponse response) {
            Told told = new Told(
                    response.status(),
                    response.header("ETag"),
                    response.header("Last-Modified"),
                    response.header("X-Checksum-Sha1"),
                    response.header("X-Checksum-Md5"));
            response.discard();
            return told;
        }
    }

    private record Question(Sinks.One<Told> answer, Instant since) {}

    private final Planner planner;
    private final Upstreams upstreams;
    private final Background background;
    private final Clock clock;
    private final Map<CacheKey, Question> asked = new ConcurrentHashMap<>();

    Coherence(Planner planner, Parts parts, Background background) {
        this.planner = planner;
        this.upstreams = parts.upstreams();
        this.clock = parts.clock();
        this.background = background;
    }

    /** Never an error, never empty. */
    Mono<Verdict> of(Source source, Artifact artifact, PackageFile held) {
        return Mono.defer(() -> {
            CacheKey key = source.key(artifact.path());
            Question mine = new Question(Sinks.one(), clock.instant());
            Question there = asked.putIfAbsent(key, mine);
            Question question = there == null ? mine : there;
            if (there == null) {
                // It goes on when all have left: a remote that hangs must come to the breaker's notice.
                background.start("ask a remote about a file", head(source, artifact, key, mine));
            }
            Duration left = PATIENCE.minus(Duration.between(question.since(), clock.instant()));
            return question.answer()
                    .asMono()
                    .timeout(left.isPositive() ? left : Duration.ZERO)
                    .onErrorReturn(Told.NOTHING)
                    .map(told -> compare(told, held));
        });
    }

    private Mono<Told> head(Source source, Artifact artifact, CacheKey key, Question question) {
        return planner.plan(source, artifact)
                .flatMap(plan -> upstreams.get(new UpstreamRequest(
                        source.upstream(),
                        // A remote that has no HEAD must not look sick to those who GET.
                        UpstreamRequest.Lane.INDEX,
                        "HEAD",
                        plan.uri(),
                        Map.of("Accept", "*/*"),
                        null,
                        false)))
                .map(Told::of)
                .onErrorReturn(Told.NOTHING)
                .defaultIfEmpty(Told.NOTHING)
                .map(told -> {
                    asked.remove(key, question);
                    question.answer().tryEmitValue(told);
                    return told;
                })
                .doFinally(signal -> asked.remove(key, question));
    }

    /**
     * Equal validators or digests confirm; another digest or entity tag refutes. A date alone confirms only, since it says
     * little, and a remote that gives none of these is taken at the word it once gave.
     */
    static Verdict compare(Told told, PackageFile held) {
        if (told.status() == 0 || told.status() >= 500) {
            return Verdict.DOWN;
        }
        if (told.status() == 404 || told.status() == 410) {
            return Verdict.ABSENT;
        }
        if (told.status() / 100 != 2) {
            return Verdict.UNVERIFIABLE;
        }
        if (told.sha1() != null || told.md5() != null) {
            boolean same = told.sha1() != null
                    ? told.sha1().equalsIgnoreCase(held.sha1())
                    : held.md5().equalsIgnoreCase(told.md5());
            return same ? Verdict.COHERENT : Verdict.CHANGED;
        }
        PackageFile.Pulled then = held.pulled();
        if (told.etag() == null) {
            return then != null
                            && told.lastModified() != null
                            && told.lastModified().equals(then.lastModified())
                    ? Verdict.COHERENT
                    : Verdict.UNVERIFIABLE;
        }
        String tag = bare(told.etag());
        boolean same = (then != null && then.etag() != null && tag.equals(bare(then.etag()))) || digest(tag, held);
        return same ? Verdict.COHERENT : Verdict.CHANGED;
    }

    /** Registries make their tags of digests, some with the algorithm's name around it. */
    private static boolean digest(String tag, PackageFile held) {
        String lower = tag.toLowerCase(Locale.ROOT);
        return lower.equals(held.md5()) || lower.equals(held.sha256()) || lower.contains(held.sha1());
    }

    private static String bare(String etag) {
        String strong = etag.strip().startsWith("W/") ? etag.strip().substring(2) : etag.strip();
        return strong.replace("\"", "");
    }
}
