package gateway.catalog;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One stored file: a row of the catalog and, as JSON beside the file, its manifest in the store.
 *
 * @param key identity
 * @param format name of the format
 * @param kind artifact or index
 * @param place readable location in the store, with the mount
 * @param sha256 digest of the stored bytes, lower-case hex: the name of the blob
 * @param size length in bytes
 * @param contentType as the upstream sent it or the format wants it
 * @param etag the upstream's validator, null when it sent none
 * @param lastModified the upstream's header as sent, null when it sent none
 * @param url final URL after redirects, without query, against which links in it resolve
 * @param digests further digests of the bytes by {@code md5 sha1 sha512}, lower-case hex
 * @param verified whether the bytes were compared with a digest the format promised
 * @param packageName as the ecosystem writes it, null when it belongs to no package
 * @param packageVersion null when it belongs to no single version
 * @param storedAt when these bytes were stored
 * @param validatedAt when the upstream last confirmed them: the age counts from here
 * @param pinned whether somebody published it here, so that it is never evicted
 */
public record Entry(
        CacheKey key,
        String format,
        Kind kind,
        String place,
        String sha256,
        long size,
        String contentType,
        @Nullable String etag,
        @Nullable String lastModified,
        String url,
        Map<String, String> digests,
        boolean verified,
        @Nullable String packageName,
        @Nullable String packageVersion,
        Instant storedAt,
        Instant validatedAt,
        boolean pinned) {

    /** What can be had again, and so may be evicted. */
    public Entry(
            CacheKey key,
            String format,
            Kind kind,
            String place,
            String sha256,
            long size,
            String contentType,
            @Nullable String etag,
            @Nullable String lastModified,
            String url,
            Map<String, String> digests,
            boolean verified,
            @Nullable String packageName,
            @Nullable String packageVersion,
            Instant storedAt,
            Instant validatedAt) {
        this(
                key,
                format,
                kind,
                place,
                sha256,
                size,
                contentType,
                etag,
                lastModified,
                url,
                digests,
                verified,
                packageName,
                packageVersion,
                storedAt,
                validatedAt,
                false);
    }

    /** Whether the file may change upstream. */
    public enum Kind {
        ARTIFACT,
        INDEX
    }

    /** The same bytes, confirmed by the upstream now; it may have sent new validators. */
    public Entry validated(Instant now, @Nullable String newEtag, @Nullable String newLastModified) {
        return with(
                newEtag == null ? etag : newEtag,
                newLastModified == null ? lastModified : newLastModified,
                digests,
                verified,
                now,
                pinned);
    }

    /** The same bytes, now compared with a promised digest, or with one more digest known. */
    public Entry verified(boolean nowVerified, Map<String, String> nowDigests) {
        return with(etag, lastModified, Map.copyOf(nowDigests), nowVerified, validatedAt, pinned);
    }

    /** The same, never to be evicted. */
    public Entry pinnedHere() {
        return with(etag, lastModified, digests, verified, validatedAt, true);
    }

    /** With all that can become known or change of the same bytes. */
    private Entry with(
            @Nullable String newEtag,
            @Nullable String newLastModified,
            Map<String, String> newDigests,
            boolean nowVerified,
            Instant lastValidated,
            boolean nowPinned) {
        return new Entry(
                key,
                format,
                kind,
                place,
                sha256,
                size,
                contentType,
                newEtag,
                newLastModified,
                url,
                newDigests,
                nowVerified,
                packageName,
                packageVersion,
                storedAt,
                lastValidated,
                nowPinned);
    }
}
