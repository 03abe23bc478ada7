package gateway.format;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a path is. Formats build these with the methods here; the pipeline switches over them. */
public sealed interface Resource {

    /** What is kept in the store. */
    sealed interface Cacheable extends Resource {

        /** Canonical path below the mount: the identity in the catalog, whatever spelling the client used. */
        String path();

        /** Readable location in the store, relative to the mount. */
        String place();

        /** The package it belongs to; null when it belongs to none. */
        @Nullable
        Coordinates coordinates();

        /** Digests computed while storing, beside SHA-256. */
        Set<Algorithm> digests();

        /** Sent to clients; null to keep the upstream's. */
        @Nullable
        String contentType();

        /** How long a 404 or 410 is remembered. */
        Duration negativeFor();
    }

    /**
     * An immutable file: once stored it is never asked for again.
     *
     * @param path canonical path below the mount: the identity in the catalog, whatever spelling the client used
     * @param place readable location in the store, relative to the mount, for example {@code lodash/4.17.21/lodash-4.17.21.tgz}
     * @param digests computed while storing, beside SHA-256 and what the checksum needs
     * @param contentType sent to clients; null to keep the upstream's
     * @param negativeFor how long a 404 or 410 is remembered
     */
    record Artifact(
            String path,
            String place,
            Origin origin,
            Checksum checksum,
            @Nullable Coordinates coordinates,
            Set<Algorithm> digests,
            @Nullable String contentType,
            Duration negativeFor)
            implements Cacheable {

        public Artifact from(Origin newOrigin) {
            return new Artifact(path, place, newOrigin, checksum, coordinates, digests, contentType, negativeFor);
        }

        public Artifact verifiedBy(Checksum newChecksum) {
            return new Artifact(path, place, origin, newChecksum, coordinates, digests, contentType, negativeFor);
        }

        public Artifact of(Coordinates newCoordinates) {
            return new Artifact(path, place, origin, checksum, newCoordinates, digests, contentType, negativeFor);
        }

        public Artifact digesting(Algorithm... algorithms) {
            return new Artifact(
                    path, place, origin, checksum, coordinates, Set.of(algorithms), contentType, negativeFor);
        }

        public Artifact as(String newContentType) {
            return new Artifact(path, place, origin, checksum, coordinates, digests, newContentType, negativeFor);
        }

        public Artifact absentFor(Duration duration) {
            return new Artifact(path, place, origin, checksum, coordinates, digests, contentType, duration);
        }
    }

