package gateway.support;

import gateway.project.Role;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A private project as settings write it; each member has one token. */
public record PrivateProject(long id, String path, List<Member> members) {

    public PrivateProject(long id, String path, Member... members) {
        this(id, path, List.of(members));
    }

    /** @param scope of the token, such as {@code read_api} */
    public record Member(String user, Role role, String scope) {

        public String token() {
            return "the-very-own-token-of-" + user;
        }

        private String line() {
            return "  - { user: %s, role: %s, tokens: [ { kind: personal, scopes: [%s], value: %s } ] }"
                    .formatted(user, role.name().toLowerCase(Locale.ROOT), scope, token());
        }
    }

    /**
     * A configuration with this project and nothing else.
     *
     * @param more settings of the project, a line each
     */
    public String settings(String... more) {
        Stream<String> lines = Stream.of(
                        Stream.of("path: " + path, "visibility: private", "members:"),
                        members.stream().map(Member::line),
                        Stream.of(more))
                .flatMap(each -> each);
        return lines.map(line -> "    " + line + "\n")
                .collect(Collectors.joining("", "projects:\n  - id: " + id + "\n", ""));
    }

    /** The setting of a dependency proxy with one remote. */
    public static String proxy(String format, Object remote) {
        return "dependency_proxy: { enabled: true, %s: { url: \"%s\" } }".formatted(format, remote);
    }
}
