package gateway.cache;

import gateway.format.Cacheable;
import gateway.format.Checksum;
import gateway.format.Index;
import gateway.format.Origin;
import gateway.format.Resource;
import gateway.upstream.UpstreamRequest.Lane;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Says what {@link PullThrough} would do about a GET, by the same decisions, and does nothing of it. */
final class Explainer {

    private final Cache cache;
    private final Hosted hosted;
    private final Outlook outlook;

    Explainer(Parts parts, Cache cache, Hosted hosted) {
        this.cache = cache;
        this.hosted = hosted;
        this.outlook = new Outlook(parts, cache);
    }

    /** Upstreams that rules keep from being asked are not looked at. */
    Mono<Explanation> explain(Request request, @Nullable Resource resource) {
        if (resource == null) {
            String format = request.mount().format().name();
            return local(request, "unknown", 404, "no such path in a repository of format " + format);
        }
        Mount mount = request.mount().permitting(request.ask(), resource);
        return mount == null ? denied(request) : permitted(request.to(mount), resource);
    }

    private static Mono<Explanation> denied(Request request) {
        Outlook.Verdict verdict =
                new Outlook.Verdict("refuse", 404, Outcome.DENIED, "rules of this repository let no upstream be asked");
        return Mono.just(told(request, "denied", null, null, List.of(), verdict));
    }

    private Mono<Explanation> permitted(Request request, Resource resource) {
        return switch (resource) {
            case Resource.Literal literal -> local(request, "literal", literal.status(), "the gateway itself makes it");
            case Resource.Moved moved -> local(request, "redirect", 301, "it is at " + moved.path() + " of this mount");
            case Resource.Refused refused -> local(request, "refused", refused.status(), refused.message());
            case Resource.Upload upload -> local(request, "upload", 405, "only a PUT stores it");
            case Resource.Passthrough pass ->
                steps(request, source -> Mono.just(outlook.passed(source)))
                        .map(steps -> told(request, "passed on", null, null, steps));
            case Resource.Sidecar sidecar -> sidecar(request, sidecar);
            case Resource.Member member ->
                steps(request, source -> member(source, member))
                        .map(steps -> told(request, "member of a set", null, "the root of its set", steps));
            case Cacheable cacheable -> cacheable(request, cacheable);
        };
    }

    private static Mono<Explanation> local(Request request, String resource, int status, String why) {
        String decision = status < 400 ? "local" : "refuse";
        return Mono.just(told(
                request, resource, null, null, List.of(), new Outlook.Verdict(decision, status, Outcome.LOCAL, why)));
    }

    private Mono<Explanation> cacheable(Request request, Cacheable resource) {
        Mount mount = request.mount();
        String what = resource instanceof Index ? "index" : "artifact";
        if (resource instanceof Index index
                && index.soleUpstream()
                && mount.sources().size() > 1) {
            return local(request, what, 404, "several upstreams make this repository");
        }
        if (resource.origin() instanceof Origin.Hosted) {
            return uploaded(request, resource);
        }
        String checksum = words(resource.checksum());
        return steps(request, source -> outlook.of(source, resource))
                .map(steps -> Merging.needed(mount, resource)
                        ? told(request, what, resource.path(), checksum, steps, merged(steps))
                        : told(request, what, resource.path(), checksum, steps));
    }

    private static Outlook.Verdict merged(List<Outlook.Step> steps) {
        return steps.stream().allMatch(step -> step.verdict().absence())
                ? steps.getLast().verdict()
                : new Outlook.Verdict("merge", null, null, "one document is made of what each upstream has");
    }

    private Mono<Explanation> uploaded(Request request, Cacheable resource) {
        Source source = request.mount().sources().getFirst();
        return cache.seen(source, resource)
                .filter(entry -> hosted.keeps(request.mount(), entry))
                .flatMap(entry -> outlook.of(source, resource))
                .map(step -> told(request, "upload", resource.path(), "none", List.of(step)))
                .switchIfEmpty(Mono.defer(() -> local(request, "upload", 404, "nobody stored " + resource.path())));
    }

    /** Derived from the bytes beside it when they are held, else asked for like any file. */
    private Mono<Explanation> sidecar(Request request, Resource.Sidecar sidecar) {
        Source source = request.mount().sources().getFirst();
        return Mono.just(sidecar.of())
                .ofType(Cacheable.class)
                .flatMap(of -> cache.seen(source, of).flatMap(entry -> cacheable(request, of)))
                .switchIfEmpty(Mono.defer(() -> sidecar.otherwise() instanceof Cacheable own
                        ? cacheable(request, own)
                        : local(request, "digest of a file", 404, "the file is not held")));
    }

    private Mono<Outlook.Step> member(Source source, Resource.Member member) {
        return cache.generations()
                .seen(source, member)
                .onErrorReturn(member)
                .flatMap(found -> found instanceof Cacheable kept
                        ? outlook.of(source, kept)
                        : Mono.just(outlook.asked(source, Lane.INDEX, "the root of its set is read first")));
    }

    private interface Look {
        Mono<Outlook.Step> at(Source source);
    }

    private static Mono<List<Outlook.Step>> steps(Request request, Look look) {
        return Flux.fromIterable(request.mount().sources()).concatMap(look::at).collectList();
    }

    /** The first upstream decides, unless it is known to have nothing of the kind, or a mirror stands in for it. */
    private static Explanation told(
            Request request,
            String resource,
            @Nullable String key,
            @Nullable String checksum,
            List<Outlook.Step> steps) {
        int at = 0;
        while (at + 1 < steps.size()
                && (steps.get(at).verdict().absence()
                        || (steps.get(at).verdict().failure() && mirrors(steps.get(at), steps.get(at + 1))))) {
            at++;
        }
        return told(request, resource, key, checksum, steps, steps.get(at).verdict());
    }

    private static boolean mirrors(Outlook.Step one, Outlook.Step next) {
        return one.source().mirrors(next.source());
    }

    private static Explanation told(
            Request request,
            String resource,
            @Nullable String key,
            @Nullable String checksum,
            List<Outlook.Step> steps,
            Outlook.Verdict verdict) {
        return new Explanation(
                request.mount().path() + request.ask().path(),
                request.mount().path(),
                request.mount().format().name(),
                resource,
                key,
                checksum,
                steps.stream().map(Outlook.Step::shown).toList(),
                verdict.decision(),
                verdict.status(),
                verdict.outcome() == null ? null : verdict.outcome().header(),
                verdict.why());
    }

    private static String words(Checksum checksum) {
        return switch (checksum) {
            case Checksum.None none -> "none";
            case Checksum.Known known -> "known: " + known.algorithm().label();
            case Checksum.Siblings siblings ->
                siblings.siblings().isEmpty()
                        ? "the answer's headers"
                        : siblings.siblings().stream()
                                .map(sibling -> sibling.origin().path())
                                .collect(Collectors.joining(" ", "files beside it: ", ""));
            case Checksum.Listed listed ->
                listed.indexes().stream().map(Index::path).collect(Collectors.joining(" ", "the index: ", ""));
            case Checksum.ListedBeside beside -> "the index: " + beside.index().path();
            case Checksum.ListedInOne in ->
                in.listings().stream()
                        .map(listing -> listing.index().path())
                        .distinct()
                        .collect(Collectors.joining(" ", "one of the indexes: ", ""));
            case Checksum.ListedBelow below -> "an index below " + below.prefix() + " that is held";
        };
    }
}