    /**
     * A mutable listing: kept with its validators, revalidated when stale, served stale when the upstream fails.
     *
     * @param path canonical path below the mount
     * @param place readable location in the store, relative to the mount
     * @param accept {@code Accept} header for the upstream
     * @param freshFor age up to which no question is asked
     * @param negativeFor how long a 404 or 410 is remembered
     * @param coordinates the package it describes; null when it describes none
     * @param links reads what it lists; null when it lists nothing that must be verified
     * @param rendering the form the client wants; null when the upstream's bytes are served
     * @param generation reads it as the root of a generation; null when it is none
     * @param companions files that belong to exactly this root, fetched with it (a detached signature), canonical paths
     * @param merger joins the documents of several upstreams; null when the first that answers wins
     * @param encoded whether the upstream may send it compressed in transit; false where bytes are signed or hashed
     * @param digests computed while storing, beside SHA-256
     * @param contentType sent to clients; null to keep the upstream's
     * @param soleUpstream whether it speaks for the whole repository, so that it is absent where several upstreams make one
     */
    record Index(
            String path,
            String place,
            Origin.At origin,
            String accept,
            Duration freshFor,
            Duration negativeFor,
            @Nullable Coordinates coordinates,
            @Nullable LinkReader links,
            @Nullable Rendering rendering,
            Generation.@Nullable Parser generation,
            List<String> companions,
            @Nullable Merger merger,
            boolean encoded,
            Set<Algorithm> digests,
            @Nullable String contentType,
            boolean soleUpstream)
            implements Cacheable {

        public Index from(Origin.At newOrigin) {
            return new Index(
                    path,
                    place,
                    newOrigin,
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
                    digests,
                    contentType,
                    soleUpstream);
        }

        public Index accepting(String newAccept) {
            return new Index(
                    path,
                    place,
                    origin,
                    newAccept,
                    freshFor,
                    negativeFor,
                    coordinates,
                    links,
                    rendering,
                    generation,
                    companions,
                    merger,
                    encoded,
                    digests,
                    contentType,
                    soleUpstream);
        }

        public Index freshFor(Duration duration) {
            return new Index(
                    path,
                    place,
                    origin,
                    accept,
                    duration,
                    negativeFor,
                    coordinates,
                    links,
                    rendering,
                    generation,
                    companions,
                    merger,
                    encoded,
                    digests,
                    contentType,
                    soleUpstream);
        }

        public Index absentFor(Duration duration) {
            return new Index(
                    path,
                    place,
                    origin,
                    accept,
                    freshFor,
                    duration,
                    coordinates,
                    links,
                    rendering,
                    generation,
                    companions,
                    merger,
                    encoded,
                    digests,
                    contentType,
                    soleUpstream);
        }

        public Index of(Coordinates newCoordinates) {
            return new Index(
                    path,
                    place,
                    origin,
                    accept,
                    freshFor,
                    negativeFor,
                    newCoordinates,
                    links,
                    rendering,
                    generation,
                    companions,
                    merger,
                    encoded,
                    digests,
                    contentType,
                    soleUpstream);
        }

        public Index listing(LinkReader reader) {
            return new Index(
                    path,
                    place,
                    origin,
                    accept,
                    freshFor,
                    negativeFor,
                    coordinates,
                    reader,
                    rendering,
                    generation,
                    companions,
                    merger,
                    encoded,
                    digests,
                    contentType,
                    soleUpstream);
        }

        public Index rendered(Rendering newRendering) {
            return new Index(
                    path,
                    place,
                    origin,
                    accept,
                    freshFor,
                    negativeFor,
                    coordinates,
                    links,
                    newRendering,
                    generation,
                    companions,
                    merger,
                    encoded,
                    digests,
                    contentType,
                    soleUpstream);
        }

        /**
         * How long after {@link #freshFor()} the stale index may be served while it is refreshed behind
         * (stale-while-revalidate, RFC 5861). A root never is: its clients verify what they get next against it.
         */
        public Duration staleFor() {
            return generation == null ? freshFor : Duration.ZERO;
        }

        public Index root(Generation.Parser parser, List<String> itsCompanions) {
            return new Index(
                    path,
                    place,
                    origin,
                    accept,
                    freshFor,
                    negativeFor,
                    coordinates,
                    links,
                    rendering,
                    parser,
                    List.copyOf(itsCompanions),
                    merger,
                    encoded,
                    digests,
                    contentType,
                    soleUpstream);
        }

        public Index merged(Merger newMerger) {
            return new Index(
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
                    newMerger,
                    encoded,
                    digests,
                    contentType,
                    soleUpstream);
        }

        public Index untouched() {
            return new Index(
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
                    false,
                    digests,
                    contentType,
                    soleUpstream);
        }

        public Index digesting(Algorithm... algorithms) {
            return new Index(
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
                    Set.of(algorithms),
                    contentType,
                    soleUpstream);
        }

        public Index as(String newContentType) {
            return new Index(
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
                    digests,
                    newContentType,
                    soleUpstream);
        }

        public Index ofSoleUpstream() {
            return new Index(
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
                    digests,
                    contentType,
                    true);
        }
    }

    /**
     * A file that belongs to a generation: it is answered from the generation that its root opened, or fetched by the
     * digest that the root gives and verified before anybody sees it.
     *
     * @param roots tried in this order: the first that exists decides
     * @param select which member
     * @param otherwise what the path is when no root lists it or no root exists
     * @param links reads what this member lists; null when it lists nothing
     */
    record Member(
            List<Index> roots,
            Select select,
            Resource otherwise,
            @Nullable LinkReader links) implements Resource {

        /** How a member is named. */
        public sealed interface Select {

            /** By its path relative to the root's folder. */
            record ByName(String path) implements Select {}

            /** By one of its digests. */
            record ByDigest(Checksum.Known digest) implements Select {}

            /** A companion of the root ({@link Index#companions}), canonical path. */
            record Companion(String path) implements Select {}
        }
    }

    /**
     * The digest of another resource as a small text, derived from the very bytes that are served.
     *
     * @param of an artifact or an index
     * @param otherwise asked when those bytes are not held
     */
    record Sidecar(Resource of, Algorithm algorithm, Resource otherwise) implements Resource {}

    /**
     * An answer that needs no upstream.
     *
     * @param body from the public URL of the mount, which has no trailing slash
     */
    record Literal(int status, String contentType, Function<URI, byte[]> body) implements Resource {}

    /** Sends the client to another path of this mount, with the query kept. */
    record Moved(String path) implements Resource {}

    /**
     * Relayed to the upstream and never stored: searches, audits.
     */
    record Passthrough(Origin.At origin) implements Resource {}

    /** Refused with a reason that the client prints, for example a write to a cache (405). */
    record Refused(int status, String message) implements Resource {}

    /** Default time that an index is fresh. */
    Duration FRESH = Duration.ofMinutes(5);

    /** Default time that an absence is remembered. */
    Duration ABSENT = Duration.ofMinutes(1);

    /** An artifact at the same path upstream, without a checksum. */
    static Artifact artifact(String path, String place) {
        return new Artifact(path, place, Origin.At.path(path), new Checksum.None(), null, Set.of(), null, ABSENT);
    }

    /** An index at the same path upstream. */
    static Index index(String path, String place) {
        return new Index(
                path,
                place,
                Origin.At.path(path),
                "*/*",
                FRESH,
                ABSENT,
                null,
                null,
                null,
                null,
                List.of(),
                null,
                true,
                Set.of(),
                null,
                false);
    }
}
