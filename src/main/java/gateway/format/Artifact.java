package gateway.format;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An immutable file: once stored it is never asked for again. Values; the methods return changed copies. */
public final class Artifact implements Cacheable, Cloneable {

    private final String path;
    private final String place;
    private Origin origin;
    private Checksum checksum = new Checksum.None();
    private @Nullable Check check = null;
    private Check.@Nullable By checkedBy = null;
    private @Nullable Coordinates coordinates = null;
    private Set<Algorithm> digests = Set.of();
    private @Nullable String contentType = null;
    private Duration negativeFor = Resource.ABSENT;
    private boolean whole = false;
    private @Nullable String agent = null;

    Artifact(String path, String place) {
        this.path = path;
        this.place = place;
        this.origin = Origin.At.path(path);
    }

    /** Kept elsewhere than at the same path upstream. */
    public Artifact from(Origin where) {
        return with(copy -> copy.origin = where);
    }

    /** Compared with a digest before it is kept. */
    public Artifact verifiedBy(Checksum promised) {
        return with(copy -> copy.checksum = promised);
    }

    /** Checked in its structure before it is kept, unless a digest was compared. */
    public Artifact sound(Check sound) {
        return with(copy -> copy.check = sound);
    }

    /** Checked against what another document says of it. */
    public Artifact soundBy(Artifact document, int most, Check.Reader reader) {
        return with(copy -> copy.checkedBy = new Check.By(document, most, reader));
    }

    /** Part of a package version. */
    public Artifact of(Coordinates owner) {
        return with(copy -> copy.coordinates = owner);
    }

    /** With further digests computed while it is stored. */
    public Artifact digesting(Algorithm... algorithms) {
        return with(copy -> copy.digests = Set.of(algorithms));
    }

    /** Sent with this content type. */
    public Artifact as(String type) {
        return with(copy -> copy.contentType = type);
    }

    /** With another time for which its absence is remembered. */
    public Artifact absentFor(Duration duration) {
        return with(copy -> copy.negativeFor = duration);
    }

    /** Shown to nobody before it is complete and verified. */
    public Artifact onlyWhole() {
        return with(copy -> copy.whole = true);
    }

    /** Asked for as this client, to whom the upstream gives other bytes than to others; empty for nobody in particular. */
    public Artifact askedAs(String userAgent) {
        return with(copy -> copy.agent = userAgent);
    }

    private Artifact with(Consumer<Artifact> change) {
        try {
            Artifact copy = (Artifact) clone();
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

    @Override
    public Checksum checksum() {
        return checksum;
    }

    /** What else must hold of its bytes; null for nothing. */
    public @Nullable Check check() {
        return check;
    }

    /** By what document its bytes are checked; null for none. */
    public Check.@Nullable By checkedBy() {
        return checkedBy;
    }

    @Override
    public @Nullable Coordinates coordinates() {
        return coordinates;
    }

    @Override
    public Set<Algorithm> digests() {
        return digests;
    }

    @Override
    public @Nullable String contentType() {
        return contentType;
    }

    @Override
    public Duration negativeFor() {
        return negativeFor;
    }

    @Override
    public @Nullable String agent() {
        return agent;
    }

    /** Whether nobody sees any of it before it is complete and verified. */
    public boolean whole() {
        return whole;
    }

    private List<@Nullable Object> parts() {
        return Arrays.asList(
                path,
                place,
                origin,
                checksum,
                check,
                checkedBy,
                coordinates,
                digests,
                contentType,
                negativeFor,
                whole,
                agent);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Artifact that && parts().equals(that.parts());
    }

    @Override
    public int hashCode() {
        return parts().hashCode();
    }

    @Override
    public String toString() {
        return "Artifact" + parts();
    }
}
