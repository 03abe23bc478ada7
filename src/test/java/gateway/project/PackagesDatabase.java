package gateway.project;

import gateway.database.Connections;
import gateway.database.DatabaseFiles;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** Package registries in a database file that holds nothing else. */
public final class PackagesDatabase implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Connections connections;
    private final R2dbcPackages packages;

    private PackagesDatabase(Connections connections, Clock clock) {
        this.connections = connections;
        this.packages = new R2dbcPackages(connections, clock);
    }

    /** Opens the file, or makes it. */
    public static PackagesDatabase open(Path folder, Clock clock) {
        DatabaseFiles files = new DatabaseFiles(folder.resolve("projects.db").toAbsolutePath());
        Connections connections = new Connections(files, ProjectsDatabase.SCHEMA, false);
        connections.open().block(PATIENCE);
        return new PackagesDatabase(connections, clock);
    }

    public R2dbcPackages packages() {
        return packages;
    }

    /** Lets go of the file as a kill does: nothing more is written. */
    public void kill() {
        connections.dispose().block(PATIENCE);
    }

    @Override
    public void close() {
        packages.close().block(PATIENCE);
        connections.close("SHUTDOWN").block(PATIENCE);
    }
}
