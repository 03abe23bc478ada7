package gateway.format;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a path is. Formats build these with the methods here; the pipeline switches over them. */
public sealed interface Resource
        permits Cacheable,
                Resource.Member,
                Resource.Sidecar,
                Resource.Literal,
                Resource.Moved,
                Resource.Passthrough,
                Resource.Upload,
                Resource.Refused {

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
     * @param headers more of them
     */
    record Literal(int status, String contentType, Function<URI, byte[]> body, Map<String, String> headers)
            implements Resource {

        Literal(int status, String contentType, Function<URI, byte[]> body) {
            this(status, contentType, body, Map.of());
        }
    }

    /** Sends the client to another path of this mount, with the query kept. */
    record Moved(String path) implements Resource {}

    /**
     * Relayed to the upstream and never stored: searches, audits.
     */
    record Passthrough(Origin origin) implements Resource {}

    /**
     * The request's body is stored as this artifact, in place of what was stored before, if the mount takes uploads.
     *
     * @param artifact of {@link Origin.Hosted}
     */
    record Upload(Artifact artifact) implements Resource {}

    /** Refused with a reason that the client prints, for example a write to a cache (405). */
    record Refused(int status, String message) implements Resource {}

    /** Default time that an index is fresh. */
    Duration FRESH = Duration.ofMinutes(5);

    /** Default time that an absence is remembered. */
    Duration ABSENT = Duration.ofMinutes(1);

    /** An artifact at the same path upstream, without a checksum. */
    static Artifact artifact(String path, String place) {
        return new Artifact(path, place);
    }

    /** An index at the same path upstream. */
    static Index index(String path, String place) {
        return new Index(path, place);
    }
}
