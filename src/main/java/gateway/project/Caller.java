package gateway.project;

import java.util.Map;
import java.util.Set;

/** Who asks, as far as the credentials that were sent tell. */
public sealed interface Caller {

    /** No credentials were sent. */
    record Anonymous() implements Caller {}

    /** What was sent is nobody's: unknown, expired, revoked, or of a job that is over. */
    record Unknown() implements Caller {}

    /** The administrator of the instance, who may do everything. */
    record Administrator() implements Caller {}

    /**
     * A user with a personal or job token.
     *
     * @param roles by number of the project; absent where the user is no member
     * @param writes whether the token's scopes let it change anything
     */
    record User(String name, Map<Long, Role> roles, boolean writes) implements Caller {

        public User {
            roles = Map.copyOf(roles);
        }
    }

    /**
     * A deploy token.
     *
     * @param opens the project's number, or the group's path without slashes at its ends
     */
    record Deploy(String username, Opens opens, Set<Scope> scopes) implements Caller {

        public Deploy {
            scopes = Set.copyOf(scopes);
        }
    }

    /** What a deploy token opens. */
    sealed interface Opens {
        record One(long project) implements Opens {}

        record Group(String path) implements Opens {}
    }

    /** How the audit log names the caller; never a secret. */
    default String label() {
        return switch (this) {
            case Anonymous anonymous -> "anonymous";
            case Unknown unknown -> "unknown";
            case Administrator administrator -> "administrator";
            case User user -> "user " + user.name();
            case Deploy deploy -> "deploy token " + deploy.username();
        };
    }
}
