package gateway.web;

import gateway.project.Administration;
import gateway.project.Caller;
import gateway.project.Project;
import gateway.project.RefusedException;
import gateway.project.RemoteChange;
import gateway.project.Role;
import gateway.project.Visibility;
import gateway.settings.Address;
import gateway.settings.AllowedHost;
import gateway.settings.Credentials;
import gateway.settings.Organisation;
import gateway.settings.Secret;
import gateway.upstream.SavedAddresses;
import gateway.web.AdminGate.Visit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Projects, their members, and the settings of their dependency proxies, as JSON. */
final class AdminProjects {
    private static final List<String> FIELDS = List.of("id", "path", "visibility", "packages", "go_proxy", "entitled");
    private static final String ONE = "_external_registry_";
    private static final String SEVERAL = "_external_registries";
    private static final List<String> OF_REMOTE = List.of("url", "username", "password", "allow", "deny");
    private static final List<String> SHOWN = List.of("url", "username", "allow", "deny");
    private static final List<String> SETTINGS = settingsFields();

    private final Administration administration;
    private final List<AllowedHost> allowed;

    AdminProjects(Administration administration, List<AllowedHost> allowed) {
        this.administration = administration;
        this.allowed = allowed;
    }

    private static List<String> settingsFields() {
        List<String> fields = new ArrayList<>(List.of("enabled"));
        for (String format : Organisation.PROXIED) {
            OF_REMOTE.forEach(field -> fields.add(format + ONE + field));
            fields.add(format + SEVERAL);
        }
        return List.copyOf(fields);
    }

    Mono<ServerResponse> list(Visit visit) {
        return administration
                .list()
                .map(AdminProjects::document)
                .collectList()
                .flatMap(projects -> AdminGate.json(200, projects));
    }

    Mono<ServerResponse> create(Visit visit) {
        return Fields.of(visit.request(), FIELDS)
                .flatMap(fields -> administration.create(changed(
                        new Project(
                                fields.number("id", 0),
                                fields.required("path"),
                                Visibility.PRIVATE,
                                Project.Switches.ALL,
                                Project.Proxy.OFF,
                                null),
                        fields)))
                .flatMap(project -> AdminGate.json(201, document(project)));
    }

    Mono<ServerResponse> show(Visit visit, Project project) {
        return AdminGate.json(200, document(project));
    }

    Mono<ServerResponse> change(Visit visit, Project project) {
        return Fields.of(visit.request(), FIELDS)
                .flatMap(fields -> {
                    boolean reserved = fields.has("path") || fields.has("entitled");
                    if (reserved && !visit.byAdministrator()) {
                        throw RefusedException.invalid(
                                fields.has("path") ? "path" : "entitled", "can be changed by the administrator alone");
                    }
                    if (fields.number("id", project.id()) != project.id()) {
                        throw RefusedException.invalid("id", "cannot be changed");
                    }
                    return administration.change(project.id(), old -> changed(old, fields));
                })
                .flatMap(changed -> AdminGate.json(200, document(changed)));
    }

    private static Project changed(Project old, Fields fields) {
        Project.Switches switches = old.switches();
        String path = fields.text("path");
        return new Project(
                old.id(),
                path == null ? old.path() : path,
                fields.visibility(old.visibility()),
                new Project.Switches(
                        fields.flag("packages", switches.packages()),
                        fields.flag("go_proxy", switches.goProxy()),
                        fields.flag("entitled", switches.entitled())),
                old.proxy(),
                old.git());
    }

    Mono<ServerResponse> delete(Visit visit, Project project) {
        return administration.delete(project.id()).flatMap(AdminGate::done);
    }

