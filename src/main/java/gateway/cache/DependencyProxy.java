package gateway.cache;

import gateway.Background;
import gateway.cache.PulledFiles.Spot;
import gateway.format.Algorithm;
import gateway.format.Artifact;
import gateway.format.Resource;
import gateway.project.PackageFile;
import gateway.project.PackageFile.Origin;
import gateway.project.Packages;
import gateway.project.Project;
import gateway.settings.Uploads;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The dependency proxies of projects: a file comes from the project's package registry when it is there, and else from the
 * first of the project's remotes that has it; whoever may publish has it listed in the registry by that.
 *
 * <p>What was pulled is served when the remote that it came from confirms it, or cannot say. What was published by hand is
 * served as it is.
 */
public final class DependencyProxy implements ProjectTraffic {

    /** One request for a file. */
    private record Asked(ProjectRequest request, Request plain, Spot spot) {

        Artifact artifact() {
            return spot.artifact();
        }

        List<Source> remotes() {
            return plain.mount().sources();
        }

        /** Those that rules let be asked. */
        List<Source> permitted() {
            return remotes().stream()
                    .filter(remote -> remote.permits(plain.ask(), artifact()))
                    .toList();
        }

        /** Those that may have the say over a file that is held: the one that it was pulled from, if that is known. */
        List<Source> judges(PackageFile held) {
            return remotes().stream()
                    .filter(remote -> Remotes.gave(remote, held))
                    .findFirst()
                    .map(List::of)
                    .orElse(remotes())
                    .stream()
                    .filter(permitted()::contains)
                    .toList();
        }
    }

    /** What a remote says of a file that is held. */
    private record Word(Source remote, Coherence.Verdict verdict) {}

