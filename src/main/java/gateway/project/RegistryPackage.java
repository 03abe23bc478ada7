package gateway.project;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of a package in a project's registry.
 *
 * @param version null where its files belong to no single version
 * @param status {@code default}, or {@code hidden} from lists
 * @param lastDownloadedAt null when nobody did
 * @param tags that stand for this version, in order
 */
public record RegistryPackage(
        long id,
        long project,
        String format,
        String name,
        @Nullable String version,
        String status,
        Instant createdAt,
        @Nullable Instant lastDownloadedAt,
        List<String> tags) {

    public static final String HIDDEN = "hidden";
}
