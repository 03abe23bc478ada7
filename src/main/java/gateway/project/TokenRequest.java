package gateway.project;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A token that somebody wants to have.
 *
 * @param name of a deploy token the user name of Basic, else what people call it
 * @param person the user's name; null of deploy tokens, which have none
 * @param project of deploy and job tokens
 * @param group of group deploy tokens: the beginning of the projects' paths
 * @param expiresAt null for never
 * @param declared whether the configuration names it
 */
public record TokenRequest(
        TokenKind kind,
        String name,
        @Nullable String person,
        @Nullable Long project,
        @Nullable String group,
        Set<Scope> scopes,
        @Nullable Instant expiresAt,
        boolean declared) {

    private static final Set<Scope> OF_USERS = EnumSet.of(Scope.API, Scope.READ_API);

    /** Fails with a {@link RefusedException}. */
    public TokenRequest {
        scopes = Set.copyOf(scopes);
        if (name.isBlank() || name.length() > 255 || name.chars().anyMatch(Character::isISOControl)) {
            throw RefusedException.invalid("name", "is missing, or longer than 255 characters");
        }
        boolean deploys = kind == TokenKind.DEPLOY || kind == TokenKind.GROUP_DEPLOY;
        if (deploys && (name.contains(":") || name.equals("gitlab-ci-token"))) {
            throw RefusedException.invalid("username", "must not contain a colon, nor be the one of job tokens");
        }
        if (group != null && !Ledger.GROUP.matcher(group).matches()) {
            throw RefusedException.invalid("group", "is not the path of a group; write for example acme");
        }
        if (scopes.isEmpty()) {
            throw RefusedException.invalid("scopes", "is missing; " + known(deploys));
        }
        if (scopes.stream().anyMatch(scope -> OF_USERS.contains(scope) == deploys)) {
            throw RefusedException.invalid("scopes", "do not fit this kind of token; " + known(deploys));
        }
    }

    private static String known(boolean deploys) {
        return deploys
                ? "a deploy token may have read_package_registry and write_package_registry"
                : "a user's token may have api or read_api";
    }
}
