package gateway.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import gateway.Background;
import gateway.cache.PulledFiles.Spot;
import gateway.format.Algorithm;
import gateway.format.Artifact;
import gateway.format.Format;
import gateway.format.ProjectFormats;
import gateway.format.Resource;
import gateway.policy.NameRules;
import gateway.project.PackageFile;
import gateway.project.PackageFile.Origin;
import gateway.project.Packages;
import gateway.project.Project;
import gateway.settings.Uploads;
import gateway.settings.Upstream;
import gateway.upstream.UpstreamException;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The dependency proxies of projects: a file comes from the project's package registry when it is there, and else from the
 * project's remote; whoever may publish has it listed in the registry by that.
 *
 * <p>What was pulled is served when the remote confirms it, or cannot say. What was published by hand is served as it is.
 */
public final class DependencyProxy implements ProjectTraffic {

    private static final Logger log = LoggerFactory.getLogger(DependencyProxy.class);

    /** A build waits for this, and has other repositories to try. */
    private static final Duration RESPONSE = Duration.ofSeconds(10);
    /** Remotes in use; more are made anew. */
    private static final int REMOTES = 10_000;
    /** What a client is told of a file; in lower case. */
    private static final Set<String> TOLD = Set.of(
            "content-type",
            "content-range",
            "content-disposition",
            "accept-ranges",
            "x-checksum-sha1",
            "x-checksum-md5",
            "x-checksum-sha256",
            "retry-after");
    /** What further is told of bytes that are held here. */
    private static final Set<String> OF_HELD = Set.of("etag", "last-modified", "age");

    private record Remote(long project, String format, Project.Remote remote) {}

    /** One request for a file. */
    private record Asked(ProjectRequest request, Request plain, Source source, Spot spot) {

        Artifact artifact() {
            return spot.artifact();
        }
    }

    private final PullThrough pullThrough;
    private final PulledFiles files;
    private final Pulls pulls;
    private final Coherence coherence;
    private final Replies replies;
    private final MeterRegistry meters;
    private final com.github.benmanes.caffeine.cache.Cache<Remote, Source> sources =
            Caffeine.newBuilder().maximumSize(REMOTES).build();

    /** @param parts those of which the pipeline was made */
    public DependencyProxy(
            Parts parts, PullThrough pullThrough, Packages packages, Background background, MeterRegistry meters) {
        this.pullThrough = pullThrough;
        this.files = new PulledFiles(packages, parts, pullThrough.evictor());
        this.pulls = new Pulls(pullThrough, background);
        this.coherence = new Coherence(pullThrough.cache().planner(), parts, background);
        this.replies = new Replies(parts.clock());
        this.meters = meters;
    }

    @Override
    public Mono<Reply> serve(ProjectRequest request) {
        Project.Remote remote = request.project().proxy().remotes().get(request.format());
        Format format = ProjectFormats.named(request.format()).orElse(null);
        if (remote == null || format == null) {
            return Mono.just(Refusals.notFound());
        }
        Source source = Objects.requireNonNull(
                sources.get(new Remote(request.project().id(), request.format(), remote), key -> source(key, format)));
        Mount mount = new Mount(source.repository(), format, request.base(), List.of(source), Uploads.NONE);
        Request plain = new Request(mount, request.ask(), request.conditions(), request.body());
        return Mono.defer(() -> answer(request, plain, source))
                .onErrorResume(error -> Mono.just(failed(request, error)))
                .map(reply -> reply.from(source).with("Cache-Control", "private, no-cache"));
    }

    private static Source source(Remote key, Format format) {
        Upstream upstream = new Upstream(
                "project-" + key.project() + "-" + key.format(),
                key.remote().url(),
                Map.of(),
                key.remote().credentials(),
                null,
                Map.of(),
                null,
                false,
                key.remote().rules(),
                new Upstream.Terms(key.remote().trusted(), RESPONSE),
                null);
        return new Source(
                "/api/v4/projects/" + key.project() + "/dependency_proxy/packages/" + key.format(),
                format,
                upstream,
                upstream.id(),
                "projects/" + key.project() + "/remotes/" + key.format(),
                Stream.of(new NameRules(
                                format,
                                key.remote().rules().allow(),
                                key.remote().rules().deny()))
                        .filter(rules -> !rules.isEmpty())
                        .toList());
    }

    private Mono<Reply> answer(ProjectRequest request, Request plain, Source source) {
        Resource resource = source.format().resolve(request.ask()).orElse(null);
        return switch (resource) {
            case null -> Mono.just(Refusals.notFound());
            case Artifact artifact
            when request.ask().reads() ->
                file(asked(request, plain, source, artifact)).map(DependencyProxy::told);
            case Resource.Sidecar sidecar
            when sidecar.of() instanceof Artifact of && sidecar.otherwise() instanceof Artifact own ->
                digest(asked(request, plain, source, of), asked(request, plain, source, own), sidecar.algorithm())
                        .map(DependencyProxy::told);
            case Resource other -> pullThrough.serve(plain);
        };
    }

