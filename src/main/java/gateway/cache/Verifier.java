package gateway.cache;

import gateway.format.Algorithm;
import gateway.format.Artifact;
import gateway.format.Checksum;
import gateway.format.Index;
import gateway.storage.Spool;
import gateway.upstream.UpstreamResponse;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Compares what arrived with what was promised, before anybody sees the end of it. */
final class Verifier {

    private final Planner planner;

    Verifier(Planner planner) {
        this.planner = planner;
    }

    /** True when the bytes were compared and agree, false when there was nothing to compare with; else an error. */
    Mono<Boolean> verify(Fetch.Job job, Planner.Plan plan, UpstreamResponse response, Spool.Filled filled) {
        return switch (plan.expectation()) {
            case Expectation.Nothing nothing -> Mono.just(false);
            case Expectation.Behind behind -> Mono.just(false);
            case Expectation.Promised promised -> promised(job, promised, filled);
            case Expectation.Beside beside ->
                inHeader(response, filled)
                        .map(known -> compare(known, filled))
                        .orElseGet(() -> beside.digest()
                                .flatMap(known ->
                                        known.map(it -> compare(it, filled)).orElseGet(() -> Mono.just(false))));
        };
    }

    /** A mutable index may have moved on since it was read: it is asked once more before the bytes are condemned. */
    private Mono<Boolean> promised(Fetch.Job job, Expectation.Promised promised, Spool.Filled filled) {
        Index index = promised.listedIn();
        if (index == null || agrees(promised.known(), filled) || !(job.resource() instanceof Artifact artifact)) {
            return compare(promised.known(), filled);
        }
        return planner.linkOf(job.source(), artifact, index, Directives.REVALIDATE)
                .flatMap(link -> Mono.justOrEmpty(link.checksum()))
                .filter(now -> now.algorithm() == promised.known().algorithm())
                .defaultIfEmpty(promised.known())
                .flatMap(now -> compare(now, filled));
    }

    /** Repositories that know the digest of a file may send it along, which saves asking for its sibling. */
    private static Optional<Checksum.Known> inHeader(UpstreamResponse response, Spool.Filled filled) {
        for (Algorithm algorithm : new Algorithm[] {Algorithm.SHA256, Algorithm.SHA1, Algorithm.MD5}) {
            String hex = response.header("X-Checksum-" + algorithm.label());
            if (hex != null && filled.digests().containsKey(algorithm)) {
                return Checksum.Known.ofHex(algorithm, hex);
            }
        }
        return Optional.empty();
    }

    private static boolean agrees(Checksum.Known known, Spool.Filled filled) {
        return known.hex().equals(filled.digests().get(known.algorithm()));
    }

    private static Mono<Boolean> compare(Checksum.Known known, Spool.Filled filled) {
        return agrees(known, filled)
                ? Mono.just(true)
                : Mono.error(Failure.badGateway(
                        "checksum mismatch: " + known.algorithm().label() + " should be " + known.hex() + " and is "
                                + filled.digests().get(known.algorithm())));
    }
}
