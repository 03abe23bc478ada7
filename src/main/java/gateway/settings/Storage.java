package gateway.settings;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where blobs are kept, and how many.
 *
 * @param maxSizeBytes eviction keeps the store below it; 0 for no limit
 * @param maxArtifactSizeBytes a larger artifact is relayed and not stored; 0 for no limit
 * @param fsync whether a blob and its folder are flushed to disk before the blob is published
 * @param scrub in which time all blobs are hashed again once; zero for never
 */
public record Storage(Path path, long maxSizeBytes, long maxArtifactSizeBytes, boolean fsync, Duration scrub) {}
