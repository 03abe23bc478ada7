package gateway.database;

import io.r2dbc.h2.H2ConnectionConfiguration;
import io.r2dbc.h2.H2ConnectionFactory;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The connections to one H2 file: some to read, and one to write, on threads of their own.
 *
 * <p>H2 runs SQL on the thread that subscribes, and a cancelled transaction is rolled back on the thread that cancels:
 * hence {@code subscribeOn} and {@code cancelOn}. One connection writes, so no two transactions ever meet in a row and
 * nothing has to be retried. Results leave on another scheduler, so no caller's code ever holds up the database.
 */
public final class Connections {
    private static final int READERS = 4;
    private static final int QUEUE = 10_000;
    private static final int STATEMENTS = 64;
    private static final int LONGEST_TEXT = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration FOREVER = Duration.ofMillis(-1);

    private static final Logger log = LoggerFactory.getLogger(Connections.class);

    private final DatabaseFiles files;
    private final boolean readOnly;
    private final AtomicBoolean condemned = new AtomicBoolean();
    private final AtomicBoolean changed = new AtomicBoolean();
    private final Schema schema;
    private final Scheduler readPool;
    private final Scheduler writePool;
    private final Scheduler readThreads;
    private final Scheduler writeThread;
    private final AtomicReference<Pools> pools;
    private final AtomicBoolean closing = new AtomicBoolean();

    public Connections(DatabaseFiles files, Schema schema, boolean readOnly) {
        this.files = files;
        this.schema = schema;
        this.readOnly = readOnly;
        this.readPool = threads(schema.name() + "-read", READERS);
        this.writePool = threads(schema.name() + "-write", 1);
        this.readThreads = undisturbed(readPool);
        this.writeThread = undisturbed(writePool);
        this.pools = new AtomicReference<>(pools());
    }

    /** No connection is made before it is needed. */
    private Pools pools() {
        var factory = new H2ConnectionFactory(configuration(files.database(), readOnly));
        return new Pools(pool(factory, READERS, readThreads), pool(factory, 1, writeThread));
    }

    private record Pools(ConnectionPool readers, ConnectionPool writer) {
        Mono<Void> dispose() {
            return Mono.whenDelayError(readers.disposeLater(), writer.disposeLater())
                    .onErrorComplete();
        }
    }

    public boolean readOnly() {
        return readOnly;
    }

    /** Opens the file, and brings it to the newest version if it may be changed. */
    public Mono<Void> open() {
        // First of all by a statement of our own: the migrations make more noise about a file that cannot be read.
        var touch = Flux.usingWhen(
                writer().create(), connection -> Sql.select(connection, "SELECT 1", row -> true), Connection::close);
        var migrate = Migrations.run(writer(), schema).then(Mono.fromCallable(this::opened));
        return touch.then(readOnly ? Mono.empty() : migrate)
                .subscribeOn(writeThread)
                .publishOn(Schedulers.parallel())
                .then(checkpoint());
    }

    private boolean opened() throws IOException {
        changed.set(true);
        files.opened();
        return true;
    }

    public <T> Flux<T> read(Function<Connection, Publisher<T>> work) {
        return Flux.defer(() -> {
                    var used = pools.get();
                    return Flux.usingWhen(used.readers().create(), work, Connection::close)
                            .onErrorResume(error -> failed(error, used));
                })
                .subscribeOn(readThreads)
                .cancelOn(readThreads)
                .publishOn(Schedulers.parallel());
    }

    /** Runs the work as one transaction, after all writes that were asked for before. */
    public <T> Mono<T> write(Function<Connection, Mono<T>> work) {
        return Mono.defer(() -> {
                    var used = pools.get();
                    return Mono.usingWhen(
                                    used.writer().create(),
                                    connection -> begin(connection).then(work.apply(connection)),
                                    connection -> then(connection.commitTransaction(), connection),
                                    // What went wrong first is what people need to know.
                                    (connection, error) -> then(connection.rollbackTransaction(), connection)
                                            .onErrorComplete(),
                                    connection -> then(connection.rollbackTransaction(), connection))
                            .onErrorResume(error -> failed(error, used));
                })
                .subscribeOn(writeThread)
                .cancelOn(writeThread)
                .publishOn(Schedulers.parallel());
    }

    /** Brings what is committed to the file. */
    public Mono<Void> checkpoint() {
        return Mono.defer(() -> changed.get() ? write(this::checkpoint).then() : Mono.empty());
    }

    private Mono<Long> checkpoint(Connection connection) {
        return Mono.defer(() -> {
            changed.set(false);
            return Sql.update(connection, "CHECKPOINT");
        });
    }

