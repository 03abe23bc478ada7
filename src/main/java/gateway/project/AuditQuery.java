package gateway.project;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of the audit log are to be shown, the newest first.
 *
 * @param before only those with a smaller number
 * @param count so many at most
 * @param project its path, in any case; null for all
 * @param who a part of {@link Audit.Event#who()}, in any case; null for all
 * @param act a part of {@link Audit.Event#act()}, in any case; null for all
 * @param refused whether refusals or acts; null for both
 * @param since the first moment; null for the first of all
 * @param until the first moment too late; null for none
 */
public record AuditQuery(
        long before,
        int count,
        @Nullable String project,
        @Nullable String who,
        @Nullable String act,
        @Nullable Boolean refused,
        @Nullable Instant since,
        @Nullable Instant until) {

    /** The newest of all. */
    public static AuditQuery newest(int count) {
        return new AuditQuery(Long.MAX_VALUE, count, null, null, null, null, null, null);
    }
}
