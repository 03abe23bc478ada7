package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A set of files that clients verify together: one signed root lists all others (apt, rpm, alpine, arch, conda).
 *
 * @param date when the upstream made it; a gateway never steps back to an older one; null when the root does not say
 * @param validUntil when clients begin to refuse it; null when the root does not say
 * @param members path relative to the root's folder -> what the root says of it
 */
public record Generation(@Nullable Instant date, @Nullable Instant validUntil, Map<String, Member> members) {

    /**
     * @param size length in bytes
     * @param digests every digest that the root gives, at least one
     * @param origin where to fetch exactly these bytes, relative to the root's folder and decoded
     */
    public record Member(long size, List<Checksum.Known> digests, String origin) {

        /** The digest that decides: the strongest one. */
        public Checksum.Known strongest() {
            return digests.stream()
                    .max((a, b) -> a.algorithm().compareTo(b.algorithm()))
                    .orElseThrow();
        }
    }

    /** Reads a root. */
    @FunctionalInterface
    public interface Parser {

        /** @throws IOException when the document is no such root, or is cut */
        Generation parse(InputStream root) throws IOException;
    }
}
