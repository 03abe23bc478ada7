package gateway.format;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Where the digest comes from that an artifact's bytes must have. */
public sealed interface Checksum {

    /** The format promises no digest: length is all that can be checked. */
    record None() implements Checksum {}

    /** The digest itself. */
    record Known(Algorithm algorithm, String hex) implements Checksum {

        public Known {
            hex = hex.toLowerCase(Locale.ROOT);
            if (hex.length() != algorithm.hexLength() || !hex.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
                throw new IllegalArgumentException("not a hex " + algorithm.label() + ": " + hex);
            }
        }

        /** Reads hex digits; empty when they are not a digest of that algorithm. */
        public static Optional<Known> ofHex(Algorithm algorithm, String hex) {
            try {
                return Optional.of(new Known(algorithm, hex.strip()));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        /** Strongest member of a Subresource Integrity list ({@code sha512-<base64> sha1-<base64>}). */
        public static Optional<Known> ofIntegrity(String integrity) {
            Known best = null;
            for (String member : integrity.strip().split("\\s+")) {
                int dash = member.indexOf('-');
                Optional<Algorithm> algorithm = dash < 0 ? Optional.empty() : Algorithm.of(member.substring(0, dash));
                if (algorithm.isEmpty()) {
                    continue;
                }
                // An option may follow the digest after a question mark (SRI, section 3.4).
                Optional<Known> known =
                        ofBase64(algorithm.get(), member.substring(dash + 1).split("\\?")[0]);
                if (known.isPresent() && (best == null || best.algorithm.compareTo(algorithm.get()) < 0)) {
                    best = known.get();
                }
            }
            return Optional.ofNullable(best);
        }

        private static Optional<Known> ofBase64(Algorithm algorithm, String base64) {
            try {
                return ofHex(
                        algorithm, HexFormat.of().formatHex(Base64.getDecoder().decode(base64)));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }

    /**
     * An index lists the artifact, by a {@link Link} with the artifact's path.
     *
     * @param indexes all that may list it, the likeliest first, where a path can be read in several ways; the pipeline
     *     holds them, or fetches them
     */
    record Listed(List<Index> indexes) implements Checksum {

        public Listed {
            indexes = List.copyOf(indexes);
        }

        public Listed(Index index) {
            this(List.of(index));
        }
    }

    /**
     * An index lists the artifact that clients need not read: it is fetched beside the bytes, whose end waits for it.
     *
     * @param index absent where a registry has none; then the bytes cannot be compared
     */
    record ListedBeside(Index index) implements Checksum {}

    /** A list that may name the artifact. */
    sealed interface Listing {

        /** What is read first. */
        Index index();
    }

    /** An index names the artifact itself, by a {@link Link} with the artifact's path. */
    record Named(Index index) implements Listing {}

    /**
     * An index names a smaller list, and that names the artifact.
     *
     * @param index names the list by a {@link Link}
     * @param key path of that link
     * @param list the list that the link stands for; fetched when it is not held
     * @param links reads the list
     */
    record Chained(Index index, String key, Function<Link, Optional<Artifact>> list, LinkReader links)
            implements Listing {}

    /**
     * The upstream lists the same artifacts in several forms. One that is held decides, in this order; the index is read
     * anew when it does not list the path. When none is held, the first that exists is fetched before the artifact.
     */
    record ListedInOne(List<Listing> listings) implements Checksum {}

    /**
     * Some index that is already held may list the artifact; nothing is fetched for it.
     *
     * @param prefix of the paths of such indexes
     * @param lists reader for what is stored at a place below the mount, beginning with a slash; empty when that is no
     *     such index
     */
    record ListedBelow(String prefix, Function<String, Optional<LinkReader>> lists) implements Checksum {}

    /**
     * Small files beside the artifact hold a digest as their first hex word; asked in this order, a 404 goes on to the
     * next.
     *
     * @param siblings may be empty: then only a digest that comes in the answer's headers is compared
     */
    record Siblings(List<Sibling> siblings) implements Checksum {}

    /** One such file, for example {@code x.jar.sha1}. */
    record Sibling(Algorithm algorithm, Origin.At origin) {}
}
