package gateway.project;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A file of a project's package registry.
 *
 * @param id number of the file, 0 before it is saved
 * @param packageId number of its package, 0 before it is saved
 * @param format such as {@code maven} or {@code generic}
 * @param packageName as the ecosystem writes it; of Maven with slashes: {@code com/my_company/my_package}
 * @param version null where a file belongs to no single version
 * @param path below the registry of that format, beginning with a slash; unique among the format's files in the project
 * @param fileName last segment of the path
 * @param size bytes
 * @param sha256 lower-case hex, as the other digests
 * @param pulled where it was pulled from; null when it was published by hand
 * @param metadata what documents of the format say of the file, as the format writes it; null for nothing, or when nobody
 *     has read it from the file yet
 */
public record PackageFile(
        long id,
        long packageId,
        long project,
        String format,
        String packageName,
        @Nullable String version,
        String path,
        String fileName,
        long size,
        String sha256,
        String sha1,
        String md5,
        String contentType,
        @Nullable Pulled pulled,
        @Nullable String metadata,
        Instant createdAt) {

    /** How a file came into a registry. */
    public enum Origin {
        /** Pulled through the dependency proxy: it can be had again, and may be evicted. */
        PROXY,
        /** Published by hand: kept until somebody deletes it. */
        PUBLISHED
    }

    /**
     * What is known of a file that came through the dependency proxy.
     *
     * @param remote tells it from the other remotes of the project; empty when nobody noted it
     * @param etag the remote's validator; null when it sent none
     * @param lastModified as the remote wrote it; null likewise
     */
    public record Pulled(
            String remote, @Nullable String etag, @Nullable String lastModified) {}

    public Origin origin() {
        return pulled == null ? Origin.PUBLISHED : Origin.PROXY;
    }

    /** The same file with its numbers. */
    PackageFile numbered(long newId, long newPackageId) {
        return with(newId, newPackageId, metadata);
    }

    /** The same file with what was read from it. */
    PackageFile described(String read) {
        return with(id, packageId, read);
    }

    private PackageFile with(long newId, long newPackageId, @Nullable String newMetadata) {
        return new PackageFile(
                newId,
                newPackageId,
                project,
                format,
                packageName,
                version,
                path,
                fileName,
                size,
                sha256,
                sha1,
                md5,
                contentType,
                pulled,
                newMetadata,
                createdAt);
    }
}
