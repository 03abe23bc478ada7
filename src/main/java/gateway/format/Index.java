package gateway.format;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A mutable listing: kept with its validators, revalidated when stale, served stale when the upstream fails.
 *
 * <p>Values; the methods return changed copies.
 */
public final class Index implements Cacheable, Cloneable {

    private final String path;
    private final String place;
    private Origin origin;
    private String accept = "*/*";
    private Duration freshFor = Resource.FRESH;
    private Duration negativeFor = Resource.ABSENT;
    private @Nullable Coordinates coordinates = null;
    private @Nullable LinkReader links = null;
    private @Nullable Rendering rendering = null;
    private Generation.@Nullable Parser generation = null;
    private List<String> companions = List.of();
    private @Nullable Merger merger = null;
    private boolean encoded = true;
    private boolean soleUpstream = false;
    private boolean growing = false;
    private Checksum checksum = new Checksum.None();
    private @Nullable String agent = null;
    private @Nullable Algorithm tag = null;
    private Set<Algorithm> digests = Set.of();
    private @Nullable String contentType = null;

    Index(String path, String place) {
        this.path = path;
        this.place = place;
        this.origin = Origin.At.path(path);
    }

    /** Kept elsewhere than at the same path upstream. */
    public Index from(Origin where) {
        return with(copy -> copy.origin = where);
    }

    /** Asked for with another {@code Accept} header. */
    public Index accepting(String types) {
        return with(copy -> copy.accept = types);
    }

    /** Fresh for another time. */
    public Index freshFor(Duration duration) {
        return with(copy -> copy.freshFor = duration);
    }

    /** With another time for which its absence is remembered. */
    public Index absentFor(Duration duration) {
        return with(copy -> copy.negativeFor = duration);
    }

    /** Describes a package. */
    public Index of(Coordinates owner) {
        return with(copy -> copy.coordinates = owner);
    }

    /** Lists artifacts. */
    public Index listing(LinkReader reader) {
        return with(copy -> copy.links = reader);
    }

    /** Served in another form than the upstream's. */
    public Index rendered(Rendering form) {
        return with(copy -> copy.rendering = form);
    }

    /** Joined with those of the repository's other upstreams. */
    public Index merged(Merger joining) {
        return with(copy -> copy.merger = joining);
    }

    /** With further digests computed while it is stored. */
    public Index digesting(Algorithm... algorithms) {
        return with(copy -> copy.digests = Set.of(algorithms));
    }

    /** With its own digest as {@code ETag}, since clients compare it with what they have. */
    public Index taggedBy(Algorithm algorithm) {
        return with(copy -> {
            copy.tag = algorithm;
            copy.digests = Set.of(algorithm);
        });
    }

    /** A file that may be made anew, compared with a digest before it is kept. */
    public Index verifiedBy(Checksum promised) {
        return with(copy -> copy.checksum = promised);
    }

    /** Asked for as this client, to whom the upstream gives other bytes than to others; empty for nobody in particular. */
    public Index askedAs(String userAgent) {
        return with(copy -> copy.agent = userAgent);
    }

    /** Written at its end only: of a newer one, just what was added is asked for. */
    public Index growing() {
        return with(copy -> copy.growing = true);
    }

    /** Sent with this content type. */
    public Index as(String type) {
        return with(copy -> copy.contentType = type);
    }

    /** Root of a generation, with the files that belong to exactly this root. */
    public Index root(Generation.Parser parser, List<String> itsCompanions) {
        return with(copy -> {
            copy.generation = parser;
            copy.companions = List.copyOf(itsCompanions);
        });
    }

    /** Never compressed in transit, since its bytes are signed or hashed. */
    public Index untouched() {
        return with(copy -> copy.encoded = false);
    }

    /** Absent where several upstreams make a repository, since it speaks for one alone. */
    public Index ofSoleUpstream() {
        return with(copy -> copy.soleUpstream = true);
    }

    /**
     * How long after {@link #freshFor()} the stale index may be served while it is refreshed behind
     * (stale-while-revalidate, RFC 5861). A root never is: its clients verify what they get next against it.
     */
    public Duration staleFor() {
        return generation == null ? freshFor : Duration.ZERO;
    }

    private Index with(Consumer<Index> change) {
        try {
            Index copy = (Index) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public Origin origin() {
        return origin;
    }

    /** The {@code Accept} header for the upstream. */
    public String accept() {
        return accept;
    }

    /** Age up to which no question is asked. */
    public Duration freshFor() {
        return freshFor;
    }

    @Override
    public Duration negativeFor() {
        return negativeFor;
    }

    @Override
    public @Nullable Coordinates coordinates() {
        return coordinates;
    }

    /** Reads what it lists; null when it lists nothing that must be verified. */
    public @Nullable LinkReader links() {
        return links;
    }

    /** The form that the client wants; null when the upstream's bytes are served. */
    public @Nullable Rendering rendering() {
        return rendering;
    }

    /** Reads it as the root of a generation; null when it is none. */
    public Generation.@Nullable Parser generation() {
        return generation;
    }

    /** Canonical paths of files that belong to exactly this root and are fetched with it: detached signatures. */
    public List<String> companions() {
        return companions;
    }

    /** Joins the documents of several upstreams; null when the first that answers wins. */
    public @Nullable Merger merger() {
        return merger;
    }

    /** Whether the upstream may send it compressed in transit. */
    public boolean encoded() {
        return encoded;
    }

    @Override
    public Checksum checksum() {
        return checksum;
    }

    @Override
    public @Nullable String agent() {
        return agent;
    }

    /** Whether the upstream only adds to its end. */
    public boolean grows() {
        return growing;
    }

    /** Which digest clients expect as its {@code ETag}; null for none in particular. */
    public @Nullable Algorithm tag() {
        return tag;
    }

    /** Whether it speaks for its upstream alone, and is absent where several make a repository. */
    public boolean soleUpstream() {
        return soleUpstream;
    }

    @Override
    public Set<Algorithm> digests() {
        return digests;
    }

    @Override
    public @Nullable String contentType() {
        return contentType;
    }

    private List<@Nullable Object> parts() {
        return Arrays.asList(
                path,
                place,
                origin,
                accept,
                freshFor,
                negativeFor,
                coordinates,
                links,
                rendering,
                generation,
                companions,
                merger,
                encoded,
                soleUpstream,
                growing,
                checksum,
                agent,
                tag,
                digests,
                contentType);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Index that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    @Override
    public String toString() {
        return "Index" + parts();
    }
}
