package gateway.cache;

import gateway.format.Algorithm;
import gateway.format.Checksum;
import gateway.storage.Spool;
import gateway.upstream.UpstreamResponse;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Compares what arrived with what was promised, before anybody sees the end of it. */
final class Verifier {

    /** What the bytes have to be; asks for it where it stands beside them. */
    Mono<Optional<Checksum.Known>> expected(Planner.Plan plan, UpstreamResponse response) {
        return switch (plan.expectation()) {
            case Expectation.Nothing nothing -> Mono.just(Optional.empty());
            case Expectation.Behind behind -> Mono.just(Optional.empty());
            case Expectation.Promised promised -> Mono.just(Optional.of(promised.known()));
            case Expectation.Beside beside -> {
                Optional<Checksum.Known> sent = inHeader(response);
                yield sent.isPresent() ? Mono.just(sent) : beside.digest();
            }
        };
    }

    /** True when the bytes were compared and agree, false when there was nothing to compare with; else an error. */
    Mono<Boolean> verify(Planner.Plan plan, Spool spool, Optional<Checksum.Known> expected) {
        if (expected.isEmpty()) {
            return Mono.just(false);
        }
        Checksum.Known known = expected.get();
        return spool.digest(known.algorithm())
                .flatMap(actual -> actual.equals(known.hex())
                        ? Mono.just(true)
                        : promisedNow(plan, known).flatMap(now -> compare(now, actual)));
    }

    /** A mutable index may have moved on since it was read: it is asked once more before the bytes are condemned. */
    private static Mono<Checksum.Known> promisedNow(Planner.Plan plan, Checksum.Known known) {
        return plan.expectation() instanceof Expectation.Promised promised && promised.again() != null
                ? promised.again()
                        .flatMap(link -> Mono.justOrEmpty(link.checksum()))
                        .filter(now -> now.algorithm() == known.algorithm())
                        .defaultIfEmpty(known)
                : Mono.just(known);
    }

    /** Repositories that know the digest of a file may send it along, which saves asking for its sibling. */
    private static Optional<Checksum.Known> inHeader(UpstreamResponse response) {
        for (Algorithm algorithm : new Algorithm[] {Algorithm.SHA256, Algorithm.SHA1, Algorithm.MD5}) {
            String hex = response.header("X-Checksum-" + algorithm.label());
            if (hex != null) {
                return Checksum.Known.ofHex(algorithm, hex);
            }
        }
        return Optional.empty();
    }

    private static Mono<Boolean> compare(Checksum.Known known, String actual) {
        return actual.equals(known.hex())
                ? Mono.just(true)
                : Mono.error(Failure.badGateway("checksum mismatch: "
                        + known.algorithm().label() + " should be " + known.hex() + " and is " + actual));
    }
}
