package gateway.project;

import gateway.settings.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A credential as a client sent it.
 *
 * @param form where it stood
 * @param username of Basic; null for the others
 */
public record Presented(Form form, @Nullable String username, Secret secret) {

    /** Where a credential stands in a request; the first of these that is there counts. */
    public enum Form {
        PRIVATE_TOKEN,
        DEPLOY_TOKEN,
        JOB_TOKEN,
        BEARER,
        BASIC,
        /** A credential that cannot be read, such as Basic without a colon. */
        MALFORMED
    }
}
