package gateway.catalog;

import gateway.database.Connections;
import gateway.database.DatabaseFiles;
import gateway.database.H2Failures;
import gateway.database.Schema;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Opens the catalog's H2 file, and replaces one that cannot be read by a new one.
 *
 * <p>A path such as {@code cache/proxy.db} names the file {@code cache/proxy.db.mv.db}. H2 locks it for as long as it is
 * open. What is saved reaches the file within two seconds or so: a process that is killed loses that much, and what
 * it loses is fetched again.
 */
public final class CatalogDatabase {
    static final Schema SCHEMA = new Schema(
            "catalog",
            CatalogDatabase.class,
            List.of("V1__catalog.sql", "V2__absence.sql", "V3__pinned.sql", "V4__checksum.sql"));

    private static final Logger log = LoggerFactory.getLogger(CatalogDatabase.class);

    private CatalogDatabase() {}

    /**
     * An open catalog.
     *
     * @param needsRebuild the file is new or its rebuild was never finished: entries of the store are missing until the
     *     caller has saved them and called {@link R2dbcCatalog#rebuilt()}
     */
    public record Opened(R2dbcCatalog catalog, boolean needsRebuild) {}

    /** Opens or creates the catalog; fails with a {@link CatalogException}. */
    public static Mono<Opened> open(Path database, Clock clock) {
        var files = new DatabaseFiles(database.toAbsolutePath());
        return Mono.defer(() -> openOrReplace(files, clock))
                .onErrorMap(error -> explain(files, error))
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** Opens a catalog that no server has open, to look at; it must exist, and is never set aside or changed. */
    public static Mono<R2dbcCatalog> openReadOnly(Path database, Clock clock) {
        var files = new DatabaseFiles(database.toAbsolutePath());
        return Mono.defer(() -> files.exists()
                        ? connect(files, true, clock)
                        : Mono.error(CatalogException.missing(files.database())))
                .map(Opened::catalog)
                .onErrorMap(error -> explain(files, error))
                .subscribeOn(Schedulers.boundedElastic());
    }

    /** Opens a new catalog in the place of the one that no server has open, which is set aside. */
    public static Mono<Opened> anew(Path database, Clock clock) {
        var files = new DatabaseFiles(database.toAbsolutePath());
        return Mono.defer(() -> {
                    try {
                        files.prepare();
                    } catch (IOException e) {
                        return Mono.error(CatalogException.unusable(files.database(), e));
                    }
                    return files.exists() ? notInUse(files, clock).then(replaced(files, clock)) : Mono.<Path>empty();
                })
                .then(connect(files, false, clock))
                .onErrorMap(error -> explain(files, error))
                .subscribeOn(Schedulers.boundedElastic());
    }

    private static Mono<Void> notInUse(DatabaseFiles files, Clock clock) {
        return connect(files, true, clock)
                .flatMap(opened -> opened.catalog().close())
                .onErrorResume(error -> !H2Failures.inUse(error), error -> Mono.empty());
    }

    private static Mono<Opened> openOrReplace(DatabaseFiles files, Clock clock) {
        try {
            files.prepare();
            if (files.condemned()) {
                return replace(files, clock, "it failed while it was in use");
            }
            if (files.cut()) {
                return replace(files, clock, "its length is not what it was when it was closed");
            }
        } catch (IOException e) {
            return Mono.error(CatalogException.unusable(files.database(), e));
        }
        return connect(files, false, clock)
                .onErrorResume(
                        error -> files.exists() && H2Failures.unreadable(error),
                        error -> replace(files, clock, error.getMessage()));
    }

    private static Mono<Opened> replace(DatabaseFiles files, Clock clock, @Nullable String why) {
        return replaced(files, clock).flatMap(aside -> {
            log.warn("The catalog {} is broken ({}), set aside as {}", files.database(), why, aside);
            return connect(files, false, clock);
        });
    }

    private static Mono<Path> replaced(DatabaseFiles files, Clock clock) {
        return Mono.fromCallable(() -> files.setAside(clock.instant())).subscribeOn(Schedulers.boundedElastic());
    }

    private static Mono<Opened> connect(DatabaseFiles files, boolean readOnly, Clock clock) {
        return Mono.defer(() -> {
            var connections = new Connections(files, SCHEMA, readOnly);
            return connections
                    .open()
                    .then(connections.read(R2dbcCatalog::isRebuilt).single())
                    .map(rebuilt -> new Opened(new R2dbcCatalog(connections, clock, rebuilt), !rebuilt))
                    .onErrorResume(error -> connections.dispose().then(Mono.error(error)));
        });
    }

    private static Throwable explain(DatabaseFiles files, Throwable error) {
        if (error instanceof CatalogException) {
            return error;
        }
        if (H2Failures.unfinished(error)) {
            return CatalogException.missing(files.database());
        }
        if (H2Failures.inUse(error)) {
            return CatalogException.inUse(files.database(), error);
        }
        return H2Failures.unreadable(error)
                ? CatalogException.broken(files.database(), error)
                : CatalogException.unusable(files.database(), error);
    }
}
