package gateway.cache;

import gateway.format.Checksum;
import gateway.format.Index;
import gateway.format.Link;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What the bytes of one fetch will be compared with. */
sealed interface Expectation {

    /** With their declared length only. */
    record Nothing() implements Expectation {}

    /**
     * With a digest that is known before the fetch.
     *
     * @param size promised length, -1 when the index does not say
     * @param again what the index that promised it says now, which is asked before bytes are condemned; null when the
     *     promise did not come from a mutable index
     */
    record Promised(
            Checksum.Known known, long size, @Nullable Mono<Link> again) implements Expectation {}

    /**
     * With a digest that is fetched beside the bytes; the body's end waits for it.
     *
     * @param digest may be subscribed any number of times, and asks once
     */
    record Beside(Mono<Optional<Checksum.Known>> digest) implements Expectation {}

    /**
     * With what an index says that nobody has read yet: it is fetched behind, and a mismatch purges the bytes.
     *
     * @param indexes the first that lists the artifact decides
     */
    record Behind(List<Index> indexes) implements Expectation {}
}
