package gateway.database;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import name.nkonev.r2dbc.migrate.core.BunchOfResourcesEntry;
import name.nkonev.r2dbc.migrate.core.Dialect;
import name.nkonev.r2dbc.migrate.core.Locker;
import name.nkonev.r2dbc.migrate.core.R2dbcMigrate;
import name.nkonev.r2dbc.migrate.core.R2dbcMigrateProperties;
import name.nkonev.r2dbc.migrate.reader.MigrateResource;
import reactor.core.publisher.Mono;

/** Brings the tables to the newest version, by numbered scripts. */
final class Migrations {
    private Migrations() {}

    static Mono<Void> run(ConnectionFactory connections, Schema schema) {
        var properties = new R2dbcMigrateProperties();
        properties.setDialect(Dialect.H2);
        properties.setWaitForDatabase(false);
        properties.setAcquireLockMaxRetries(0);
        properties.setResources(List.of(BunchOfResourcesEntry.ofConventionallyNamedFiles(
                schema.scripts().toArray(String[]::new))));
        return R2dbcMigrate.migrate(
                connections, properties, name -> List.of(new Script(schema, name)), null, new NoLock());
    }

    /** A script on the class path. */
    private record Script(Schema schema, String name) implements MigrateResource {
        @Override
        public boolean isReadable() {
            return true;
        }

        @Override
        public InputStream getInputStream() throws IOException {
            var in = schema.beside().getResourceAsStream(name);
            if (in == null) {
                throw new FileNotFoundException(name);
            }
            return in;
        }

        @Override
        public String getFilename() {
            return name;
        }
    }

    /** H2 locks its file already, and a lock kept in a table would outlive a process that was killed. */
    private static final class NoLock implements Locker {
        @Override
        public List<String> createInternalTables() {
            return List.of();
        }

        @Override
        public Statement tryAcquireLock(Connection connection) {
            return connection.createStatement("SELECT 1");
        }

        @Override
        public Statement releaseLock(Connection connection) {
            return connection.createStatement("SELECT 1");
        }

        @Override
        public Mono<?> extractResultOrError(Mono<? extends Result> result) {
            return result.flatMap(it -> Mono.from(it.map((row, metadata) -> true)));
        }
    }
}