    /** Writes what is committed and closes the file by the statement given; nothing works afterwards. */
    public Mono<Void> close(String statement) {
        var shutdown = Mono.defer(() -> {
            closing.set(true);
            return Mono.usingWhen(
                    writer().create(), connection -> Sql.update(connection, statement), Connection::close);
        });
        return (readOnly ? Mono.empty() : shutdown.then(Mono.fromCallable(this::closed)))
                .onErrorComplete()
                .subscribeOn(writeThread)
                .then(dispose());
    }

    private boolean closed() throws IOException {
        files.closed();
        return true;
    }

    /** Lets go of the file without writing anything. */
    public Mono<Void> dispose() {
        return Mono.defer(() -> pools.get().dispose())
                .subscribeOn(writeThread)
                .publishOn(Schedulers.parallel())
                .then(Mono.whenDelayError(readPool.disposeGracefully(), writePool.disposeGracefully())
                        .subscribeOn(Schedulers.boundedElastic()));
    }

    private ConnectionPool writer() {
        return pools.get().writer();
    }

    /**
     * Called on a thread of the database. H2 closes the file for good when it cannot write, say on a full disk: the next who
     * asks opens it anew.
     */
    private <T> Mono<T> failed(Throwable error, Pools used) {
        if (!readOnly && H2Failures.corrupt(error) && condemned.compareAndSet(false, true)) {
            log.error("The {} {} is broken; the next start does not trust it", schema.name(), files.database(), error);
            try {
                files.condemn();
            } catch (IOException e) {
                error.addSuppressed(e);
            }
        }
        var renewed = !closing.get() && H2Failures.closed(error) && pools.compareAndSet(used, pools());
        return (renewed ? used.dispose() : Mono.<Void>empty()).then(Mono.error(error));
    }

    private Mono<Void> begin(Connection connection) {
        return Mono.defer(() -> {
            changed.set(true);
            return Mono.from(connection.beginTransaction());
        });
    }

    private static Mono<Void> then(Publisher<Void> end, Connection connection) {
        return Mono.from(end)
                .onErrorResume(error -> Mono.from(connection.close()).then(Mono.error(error)))
                .then(Mono.from(connection.close()));
    }

    private static H2ConnectionConfiguration configuration(Path database, boolean readOnly) {
        var builder = H2ConnectionConfiguration.builder()
                .file(database.toAbsolutePath().toString())
                .username("gateway")
                .password("")
                // Closing is ours: H2's own shutdown hook would pull the file away from a graceful stop.
                .option("DB_CLOSE_ON_EXIT=FALSE")
                // Without it H2 writes a log file of its own beside the database.
                .option("TRACE_LEVEL_FILE=0")
                .option("QUERY_CACHE_SIZE=" + STATEMENTS)
                // What H2 writes by itself while a transaction goes on may hold half of it after a crash, since it
                // writes its trees one after the other. checkpoint() writes between transactions instead; what is
                // left to H2 is to compact the file, at a tenth of this period.
                .option("WRITE_DELAY=300000")
                // Closing does not compact: that would take ten seconds with a large file, and a stop has to be quick.
                .option("MAX_COMPACT_TIME=0")
                // A page is written anew with each change in it: smaller and sooner reused pages keep the file small.
                .option("RETENTION_TIME=5000")
                .option("COMPRESS=TRUE")
                // The driver binds text as a large object. Above this length H2 would write it into the file, for a
                // mere look-up as well, and take it out again when it closes.
                .option("MAX_LENGTH_INPLACE_LOB=" + LONGEST_TEXT);
        return readOnly
                ? builder.option("ACCESS_MODE_DATA=r").option("IFEXISTS=TRUE").build()
                : builder.build();
    }

    private static ConnectionPool pool(H2ConnectionFactory factory, int size, Scheduler threads) {
        return new ConnectionPool(ConnectionPoolConfiguration.builder(factory)
                .initialSize(0)
                .maxSize(size)
                // Opening a connection opens the file; the default is a thread that must not block.
                .allocatorSubscribeOn(threads)
                .acquireRetry(0)
                .maxAcquireTime(PATIENCE)
                // An embedded connection never goes bad by age, and with the last one the database would close.
                .maxIdleTime(FOREVER)
                .build());
    }

    private static Scheduler threads(String name, int count) {
        return Schedulers.newBoundedElastic(count, QUEUE, name, Integer.MAX_VALUE, true);
    }

    /**
     * The same threads, but nobody interrupts them. A task that is cancelled would otherwise be, and an interrupted read
     * closes the file below H2 for good.
     */
    private static Scheduler undisturbed(Scheduler threads) {
        return Schedulers.fromExecutor(threads::schedule, true);
    }
}
