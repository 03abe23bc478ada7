package gateway.settings;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What makes the gateway one of an organisation: an administrator, and projects.
 *
 * @param admin the administrator's token; null for none
 * @param published what may be published into package registries
 * @param projects what the configuration says about projects, which is not all that there are
 */
public record Organisation(
        @Nullable Secret admin,
        Keys keys,
        Features features,
        Published published,
        List<DeclaredProject> projects,
        List<DeclaredGroup> groups) {

    /** The formats that a dependency proxy can pull. */
    public static final List<String> PROXIED =
            List.of("maven", "npm", "pypi", "nuget", "cargo", "conan", "composer", "generic");

    /** Remotes that a project may have for one format: who asks for what none has waits for all. */
    public static final int MOST_REMOTES = 10;

    /** As open as a gateway is that knows of no projects. */
    public static final Organisation NONE =
            new Organisation(null, Keys.NONE, new Features(false, false, false), Published.USUAL, List.of(), List.of());

    /**
     * What may be published into package registries.
     *
     * @param maxSize bytes of one file
     * @param duplicates whether what was published may be published again, in its place
     */
    public record Published(long maxSize, boolean duplicates) {

        public static final Published USUAL = new Published(5L << 30, true);
    }

    public Organisation {
        projects = List.copyOf(projects);
        groups = List.copyOf(groups);
    }

    /** Whether there are projects at all, and a database of them. */
    public boolean isOn() {
        return admin != null || !projects.isEmpty() || !groups.isEmpty();
    }

    /**
     * A project in the configuration. What is null there is left as it is, or as it is for a new project.
     *
     * @param id 0 to let the gateway choose
     * @param visibility in capitals
     */
    public record DeclaredProject(
            long id,
            String path,
            @Nullable String visibility,
            @Nullable Boolean packages,
            @Nullable Boolean goProxy,
            List<DeclaredMember> members,
            List<DeclaredToken> deployTokens,
            DeclaredProxy proxy,
            @Nullable DeclaredRemote git) {

        public DeclaredProject {
            members = List.copyOf(members);
            deployTokens = List.copyOf(deployTokens);
        }
    }

    /**
     * A member.
     *
     * @param role in capitals
     * @param tokens the user's own, which open whatever the user may
     */
    public record DeclaredMember(String user, String role, List<DeclaredToken> tokens) {

        public DeclaredMember {
            tokens = List.copyOf(tokens);
        }
    }

    /**
     * A token with its value.
     *
     * @param name of a deploy token its user name
     * @param scopes in capitals
     */
    public record DeclaredToken(
            String name,
            List<String> scopes,
            Secret value,
            @Nullable Instant expiresAt) {

        public DeclaredToken {
            scopes = List.copyOf(scopes);
        }
    }

    /**
     * A dependency proxy.
     *
     * @param entitled whether the operator grants it
     * @param remotes by format: one or more, in the order in which they are asked
     */
    public record DeclaredProxy(
            @Nullable Boolean enabled, @Nullable Boolean entitled, Map<String, List<DeclaredRemote>> remotes) {

        public DeclaredProxy {
            remotes = Map.copyOf(remotes);
        }
    }

    /**
     * What a project pulls from.
     *
     * @param module of a git repository the path of its module, else empty
     * @param rules which packages it may be asked for
     */
    public record DeclaredRemote(
            String url, String module, @Nullable Credentials credentials, Rules rules) {}

    /** All projects whose path begins so. */
    public record DeclaredGroup(String path, List<DeclaredToken> deployTokens) {

        public DeclaredGroup {
            deployTokens = List.copyOf(deployTokens);
        }
    }
}
