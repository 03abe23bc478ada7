package gateway.project;

import gateway.database.Sql;
import gateway.settings.Organisation;
import gateway.settings.Organisation.DeclaredMember;
import gateway.settings.Organisation.DeclaredProject;
import gateway.settings.Organisation.DeclaredRemote;
import io.r2dbc.spi.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Brings the projects database to what the configuration says, in one transaction, and does nothing where it says so already.
 *
 * <p>Rows carry a mark of who made them. What was made by hand stays unless the configuration names it. What the
 * configuration named before and names no more goes, but for a project itself: only its mark goes, since its packages
 * are in nobody's configuration.
 */
public final class Reconciler {
    private final Administration administration;
    private final R2dbcProjects projects;

    public Reconciler(R2dbcProjects projects) {
        this.projects = projects;
        this.administration = new Administration(projects);
    }

    /** Fails with a {@link RefusedException}, and then nothing was changed. */
    public Mono<Void> run(Organisation declared) {
        Instant now = projects.clock().instant();
        Set<String> digests = new HashSet<>();
        return administration
                .write(connection -> new Run(connection, projects.secrets(), now, digests).all(declared))
                .then(Mono.fromRunnable(() -> digests.forEach(projects::added)));
    }

    /** One run in its transaction. */
    private record Run(Connection connection, Secrets secrets, Instant now, Set<String> digests) {

        Mono<Void> all(Organisation declared) {
            return Flux.fromIterable(declared.projects())
                    .concatMap(this::project)
                    .collectList()
                    .flatMap(ids -> unmark(ids)
                            .then(DeclaredTokens.of(declared, ids).apply(connection, now))
                            .doOnNext(digests::addAll)
                            .then());
        }

        /** Returns the project's number. */
        private Mono<Long> project(DeclaredProject declared) {
            return existing(declared)
                    .flatMap(old -> {
                        Project changed = changed(old, declared);
                        return (changed.equals(old) ? Mono.<Void>empty() : Ledger.update(connection, changed))
                                .thenReturn(old.id());
                    })
                    .switchIfEmpty(
                            Mono.defer(() -> Ledger.insert(connection, changed(fresh(declared), declared), true, now)))
                    .flatMap(id -> Sql.update(
                                    connection, "UPDATE project SET declared = TRUE WHERE id = ? AND NOT declared", id)
                            .then(members(id, declared.members()))
                            .then(remotes(id, declared))
                            .thenReturn(id));
        }

        private Mono<Project> existing(DeclaredProject declared) {
            return ProjectRows.find(
                    connection, secrets, declared.id() == 0 ? declared.path() : Long.toString(declared.id()));
        }

        private static Project fresh(DeclaredProject declared) {
            return new Project(
                    declared.id(), declared.path(), Visibility.PRIVATE, Project.Switches.ALL, Project.Proxy.OFF, null);
        }

        private static Project changed(Project old, DeclaredProject declared) {
            String visibility = declared.visibility();
            Project.Switches switches = old.switches();
            return new Project(
                    old.id(),
                    declared.path(),
                    visibility == null ? old.visibility() : Visibility.valueOf(visibility),
                    new Project.Switches(
                            Objects.requireNonNullElse(declared.packages(), switches.packages()),
                            Objects.requireNonNullElse(declared.goProxy(), switches.goProxy()),
                            Objects.requireNonNullElse(declared.proxy().entitled(), switches.entitled())),
                    new Project.Proxy(
                            Objects.requireNonNullElse(
                                    declared.proxy().enabled(), old.proxy().enabled()),
                            old.proxy().remotes()),
                    old.git());
        }

        private Mono<Void> members(long project, List<DeclaredMember> declared) {
            Map<String, Role> wanted = new LinkedHashMap<>();
            declared.forEach(member -> wanted.put(member.user(), Role.valueOf(member.role())));
            return Sql.select(
                            connection,
                            "SELECT p.name, m.role, m.declared FROM member m JOIN person p ON p.id = m.person"
                                    + " WHERE m.project = ?",
                            row -> new Member(
                                    Sql.text(row, 0), Role.valueOf(Sql.text(row, 1)), ProjectRows.flag(row, 2)),
                            project)
                    .collectList()
                    .flatMap(held -> {
                        List<Mono<?>> steps = new ArrayList<>();
                        held.stream()
                                .filter(member -> member.declared() && !wanted.containsKey(member.user()))
                                .forEach(member -> steps.add(Ledger.removeMember(connection, project, member.user())));
                        wanted.forEach((user, role) -> {
                            if (!held.contains(new Member(user, role, true))) {
                                steps.add(Ledger.member(connection, project, user, role, true));
                            }
                        });
                        return Flux.concat(steps).then();
                    });
        }

        private Mono<Void> remotes(long project, DeclaredProject declared) {
            Map<String, List<DeclaredRemote>> wanted =
                    new LinkedHashMap<>(declared.proxy().remotes());
            DeclaredRemote git = declared.git();
            if (git != null) {
                wanted.put(ProjectRows.GIT, List.of(git));
            }
            return Remotes.of(connection, project).collectList().flatMap(held -> {
                Map<String, List<Remotes.Stored>> there =
                        held.stream().collect(Collectors.groupingBy(Remotes.Stored::name));
                List<Mono<?>> steps = new ArrayList<>();
                there.forEach((name, old) -> {
                    if (!wanted.containsKey(name)) {
                        List<Remotes.Stored> kept = old.stream()
                                .filter(remote -> !remote.declared())
                                .toList();
                        if (kept.size() < old.size()) {
                            steps.add(Remotes.replace(connection, project, name, kept));
                        }
                    }
                });
                wanted.forEach((name, remotes) -> {
                    if (!same(there.getOrDefault(name, List.of()), remotes)) {
                        steps.add(Remotes.replace(
                                connection,
                                project,
                                name,
                                remotes.stream()
                                        .map(remote -> stored(project, name, remote))
                                        .toList()));
                    }
                });
                return Flux.concat(steps).then();
            });
        }

        private Remotes.Stored stored(long project, String name, DeclaredRemote remote) {
            return new Remotes.Stored(project, name, 0, remote.url(), remote.module(), null, null, true, remote.rules())
                    .with(remote.credentials(), secrets);
        }

        private boolean same(List<Remotes.Stored> held, List<DeclaredRemote> wanted) {
            return held.size() == wanted.size()
                    && IntStream.range(0, held.size()).allMatch(i -> same(held.get(i), wanted.get(i)));
        }

        private boolean same(Remotes.Stored held, DeclaredRemote wanted) {
            return held.declared()
                    && held.url().equals(wanted.url())
                    && held.module().equals(wanted.module())
                    && held.rules().equals(wanted.rules())
                    && Objects.equals(held.credentials(secrets), wanted.credentials());
        }

        /** Takes from projects that are named no more what the configuration gave them. */
        private Mono<Void> unmark(List<Long> named) {
            String others = named.stream().map(id -> ", " + id).collect(Collectors.joining("", "NOT IN (0", ")"));
            return Sql.update(connection, "DELETE FROM member WHERE declared AND project " + others)
                    .then(Sql.update(connection, "DELETE FROM remote WHERE declared AND project " + others))
                    .then(Sql.update(connection, "UPDATE project SET declared = FALSE WHERE declared AND id " + others))
                    .then();
        }
    }
}
