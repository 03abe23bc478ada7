package gateway.settings;

import gateway.settings.Organisation.DeclaredMember;
import gateway.settings.Organisation.DeclaredProject;
import gateway.settings.Organisation.DeclaredProxy;
import gateway.settings.Organisation.DeclaredRemote;
import gateway.settings.Organisation.DeclaredToken;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what stands below {@code projects}. */
final class ProjectsReader {
    private static final List<String> KEYS = List.of(
            "id", "path", "visibility", "packages", "go_proxy", "members", "deploy_tokens", "dependency_proxy", "git");
    private static final List<String> VISIBILITIES = List.of("public", "internal", "private");
    private static final List<String> ROLES = List.of("guest", "reporter", "developer", "maintainer", "owner");
    private static final List<String> OF_USERS = List.of("api", "read_api");
    private static final List<String> OF_DEPLOYMENT = List.of("read_package_registry", "write_package_registry");
    private static final Pattern GROUP = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*+");
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]{0,254}");

    private ProjectsReader() {}

    static List<DeclaredProject> read(List<Node> items) {
        Map<String, DeclaredProject> byPath = new LinkedHashMap<>();
        for (Node item : items) {
            DeclaredProject project = project(item.asMapping().only(KEYS));
            boolean twice = byPath.values().stream().anyMatch(other -> other.id() != 0 && other.id() == project.id());
            if (twice || byPath.put(project.path().toLowerCase(Locale.ROOT), project) != null) {
                throw new SettingsException(item.label() + ": its id or path is that of another project here");
            }
        }
        return List.copyOf(byPath.values());
    }

    private static DeclaredProject project(Node.Mapping fields) {
        return new DeclaredProject(
                fields.scalar("id")
                        .map(value -> value.as(ProjectsReader::number))
                        .orElse(0L),
                fields.required("path").as(ProjectsReader::path),
                optional(fields, "visibility", value -> oneOf(value, VISIBILITIES)),
                optional(fields, "packages", Node.Scalar::asBoolean),
                optional(fields, "go_proxy", Node.Scalar::asBoolean),
                fields.sequence("members").stream().map(ProjectsReader::member).toList(),
                deployTokens(fields),
                proxy(fields.mapping("dependency_proxy")),
                fields.fields().containsKey("git") ? git(fields.mapping("git")) : null);
    }

    private static long number(String text) {
        if (!text.matches("[1-9][0-9]{0,17}")) {
            throw new Rejected("is not the number of a project");
        }
        return Long.parseLong(text);
    }

    private static String path(String text) {
        String path = groupPath(text);
        if (!path.contains("/")) {
            throw new Rejected("is the path of a group; the path of a project is for example acme/app");
        }
        return path;
    }

    static String groupPath(String text) {
        if (text.length() > 255 || !GROUP.matcher(text).matches()) {
            throw new Rejected("is not a path; write for example acme/app");
        }
        return text;
    }

    private static DeclaredMember member(Node node) {
        Node.Mapping fields = node.asMapping().only(List.of("user", "role", "tokens"));
        String user = fields.required("user").as(text -> {
            if (!USER.matcher(text).matches()) {
                throw new Rejected("is not the name of a user; use letters, digits, '.', '_', '-' and '@'");
            }
            return text;
        });
        return new DeclaredMember(
                user,
                oneOf(fields.required("role"), ROLES),
                fields.sequence("tokens").stream()
                        .map(token -> personalToken(token.asMapping()))
                        .toList());
    }

    private static DeclaredToken personalToken(Node.Mapping fields) {
        fields.only(List.of("kind", "name", "scopes", "value", "expires_at"));
        fields.scalar("kind").ifPresent(kind -> oneOf(kind, List.of("personal")));
        return token(fields, fields.scalar("name").map(Node.Scalar::text).orElse("configuration"), OF_USERS);
    }

    static List<DeclaredToken> deployTokens(Node.Mapping owner) {
        return owner.sequence("deploy_tokens").stream()
                .map(item -> {
                    Node.Mapping fields = item.asMapping().only(List.of("username", "scopes", "value", "expires_at"));
                    String username = fields.required("username").as(text -> {
                        if (text.isBlank() || text.contains(":") || text.equals("gitlab-ci-token")) {
                            throw new Rejected("cannot be the user name of a deploy token");
                        }
                        return text;
                    });
                    return token(fields, username, OF_DEPLOYMENT);
                })
                .toList();
    }

    private static DeclaredToken token(Node.Mapping fields, String name, List<String> known) {
        List<String> scopes = new ArrayList<>();
        fields.sequence("scopes").forEach(scope -> scopes.add(oneOf(scope.asScalar(), known)));
        if (scopes.isEmpty()) {
            throw new SettingsException(
                    fields.label() + ".scopes: is missing; known here: " + String.join(", ", known));
        }
        return new DeclaredToken(
                name,
                scopes,
                OrganisationReader.token(fields.required("value")),
                optional(fields, "expires_at", value -> value.as(ProjectsReader::time)));
    }

    /** Of a date its first moment in UTC. */
    private static Instant time(String text) {
        try {
            return text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeParseException e) {
            throw new Rejected("is not a date; write for example 2030-12-31");
        }
    }

    private static DeclaredProxy proxy(Node.Mapping fields) {
        List<String> known = new ArrayList<>(List.of("enabled", "entitled"));
        known.addAll(Organisation.PROXIED);
        fields.only(known);
        Map<String, List<DeclaredRemote>> remotes = new LinkedHashMap<>();
        for (String format : Organisation.PROXIED) {
            Node node = fields.fields().get(format);
            if (node != null) {
                remotes.put(format, remotes(node));
            }
        }
        return new DeclaredProxy(
                optional(fields, "enabled", Node.Scalar::asBoolean),
                optional(fields, "entitled", Node.Scalar::asBoolean),
                remotes);
    }

    /** One, or a list. */
    private static List<DeclaredRemote> remotes(Node node) {
        if (!(node instanceof Node.Sequence list)) {
            return List.of(remote(node.asMapping()));
        }
        List<DeclaredRemote> remotes =
                list.items().stream().map(item -> remote(item.asMapping())).toList();
        if (remotes.isEmpty() || remotes.size() > Organisation.MOST_REMOTES) {
            throw new SettingsException(list.label() + ": must have 1 to " + Organisation.MOST_REMOTES + " remotes");
        }
        if (remotes.stream().map(DeclaredRemote::url).distinct().count() < remotes.size()) {
            throw new SettingsException(list.label() + ": has the same url twice");
        }
        return remotes;
    }

    private static DeclaredRemote remote(Node.Mapping fields) {
        fields.only(List.of("url", "username", "password", "allow", "deny"));
        Address address = Address.of(fields.required("url"));
        return new DeclaredRemote(
                address.url().toString(),
                "",
                UpstreamReader.credentials(fields, address.credentials()),
                Rules.read(fields));
    }

    private static DeclaredRemote git(Node.Mapping fields) {
        fields.only(List.of("url", "module", "username", "password"));
        Upstream upstream = UpstreamReader.git(fields, fields.required("url"), "git");
        String module = upstream.git() == null ? "" : upstream.git().path();
        return new DeclaredRemote(upstream.url().toString(), module, upstream.credentials(), Rules.NONE);
    }

    private static String oneOf(Node.Scalar value, List<String> known) {
        return value.as(text -> {
            if (!known.contains(text)) {
                throw new Rejected("is not known here; use " + String.join(", ", known));
            }
            return text.toUpperCase(Locale.ROOT);
        });
    }

    private static <T> @Nullable T optional(Node.Mapping fields, String key, Function<Node.Scalar, T> read) {
        return fields.scalar(key).map(read).orElse(null);
    }
}