    private static Asked asked(ProjectRequest request, Request plain, Source source, Artifact artifact) {
        Set<Algorithm> digests = new HashSet<>(artifact.digests());
        digests.addAll(Set.of(Algorithm.SHA1, Algorithm.MD5));
        // A build that waits for a file finds it the moment that it is there.
        Artifact listed = artifact.digesting(digests.toArray(Algorithm[]::new)).absentFor(Duration.ZERO);
        return new Asked(request, plain, source, new Spot(request.project().id(), request.format(), listed));
    }

    private Mono<Reply> file(Asked asked) {
        return files.find(asked.spot())
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(held -> held.isPresent() ? held(asked, held.get()) : missing(asked));
    }

    private Mono<Reply> held(Asked asked, PackageFile held) {
        if (held.origin() == Origin.PUBLISHED) {
            return show(asked, held, Outcome.HIT, "published");
        }
        if (!permitted(asked)) {
            return Mono.just(denied(asked));
        }
        return coherence.of(asked.source(), asked.artifact(), held).flatMap(verdict -> switch (verdict) {
            case COHERENT -> show(asked, held, Outcome.held(200, "coherent"), "coherent");
            case UNVERIFIABLE -> show(asked, held, Outcome.held(0, "unverifiable"), "unverifiable");
            case DOWN -> show(asked, held, Outcome.staleIfError(), "upstream_down");
            case CHANGED -> changed(asked, held);
        });
    }

    private Mono<Reply> show(Asked asked, PackageFile held, Outcome outcome, String result) {
        return files.open(held)
                .map(blob -> {
                    count(asked, result);
                    if (!asked.plain().head()) {
                        files.downloaded(held);
                    }
                    var entry = Shelf.entry(held);
                    var form = new Replies.Form(held.contentType(), null, null);
                    return replies.stored(asked.plain(), asked.artifact(), entry, entry, form, blob, outcome);
                })
                .switchIfEmpty(Mono.defer(() -> gone(asked, held)));
    }

    /** Its bytes were evicted, or something newer took its place this moment. */
    private Mono<Reply> gone(Asked asked, PackageFile held) {
        return files.find(asked.spot())
                .filter(now -> !now.sha256().equals(held.sha256()))
                .hasElement()
                .flatMap(replaced -> replaced ? file(asked) : files.lost(held).then(Mono.defer(() -> missing(asked))));
    }

    /** What people published themselves is served whatever the rules say: no remote is asked for it. */
    private static boolean permitted(Asked asked) {
        return asked.source().permits(asked.plain().ask(), asked.artifact());
    }

    private static Reply denied(Asked asked) {
        log.info(
                "denied {} {} of project {}: the rules of its remote do not let it be asked",
                asked.plain().ask().method(),
                asked.plain().ask().path(),
                asked.request().project().path());
        Reply refusal = Refusals.of(
                404, "404 Not Found - the allow or deny rules of this project's remote keep it from being asked");
        return new Reply(refusal.status(), refusal.headers(), refusal.body(), Outcome.DENIED);
    }

    private Mono<Reply> missing(Asked asked) {
        if (!permitted(asked)) {
            return Mono.just(denied(asked));
        }
        return asked.plain().head()
                ? pullThrough.head(asked.plain(), asked.source(), asked.artifact())
                : pulled(asked, null, mayKeep(asked) ? "stored" : "not_stored");
    }

    /** What is held answers when the remote does not give what it says it has. */
    private Mono<Reply> changed(Asked asked, PackageFile held) {
        Mono<Reply> newer = asked.plain().head()
                ? pullThrough.head(asked.plain(), asked.source(), asked.artifact())
                : pulled(asked, held, mayKeep(asked) ? "refreshed" : "not_stored");
        return newer.map(Optional::of)
                .onErrorResume(error -> failedUpstream(error) ? Mono.just(Optional.empty()) : Mono.error(error))
                .flatMap(reply -> {
                    if (reply.isPresent() && !reply.get().isAbsence()) {
                        return Mono.just(reply.get());
                    }
                    reply.ifPresent(absence -> absence.body().discard());
                    return show(asked, held, Outcome.staleIfError(), "upstream_down");
                });
    }

    private static boolean failedUpstream(Throwable error) {
        int status = Failure.of(error).status();
        return status == 502 || status == 504 || status == 429;
    }

    private static boolean mayKeep(Asked asked) {
        return asked.request().rights().write();
    }

