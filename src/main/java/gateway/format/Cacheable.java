package gateway.format;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is kept in the store. */
public sealed interface Cacheable extends Resource permits Artifact, Index {

    /** Canonical path below the mount: the identity in the catalog, whatever spelling the client used. */
    String path();

    /** Readable location in the store, relative to the mount, for example {@code lodash/4.17.21/lodash-4.17.21.tgz}. */
    String place();

    /** Where the upstream keeps it. */
    Origin origin();

    /** Where its digest comes from. */
    Checksum checksum();

    /** The package it belongs to; null when it belongs to none. */
    @Nullable
    Coordinates coordinates();

    /** Digests computed while storing, beside SHA-256 and what the checksum needs. */
    Set<Algorithm> digests();

    /** Sent to clients; null to keep the upstream's. */
    @Nullable
    String contentType();

    /**
     * The {@code User-Agent} that the upstream is asked with, since its answer depends on it; empty for our own; null when
     * the answer does not depend on it. The path must tell apart what clients get.
     */
    @Nullable
    String agent();

    /** Headers that the upstream must be asked with. */
    default Map<String, String> asked() {
        String agent = agent();
        return agent == null || agent.isEmpty() ? Map.of() : Map.of("User-Agent", agent);
    }

    /** How long a 404 or 410 is remembered. */
    Duration negativeFor();
}