    private static Map<String, Object> document(Project project) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", project.id());
        document.put("path", project.path());
        document.put("visibility", project.visibility().name().toLowerCase(Locale.ROOT));
        document.put("packages", project.switches().packages());
        document.put("go_proxy", project.switches().goProxy());
        document.put("entitled", project.switches().entitled());
        return document;
    }

    Mono<ServerResponse> members(Visit visit, Project project) {
        return administration
                .members(project.id())
                .map(member -> member(member.user(), member.role()))
                .collectList()
                .flatMap(members -> AdminGate.json(200, members));
    }

    private static Map<String, Object> member(String user, Role role) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("user", user);
        document.put("role", role.name().toLowerCase(Locale.ROOT));
        return document;
    }

    Mono<ServerResponse> setMember(Visit visit, Project project) {
        String user = visit.request().pathVariable("user");
        return Fields.of(visit.request(), List.of("role")).flatMap(fields -> {
            Role role = fields.role();
            return mayChange(visit, project, user, role)
                    .then(Mono.defer(() -> administration.setMember(project.id(), user, role)))
                    .then(Mono.defer(() -> AdminGate.json(200, member(user, role))));
        });
    }

    Mono<ServerResponse> removeMember(Visit visit, Project project) {
        String user = visit.request().pathVariable("user");
        return mayChange(visit, project, user, Role.GUEST)
                .then(Mono.defer(() -> administration.removeMember(project.id(), user)))
                .flatMap(AdminGate::done);
    }

    /** Nobody makes, or unmakes, members above themselves. */
    private Mono<Void> mayChange(Visit visit, Project project, String user, Role wanted) {
        if (!(visit.caller() instanceof Caller.User caller)) {
            return Mono.empty();
        }
        Role own = caller.roles().getOrDefault(project.id(), Role.GUEST);
        return administration
                .members(project.id())
                .filter(member -> member.user().equals(user))
                .any(member -> !own.atLeast(member.role()))
                .flatMap(above -> above || !own.atLeast(wanted)
                        ? Mono.error(RefusedException.invalid("role", "is above your own"))
                        : Mono.empty());
    }

    Mono<ServerResponse> settings(Visit visit, Project project) {
        return AdminGate.json(200, settings(project));
    }

    Mono<ServerResponse> setSettings(Visit visit, Project project) {
        return Fields.of(visit.request(), SETTINGS)
                .flatMap(fields -> administration.setProxy(project.id(), fields.flag("enabled"), changes(fields)))
                .flatMap(changed -> AdminGate.json(200, settings(changed)));
    }

    private Map<String, List<RemoteChange>> changes(Fields fields) {
        Map<String, List<RemoteChange>> changes = new LinkedHashMap<>();
        for (String format : Organisation.PROXIED) {
            List<Fields> several = fields.items(format + SEVERAL, OF_REMOTE);
            if (several != null) {
                changes.put(format, changes(fields, format, several));
            } else if (OF_REMOTE.stream().anyMatch(field -> fields.has(format + ONE + field))) {
                changes.put(format, List.of(change(fields, format + ONE)));
            }
        }
        return changes;
    }

    private List<RemoteChange> changes(Fields fields, String format, List<Fields> several) {
        if (OF_REMOTE.stream().anyMatch(field -> fields.says(format + ONE + field))) {
            throw fields.refused(
                    format + SEVERAL, "comes with fields of " + format + "_external_registry; give one or the other");
        }
        if (several.size() > Organisation.MOST_REMOTES) {
            throw fields.refused(format + SEVERAL, "has more than " + Organisation.MOST_REMOTES + " registries");
        }
        several.forEach(each -> each.required("url"));
        return several.stream().map(each -> change(each, "")).toList();
    }

    private RemoteChange change(Fields fields, String prefix) {
        String password = fields.text(prefix + "password");
        return new RemoteChange(
                checked(fields, prefix + "url"),
                fields.text(prefix + "username"),
                password == null ? null : new Secret(password),
                fields.texts(prefix + "allow"),
                fields.texts(prefix + "deny"));
    }

    /** What a member writes here is asked from inside the network of the gateway. */
    private @Nullable String checked(Fields fields, String field) {
        String text = fields.text(field);
        if (text == null || text.isEmpty()) {
            return text;
        }
        Address address;
        try {
            address = Address.parse(text);
        } catch (IllegalArgumentException e) {
            throw fields.refused(field, String.valueOf(e.getMessage()));
        }
        if (address.credentials() != null) {
            throw fields.refused(field, "must not hold a user or password; they have fields of their own");
        }
        if (SavedAddresses.refuse(address.url(), allowed)) {
            throw fields.refused(
                    field, "leads to a private address; the operator can allow it by network.allow_private_upstreams");
        }
        return address.url().toString();
    }

    /** Never a password. */
    private static Map<String, @Nullable Object> settings(Project project) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("enabled", project.proxy().enabled());
        for (String format : Organisation.PROXIED) {
            List<Project.Remote> remotes = project.proxy().remotes(format);
            Map<String, @Nullable Object> only = remotes.size() == 1 ? remote(remotes.getFirst()) : Map.of();
            for (String field : SHOWN) {
                document.put(format + ONE + field, only.get(field));
            }
            document.put(
                    format + SEVERAL,
                    remotes.size() < 2
                            ? null
                            : remotes.stream().map(AdminProjects::remote).toList());
        }
        return document;
    }

    private static Map<String, @Nullable Object> remote(Project.Remote remote) {
        Credentials credentials = remote.credentials();
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("url", remote.url().toString());
        document.put("username", credentials == null ? null : credentials.username());
        document.put("allow", patterns(remote.rules().allow()));
        document.put("deny", patterns(remote.rules().deny()));
        return document;
    }

    /** As they are set: to send this document back changes nothing. */
    private static @Nullable List<String> patterns(List<String> patterns) {
        return patterns.isEmpty() ? null : patterns;
    }
}
