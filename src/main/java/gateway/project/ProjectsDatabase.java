package gateway.project;

import gateway.database.Connections;
import gateway.database.DatabaseFiles;
import gateway.database.H2Failures;
import gateway.database.Schema;
import gateway.database.Sql;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The H2 file of the projects. It is a system of record: a file that cannot be read is left where it is, and everything
 * that needs it fails with an {@link UnavailableException} until the operator has put it right and started anew.
 */
public final class ProjectsDatabase {
    static final Schema SCHEMA = new Schema(
            "projects",
            ProjectsDatabase.class,
            List.of("V1__projects.sql", "V2__packages.sql", "V3__registries.sql", "V4__rules.sql", "V5__remotes.sql"));

    private static final Logger log = LoggerFactory.getLogger(ProjectsDatabase.class);

    private final Connections connections;
    private final @Nullable UnavailableException broken;

    private ProjectsDatabase(Connections connections, @Nullable UnavailableException broken) {
        this.connections = connections;
        this.broken = broken;
    }

    /** Opens or creates the file, and never fails: {@link #check()} says what is wrong with it. */
    public static Mono<ProjectsDatabase> open(Path path) {
        var files = new DatabaseFiles(path.toAbsolutePath());
        return Mono.fromCallable(() -> new Connections(files, SCHEMA, false))
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(connections -> usable(files)
                        .then(connections.open())
                        .thenReturn(new ProjectsDatabase(connections, null))
                        .onErrorResume(error -> Mono.just(broken(files, connections, error))));
    }

    private static Mono<Void> usable(DatabaseFiles files) {
        return Mono.fromCallable(() -> {
                    files.prepare();
                    if (files.condemned()) {
                        throw new IOException("it failed while it was in use");
                    }
                    if (files.cut()) {
                        throw new IOException("its length is not what it was when it was closed");
                    }
                    return files;
                })
                .subscribeOn(Schedulers.boundedElastic())
                .then();
    }

    private static ProjectsDatabase broken(DatabaseFiles files, Connections connections, Throwable error) {
        String reason = H2Failures.inUse(error) ? "another gateway has it open" : String.valueOf(error.getMessage());
        String message = "the projects database " + files.database() + " cannot be used ("
                + reason.lines().findFirst().orElse("") + "): put a copy of it in its place and start again";
        log.error("{}; until then whatever belongs to projects is refused", message, error);
        return new ProjectsDatabase(connections, new UnavailableException(message, error));
    }

    /** Whether nothing of it can be used, which only a new start changes. */
    public boolean broken() {
        return broken != null;
    }

    /** The connections, for others who keep rows in this file. */
    public Connections connections() {
        return connections;
    }

    <T> Flux<T> read(Function<Connection, Publisher<T>> work) {
        return broken == null
                ? connections.read(work).onErrorMap(R2dbcException.class, ProjectsDatabase::failed)
                : Flux.error(broken);
    }

    /** One transaction that is in the file when this completes. */
    <T> Mono<T> write(Function<Connection, Mono<T>> work) {
        return broken == null
                ? connections
                        .write(connection -> work.apply(connection).singleOptional())
                        .flatMap(done -> connections.checkpoint().then(Mono.justOrEmpty(done)))
                        .onErrorMap(R2dbcException.class, ProjectsDatabase::failed)
                : Mono.error(broken);
    }

    private static UnavailableException failed(R2dbcException error) {
        log.error("the projects database fails", error);
        return new UnavailableException("the projects database fails: " + error.getMessage(), error);
    }

    /** Completes when the file can be read, with an {@link UnavailableException} otherwise. */
    public Mono<Void> check() {
        return read(connection -> Sql.select(connection, "SELECT 1", row -> true))
                .then();
    }

    /** Closes the file; nothing works afterwards. */
    public Mono<Void> close() {
        return broken == null ? connections.close("SHUTDOWN") : connections.dispose();
    }
}
