package gateway.settings;

import java.nio.file.Path;

/**
 * Where blobs are kept, and how many.
 *
 * @param maxSizeBytes eviction keeps the store below it; 0 for no limit
 * @param maxArtifactSizeBytes a larger artifact is relayed and not stored; 0 for no limit
 * @param fsync whether a blob and its folder are flushed to disk before the blob is published
 */
public record Storage(Path path, long maxSizeBytes, long maxArtifactSizeBytes, boolean fsync) {}
