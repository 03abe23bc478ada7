package gateway.format;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One artifact that an index lists.
 *
 * @param path where this gateway serves it, below the mount and decoded; one that ends with a slash stands for all files
 *     of that folder, whose links then need no URL
 * @param url the upstream's URL for it, absolute; null when the artifact's own {@link Origin} says it
 * @param checksum digest its bytes must have; null when the index gives none
 * @param coordinates the package it belongs to; null when the request path says it
 * @param size length in bytes, -1 when the index does not say
 * @param published when the upstream published it; null when the index does not say
 */
public record Link(
        String path,
        @Nullable String url,
        Checksum.@Nullable Known checksum,
        @Nullable Coordinates coordinates,
        long size,
        @Nullable Instant published) {}
