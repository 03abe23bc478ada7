package gateway.project;

import gateway.database.Sql;
import gateway.settings.Credentials;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Row;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** How a {@link Project} is written as rows and read again. */
final class ProjectRows {
    /** Under this name a project's git repository stands among its remotes. */
    static final String GIT = "git";

    private static final String SELECT =
            "SELECT id, path, visibility, packages, go_proxy, entitled, proxy_enabled" + " FROM project ";

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private ProjectRows() {}

    static Mono<Project> find(Connection connection, Secrets secrets, String idOrPath) {
        boolean number = NUMBER.matcher(idOrPath).matches();
        return where(
                        connection,
                        secrets,
                        number ? "WHERE id = ?" : "WHERE path_key = ?",
                        number ? Long.valueOf(idOrPath) : key(idOrPath))
                .singleOrEmpty();
    }

    static Flux<Project> all(Connection connection, Secrets secrets) {
        return where(connection, secrets, "ORDER BY id");
    }

    private static Flux<Project> where(Connection connection, Secrets secrets, String condition, Object... arguments) {
        return Sql.select(connection, SELECT + condition, ProjectRows::read, arguments)
                .collectList()
                .flatMapIterable(projects -> projects)
                .concatMap(project -> Remotes.of(connection, project.id())
                        .collectList()
                        .map(remotes -> with(project, remotes, secrets)));
    }

    /** Paths are the same whatever the case. */
    static String key(String path) {
        return path.toLowerCase(Locale.ROOT);
    }

    private static Project read(Row row) {
        return new Project(
                Sql.number(row, 0),
                Sql.text(row, 1),
                Visibility.valueOf(Sql.text(row, 2)),
                new Project.Switches(flag(row, 3), flag(row, 4), flag(row, 5)),
                new Project.Proxy(flag(row, 6), Map.of()),
                null);
    }

    private static Project with(Project project, List<Remotes.Stored> stored, Secrets secrets) {
        Map<String, List<Project.Remote>> remotes = new HashMap<>();
        Project.Git git = null;
        for (Remotes.Stored remote : stored) {
            Credentials credentials = remote.credentials(secrets);
            if (remote.name().equals(GIT)) {
                git = new Project.Git(remote.url(), remote.module(), credentials);
            } else {
                remotes.computeIfAbsent(remote.name(), name -> new ArrayList<>())
                        .add(new Project.Remote(
                                URI.create(remote.url()), credentials, remote.declared(), remote.rules()));
            }
        }
        return new Project(
                project.id(),
                project.path(),
                project.visibility(),
                project.switches(),
                new Project.Proxy(project.proxy().enabled(), remotes),
                git);
    }

    static boolean flag(Row row, int column) {
        return Boolean.TRUE.equals(row.get(column, Boolean.class));
    }

    static Instant time(Row row, int column) {
        Instant time = row.get(column, Instant.class);
        return time == null ? Instant.EPOCH : time;
    }
}
