package gateway.project;

import gateway.database.Sql;
import gateway.settings.Credentials;
import gateway.settings.Rules;
import gateway.settings.Secret;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What projects pull from, as rows with sealed credentials. */
final class Remotes {
    private static final String SELECT =
            "SELECT project, name, position, url, module, username, password, declared, allow, deny FROM remote ";

    private Remotes() {}

    /**
     * A row.
     *
     * @param name of the format, or {@link ProjectRows#GIT}
     * @param position in the order in which those of one name are asked; the first has 0
     * @param module of git alone, else empty
     * @param username sealed; null for no credentials
     */
    record Stored(
            long project,
            String name,
            int position,
            String url,
            String module,
            @Nullable String username,
            @Nullable String password,
            boolean declared,
            Rules rules) {

        @Nullable
        Credentials credentials(Secrets secrets) {
            return username == null || password == null
                    ? null
                    : new Credentials(
                            secrets.open(username, place("username")).value(),
                            secrets.open(password, place("password")));
        }

        /** Whether another key sealed them than is used now; fails when no key opens them. */
        boolean outdated(Secrets secrets) {
            return credentials(secrets) != null
                    && (secrets.outdated(String.valueOf(username)) || secrets.outdated(String.valueOf(password)));
        }

        /** Seals the credentials anew; null for none. */
        Stored with(@Nullable Credentials credentials, Secrets secrets) {
            return credentials == null
                    ? new Stored(project, name, position, url, module, null, null, declared, rules)
                    : new Stored(
                            project,
                            name,
                            position,
                            url,
                            module,
                            secrets.seal(new Secret(credentials.username()), place("username")),
                            secrets.seal(credentials.password(), place("password")),
                            declared,
                            rules);
        }

        Stored at(int newPosition) {
            return new Stored(project, name, newPosition, url, module, username, password, declared, rules);
        }

        private String place(String column) {
            return project + "/" + name + "/" + column;
        }
    }

    static Flux<Stored> of(Connection connection, long project) {
        return Sql.select(connection, SELECT + "WHERE project = ? ORDER BY name, position", Remotes::read, project);
    }

    /** All of one name, in their order. */
    static Flux<Stored> named(Connection connection, long project, String name) {
        return Sql.select(
                connection, SELECT + "WHERE project = ? AND name = ? ORDER BY position", Remotes::read, project, name);
    }

    /** All with credentials. */
    static Flux<Stored> sealed(Connection connection) {
        return Sql.select(connection, SELECT + "WHERE username IS NOT NULL", Remotes::read);
    }

    static Mono<Void> save(Connection connection, Stored remote) {
        return Sql.update(
                        connection,
                        "MERGE INTO remote (project, name, position, url, module, username, password, declared, allow,"
                                + " deny) KEY (project, name, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        remote.project(),
                        remote.name(),
                        remote.position(),
                        remote.url(),
                        remote.module(),
                        remote.username(),
                        remote.password(),
                        remote.declared(),
                        lines(remote.rules().allow()),
                        lines(remote.rules().deny()))
                .then();
    }

    /** Puts these in the place of all of that name, in this order. */
    static Mono<Void> replace(Connection connection, long project, String name, List<Stored> remotes) {
        return remove(connection, project, name)
                .thenMany(Flux.range(0, remotes.size()))
                .concatMap(position -> save(connection, remotes.get(position).at(position)))
                .then();
    }

    static Mono<Void> remove(Connection connection, long project, String name) {
        return Sql.update(connection, "DELETE FROM remote WHERE project = ? AND name = ?", project, name)
                .then();
    }

    private static Stored read(Row row) {
        return new Stored(
                Sql.number(row, 0),
                Sql.text(row, 1),
                (int) Sql.number(row, 2),
                Sql.text(row, 3),
                Sql.text(row, 4),
                row.get(5, String.class),
                row.get(6, String.class),
                ProjectRows.flag(row, 7),
                new Rules(patterns(Sql.text(row, 8)), patterns(Sql.text(row, 9))));
    }

    private static String lines(List<String> patterns) {
        return String.join("\n", patterns);
    }

    private static List<String> patterns(String lines) {
        return lines.lines().toList();
    }
}
