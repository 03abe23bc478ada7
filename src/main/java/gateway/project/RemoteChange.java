package gateway.project;

import gateway.settings.Rules;
import gateway.settings.Secret;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to change about a remote. Null leaves a value as it is, empty text takes it away.
 *
 * @param url http or https, checked
 * @param allow patterns as of {@link Rules}, as {@code deny} is; an empty list takes them away
 */
public record RemoteChange(
        @Nullable String url,
        @Nullable String username,
        @Nullable Secret password,
        @Nullable List<String> allow,
        @Nullable List<String> deny) {
    private static final int LONGEST = 255;
    private static final int MOST_PATTERNS = 100;

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
        allow = checked("allow", allow);
        deny = checked("deny", deny);
    }

    private static @Nullable List<String> checked(String field, @Nullable List<String> patterns) {
        if (patterns == null) {
            return null;
        }
        if (patterns.size() > MOST_PATTERNS) {
            throw RefusedException.invalid(field, "has more than " + MOST_PATTERNS + " patterns");
        }
        for (String pattern : patterns) {
            if (!Rules.isPattern(pattern)) {
                throw RefusedException.invalid(field, "\"" + pattern + "\" " + Rules.NO_PATTERN);
            }
        }
        return List.copyOf(patterns);
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

    /** What becomes of these rules. */
    Rules rules(Rules old) {
        return new Rules(allow == null ? old.allow() : allow, deny == null ? old.deny() : deny);
    }

    /** Whether both, perhaps as empty texts, were given. */
    boolean givesCredentials() {
        return username != null && password != null;
    }
}
