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
            "SELECT project, name, url, module, username, password, declared, allow, deny FROM remote ";

    private Remotes() {}

    /**
     * A row.
     *
     * @param name of the format, or {@link ProjectRows#GIT}
     * @param module of git alone, else empty
     * @param username sealed; null for no credentials
     */
    record Stored(
            long project,
            String name,
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
                    ? new Stored(project, name, url, module, null, null, declared, rules)
                    : new Stored(
                            project,
                            name,
                            url,
                            module,
                            secrets.seal(new Secret(credentials.username()), place("username")),
                            secrets.seal(credentials.password(), place("password")),
                            declared,
                            rules);
        }

        private String place(String column) {
            return project + "/" + name + "/" + column;
        }
    }

    static Flux<Stored> of(Connection connection, long project) {
        return Sql.select(connection, SELECT + "WHERE project = ? ORDER BY name", Remotes::read, project);
    }

    static Mono<Stored> one(Connection connection, long project, String name) {
        return Sql.select(connection, SELECT + "WHERE project = ? AND name = ?", Remotes::read, project, name)
                .singleOrEmpty();
    }

    /** All with credentials. */
    static Flux<Stored> sealed(Connection connection) {
        return Sql.select(connection, SELECT + "WHERE username IS NOT NULL", Remotes::read);
    }

    static Mono<Void> save(Connection connection, Stored remote) {
        return Sql.update(
                        connection,
                        "MERGE INTO remote (project, name, url, module, username, password, declared, allow, deny)"
                                + " KEY (project, name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        remote.project(),
                        remote.name(),
                        remote.url(),
                        remote.module(),
                        remote.username(),
                        remote.password(),
                        remote.declared(),
                        lines(remote.rules().allow()),
                        lines(remote.rules().deny()))
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
                Sql.text(row, 2),
                Sql.text(row, 3),
                row.get(4, String.class),
                row.get(5, String.class),
                ProjectRows.flag(row, 6),
                new Rules(patterns(Sql.text(row, 7)), patterns(Sql.text(row, 8))));
    }

    private static String lines(List<String> patterns) {
        return String.join("\n", patterns);
    }

    private static List<String> patterns(String lines) {
        return lines.lines().toList();
    }
}