    private final PullThrough pullThrough;
    private final PulledFiles files;
    private final Pulls pulls;
    private final Coherence coherence;
    private final Replies replies;
    private final MeterRegistry meters;
    private final Remotes remotes = new Remotes();

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
        List<Source> sources = remotes.of(request.project(), request.format());
        if (sources.isEmpty()) {
            return Mono.just(Refusals.notFound());
        }
        Source first = sources.getFirst();
        Mount mount = new Mount(first.repository(), first.format(), request.base(), sources, Uploads.NONE);
        Request plain = new Request(mount, request.ask(), request.conditions(), request.body());
        return Mono.defer(() -> answer(request, plain))
                .onErrorResume(error -> Mono.just(ProxyReplies.failed(request, error)))
                .map(reply -> (reply.source() == null ? reply.from(first) : reply)
                        .with("Cache-Control", "private, no-cache"));
    }

    private Mono<Reply> answer(ProjectRequest request, Request plain) {
        Resource resource = plain.mount().format().resolve(request.ask()).orElse(null);
        return switch (resource) {
            case null -> Mono.just(Refusals.notFound());
            case Artifact artifact
            when request.ask().reads() -> file(asked(request, plain, artifact)).map(ProxyReplies::told);
            case Resource.Sidecar sidecar
            when sidecar.of() instanceof Artifact of && sidecar.otherwise() instanceof Artifact own ->
                digest(asked(request, plain, of), asked(request, plain, own), sidecar.algorithm())
                        .map(ProxyReplies::told);
            case Resource other -> pullThrough.serve(plain);
        };
    }

    private static Asked asked(ProjectRequest request, Request plain, Artifact artifact) {
        Set<Algorithm> digests = new HashSet<>(artifact.digests());
        digests.addAll(Set.of(Algorithm.SHA1, Algorithm.MD5));
        // A build that waits for a file finds it the moment that it is there.
        Artifact listed = artifact.digesting(digests.toArray(Algorithm[]::new)).absentFor(Duration.ZERO);
        return new Asked(request, plain, new Spot(request.project().id(), request.format(), listed));
    }

    private Mono<Reply> file(Asked asked) {
        return listed(asked).switchIfEmpty(Mono.defer(() -> missing(asked)));
    }

    private Mono<Reply> listed(Asked asked) {
        return found(asked).flatMap(held -> held(asked, held));
    }

    /** What rules keep from being asked for where it was pulled from is as if it had never been pulled. */
    private Mono<PackageFile> found(Asked asked) {
        return files.find(asked.spot())
                .filter(file ->
                        file.origin() == Origin.PUBLISHED || !asked.judges(file).isEmpty());
    }

    private Mono<Reply> held(Asked asked, PackageFile held) {
        if (held.origin() == Origin.PUBLISHED) {
            return show(asked, held, Outcome.HIT, "published");
        }
        return Flux.fromIterable(asked.judges(held))
                .concatMap(
                        remote ->
                                coherence.of(remote, asked.artifact(), held).map(verdict -> new Word(remote, verdict)),
                        1)
                .takeUntil(word -> word.verdict() != Coherence.Verdict.ABSENT)
                .last()
                .flatMap(word -> judged(asked, held, word).map(reply -> reply.from(word.remote())));
    }

    private Mono<Reply> judged(Asked asked, PackageFile held, Word word) {
        return switch (word.verdict()) {
            case COHERENT -> show(asked, held, Outcome.held(200, "coherent"), "coherent");
            case UNVERIFIABLE, ABSENT -> show(asked, held, Outcome.held(0, "unverifiable"), "unverifiable");
            case DOWN -> show(asked, held, Outcome.staleIfError(), "upstream_down");
            case CHANGED -> changed(asked, held, word.remote());
        };
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

    /** From the remotes in their order: the next one only after "not found". */
    private Mono<Reply> missing(Asked asked) {
        List<Source> permitted = asked.permitted();
        if (permitted.isEmpty()) {
            return Mono.just(ProxyReplies.denied(asked.request()));
        }
        return PullThrough.first(permitted, remote -> {
            Mono<Reply> fetched = fetched(asked, null, remote, "stored");
            // While one remote was asked, another request may have found it at the next.
            return remote.equals(permitted.getFirst()) ? fetched : listed(asked).switchIfEmpty(fetched);
        });
    }

    /** @param before what is held, and not what the remote has now; null when nothing is */
    private Mono<Reply> fetched(Asked asked, @Nullable PackageFile before, Source remote, String result) {
        return asked.plain().head()
                ? pullThrough.head(asked.plain(), remote, asked.artifact())
                : pulled(asked, before, remote, mayKeep(asked) ? result : "not_stored");
    }

    /** What is held answers when the remote does not give what it says it has. */
    private Mono<Reply> changed(Asked asked, PackageFile held, Source remote) {
        return fetched(asked, held, remote, "refreshed")
                .map(Optional::of)
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

    private Mono<Reply> pulled(Asked asked, @Nullable PackageFile before, Source remote, String result) {
        Pulls.Keeper keeper = mayKeep(asked) ? files.keeper(asked.spot(), remote) : null;
        return pulls.reply(asked.plain(), remote, asked.artifact(), keeper)
                .doOnNext(reply -> {
                    if (reply.status() < 300) {
                        count(asked, result);
                    }
                })
                .switchIfEmpty(Mono.defer(() -> late(asked, before, remote, result)));
    }

    /** Another's pull ended this moment: what it left was fetched just now. */
    private Mono<Reply> late(Asked asked, @Nullable PackageFile before, Source remote, String result) {
        return found(asked)
                .filter(now -> before == null || !now.sha256().equals(before.sha256()))
                .flatMap(now -> show(asked, now, Outcome.held(200, "coherent"), "coherent"))
                .switchIfEmpty(Mono.defer(() -> pulled(asked, before, remote, result)));
    }

    /** Of a listed file; that of another is passed on, and never kept. */
    private Mono<Reply> digest(Asked of, Asked own, Algorithm algorithm) {
        Mono<Reply> listed = found(of)
                .map(file -> algorithm == Algorithm.MD5 ? file.md5() : file.sha1())
                .map(hex -> replies.content(
                        of.plain(), 200, "text/plain", hex.getBytes(StandardCharsets.US_ASCII), Outcome.HIT));
        return Flux.fromIterable(of.remotes())
                .concatMap(remote -> pulls.kept(remote.key(of.artifact().path())))
                .then(listed)
                .switchIfEmpty(Mono.defer(() -> {
                    List<Source> permitted = of.permitted();
                    return permitted.isEmpty()
                            ? Mono.just(ProxyReplies.denied(own.request()))
                            : PullThrough.first(permitted, remote -> passed(own, remote));
                }));
    }

    private Mono<Reply> passed(Asked own, Source remote) {
        return own.plain().head()
                ? pullThrough.head(own.plain(), remote, own.artifact())
                : pulls.reply(own.plain(), remote, own.artifact(), null)
                        .switchIfEmpty(Mono.defer(() -> passed(own, remote)));
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
}
