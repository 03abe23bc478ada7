package gateway.project;

import gateway.database.Sql;
import io.r2dbc.spi.Connection;
import java.time.Instant;
import java.util.regex.Pattern;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Changes to projects, users and members inside a transaction. They fail with a {@link RefusedException}. */
final class Ledger {
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)++");
    /** The beginning of paths. */
    static final Pattern GROUP = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*+");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]{0,254}");
    private static final int LONGEST = 255;

    private Ledger() {}

    /** Gives it a number where it has none, which is 0, and returns the number. */
    static Mono<Long> insert(Connection connection, Project project, boolean declared, Instant now) {
        checkPath(project.path());
        return free(connection, project.path(), project.id())
                .then(number(connection, project.id()))
                .flatMap(id -> Sql.update(
                                connection,
                                "INSERT INTO project (id, path, path_key, visibility, packages, go_proxy, entitled,"
                                        + " proxy_enabled, declared, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                id,
                                project.path(),
                                ProjectRows.key(project.path()),
                                project.visibility().name(),
                                project.switches().packages(),
                                project.switches().goProxy(),
                                project.switches().entitled(),
                                project.proxy().enabled(),
                                declared,
                                now)
                        .thenReturn(id));
    }

    private static Mono<Long> number(Connection connection, long wanted) {
        return Sql.update(
                        connection,
                        "UPDATE counter SET number = GREATEST(number + CASE WHEN CAST(? AS BIGINT) = 0 THEN 1 ELSE 0 END,"
                                + " CAST(? AS BIGINT))"
                                + " WHERE name = 'project'",
                        wanted,
                        wanted)
                .then(
                        wanted != 0
                                ? Mono.just(wanted)
                                : Sql.select(
                                                connection,
                                                "SELECT number FROM counter WHERE name = 'project'",
                                                row -> Sql.number(row, 0))
                                        .single());
    }

    /** All but its remotes, which have rows of their own. */
    static Mono<Void> update(Connection connection, Project project) {
        checkPath(project.path());
        return free(connection, project.path(), project.id())
                .then(Sql.update(
                        connection,
                        "UPDATE project SET path = ?, path_key = ?, visibility = ?, packages = ?, go_proxy = ?,"
                                + " entitled = ?, proxy_enabled = ? WHERE id = ?",
                        project.path(),
                        ProjectRows.key(project.path()),
                        project.visibility().name(),
                        project.switches().packages(),
                        project.switches().goProxy(),
                        project.switches().entitled(),
                        project.proxy().enabled(),
                        project.id()))
                .then();
    }

    private static void checkPath(String path) {
        if (path.length() > LONGEST || !PATH.matcher(path).matches()) {
            throw RefusedException.invalid("path", "is not the path of a project; write for example acme/app");
        }
    }

    private static Mono<Void> free(Connection connection, String path, long self) {
        return Sql.select(
                        connection,
                        "SELECT id FROM project WHERE path_key = ? AND id <> ?",
                        row -> Sql.number(row, 0),
                        ProjectRows.key(path),
                        self)
                .flatMap(id -> Mono.<Void>error(
                        RefusedException.taken("path", "is taken: the project " + id + " has it already")))
                .then();
    }

    /** With its members, remotes, tokens and what was pulled; whatever was published has to be deleted before. */
    static Mono<Boolean> delete(Connection connection, long project) {
        return Sql.select(
                        connection,
                        "SELECT COUNT(*) FROM package_file WHERE project = ? AND origin = ?",
                        row -> Sql.number(row, 0),
                        project,
                        PackageFile.Origin.PUBLISHED.name())
                .single()
                .flatMap(published -> published == 0
                        ? remove(connection, project)
                        : Mono.error(RefusedException.taken(
                                "packages", "hold " + published + " published files: delete these packages first")));
    }

    private static Mono<Boolean> remove(Connection connection, long project) {
        return Flux.just("package_file", "package_tag", "package", "member", "remote", "token")
                .concatMap(table -> Sql.update(connection, "DELETE FROM " + table + " WHERE project = ?", project))
                .then(Sql.update(connection, "DELETE FROM project WHERE id = ?", project))
                .map(rows -> rows > 0);
    }

    /** The number of the user, who is made when there is none of that name. */
    static Mono<Long> person(Connection connection, String name) {
        if (!NAME.matcher(name).matches()) {
            throw RefusedException.invalid(
                    "user", "is not the name of a user; use letters, digits, '.', '_', '-' and '@'");
        }
        return Sql.select(connection, "SELECT id FROM person WHERE name = ?", row -> Sql.number(row, 0), name)
                .next()
                .switchIfEmpty(Sql.select(
                                connection,
                                "SELECT id FROM FINAL TABLE (INSERT INTO person (name) VALUES (?))",
                                row -> Sql.number(row, 0),
                                name)
                        .single());
    }

    static Mono<Void> member(Connection connection, long project, String user, Role role, boolean declared) {
        return person(connection, user)
                .flatMap(person -> Sql.update(
                        connection,
                        "MERGE INTO member (project, person, role, declared) KEY (project, person)"
                                + " VALUES (?, ?, ?, ?)",
                        project,
                        person,
                        role.name(),
                        declared))
                .then();
    }

    static Mono<Boolean> removeMember(Connection connection, long project, String user) {
        return Sql.update(
                        connection,
                        "DELETE FROM member WHERE project = ? AND person = (SELECT id FROM person WHERE name = ?)",
                        project,
                        user)
                .map(rows -> rows > 0);
    }

    /** Returns the number of the token. */
    static Mono<Long> token(Connection connection, TokenRequest request, String digest, Instant now) {
        String person = request.person();
        return person == null
                ? TokenRow.insert(connection, request, null, digest, now)
                : person(connection, person)
                        .flatMap(number -> TokenRow.insert(connection, request, number, digest, now));
    }
}