    /** @param before what is held, and not what the remote has now; null when nothing is */
    private Mono<Reply> pulled(Asked asked, @Nullable PackageFile before, String result) {
        Pulls.Keeper keeper = mayKeep(asked) ? files.keeper(asked.spot()) : null;
        return pulls.reply(asked.plain(), asked.source(), asked.artifact(), keeper)
                .doOnNext(reply -> {
                    if (reply.status() < 300) {
                        count(asked, result);
                    }
                })
                .switchIfEmpty(Mono.defer(() -> late(asked, before, result)));
    }

    /** Another's pull ended this moment: what it left was fetched just now. */
    private Mono<Reply> late(Asked asked, @Nullable PackageFile before, String result) {
        return files.find(asked.spot())
                .filter(now -> before == null || !now.sha256().equals(before.sha256()))
                .flatMap(now -> show(asked, now, Outcome.held(200, "coherent"), "coherent"))
                .switchIfEmpty(Mono.defer(() -> pulled(asked, before, result)));
    }

    /** Of a listed file; that of another is passed on, and never kept. */
    private Mono<Reply> digest(Asked of, Asked own, Algorithm algorithm) {
        boolean permitted = permitted(of);
        Mono<Reply> listed = files.find(of.spot())
                .filter(file -> permitted || file.origin() == Origin.PUBLISHED)
                .map(file -> algorithm == Algorithm.MD5 ? file.md5() : file.sha1())
                .map(hex -> replies.content(
                        of.plain(), 200, "text/plain", hex.getBytes(StandardCharsets.US_ASCII), Outcome.HIT));
        return pulls.kept(of.source().key(of.artifact().path()))
                .then(listed)
                .switchIfEmpty(Mono.defer(() -> permitted ? passed(own) : Mono.just(denied(own))));
    }

    private Mono<Reply> passed(Asked own) {
        return own.plain().head()
                ? pullThrough.head(own.plain(), own.source(), own.artifact())
                : pulls.reply(own.plain(), own.source(), own.artifact(), null)
                        .switchIfEmpty(Mono.defer(() -> passed(own)));
    }

    private void count(Asked asked, String result) {
        Project project = asked.request().project();
        meters.counter(
                        "gateway.dependency_proxy",
                        "project",
                        project.path(),
                        "format",
                        asked.request().format(),
                        "result",
                        result)
                .increment();
    }

    private static Reply failed(ProjectRequest request, Throwable error) {
        Failure failure = Failure.of(error);
        if (failure.status() == 500) {
            log.error(
                    "{} {} of project {}",
                    request.ask().method(),
                    request.ask().path(),
                    request.project().path(),
                    error);
        }
        // Whatever keeps a remote from answering, also that it asks to slow down, is no fault of the client.
        int status = failure.status() == 429 ? 502 : failure.status();
        Reply reply = Refusals.of(status, reason(status) + " - " + why(failure));
        Duration after = failure.retryAfter();
        return after == null ? reply : reply.with("Retry-After", Long.toString(Math.max(1, after.toSeconds())));
    }

    private static String reason(int status) {
        return switch (status) {
            case 502 -> "502 Bad Gateway";
            case 503 -> "503 Service Unavailable";
            case 504 -> "504 Gateway Timeout";
            default -> status + " Error";
        };
    }

    /** Where the remote is, only those are to know who may change it: they find it in the log. */
    private static String why(Failure failure) {
        if (!(failure.getCause() instanceof UpstreamException upstream)) {
            return String.valueOf(failure.getMessage());
        }
        return switch (upstream.reason()) {
            case UNREACHABLE -> "the remote registry cannot be reached";
            case TIMEOUT -> "the remote registry does not answer";
            case BROKEN_BODY -> "the remote registry broke off its answer";
            case BREAKER_OPEN -> "the remote registry failed too often of late and is left alone for a moment";
            case FORBIDDEN_REDIRECT ->
                "the remote registry leads to where it may not, such as a private address that is not allowed";
            case THROTTLED -> "the remote registry asks to slow down";
        };
    }

    /** Tells nothing of the remote that clients need not know. */
    private static Reply told(Reply reply) {
        if (reply.isAbsence() && !reply.outcome().equals(Outcome.DENIED)) {
            reply.body().discard();
            Reply none = Refusals.notFound();
            return new Reply(none.status(), none.headers(), none.body(), reply.outcome(), reply.source());
        }
        boolean held = reply.outcome().hit();
        Map<String, String> headers = new LinkedHashMap<>();
        reply.headers().forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (TOLD.contains(lower) || (held && OF_HELD.contains(lower))) {
                headers.put(name, value);
            }
        });
        return new Reply(reply.status(), headers, reply.body(), reply.outcome(), reply.source());
    }
}
