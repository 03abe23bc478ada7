package gateway.project;

import gateway.settings.Secret;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to change about a remote. Null leaves a value as it is, empty text takes it away.
 *
 * @param url http or https, checked
 */
public record RemoteChange(
        @Nullable String url,
        @Nullable String username,
        @Nullable Secret password) {
    private static final int LONGEST = 255;

    /** Fails with a {@link RefusedException}: a user and a password come together or not at all. */
    public RemoteChange {
        check("url", url);
        check("username", username);
        check("password", password == null ? null : password.value());
        if (isEmpty(username) != isEmpty(password == null ? null : password.value())) {
            throw RefusedException.invalid(
                    isEmpty(username) ? "username" : "password", "is missing; give both, or neither");
        }
        if (username != null && username.contains(":")) {
            throw RefusedException.invalid("username", "must not contain a colon");
        }
    }

    private static void check(String field, @Nullable String text) {
        if (text != null && text.length() > LONGEST) {
            throw RefusedException.invalid(field, "is longer than " + LONGEST + " characters");
        }
        if (text != null && text.chars().anyMatch(Character::isISOControl)) {
            throw RefusedException.invalid(field, "contains a control character");
        }
    }

    private static boolean isEmpty(@Nullable String text) {
        return text == null || text.isEmpty();
    }

    /** Whether both, perhaps as empty texts, were given. */
    boolean givesCredentials() {
        return username != null && password != null;
    }
}
