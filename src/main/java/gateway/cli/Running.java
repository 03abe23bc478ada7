package gateway.cli;

import gateway.Background;
import gateway.cache.Mount;
import gateway.cache.Parts;
import gateway.cache.PullThrough;
import gateway.cache.Rebuild;
import gateway.cache.Scrub;
import gateway.cache.Sweeper;
import gateway.catalog.Catalog;
import gateway.catalog.CatalogDatabase;
import gateway.settings.Listen;
import gateway.settings.Logging;
import gateway.settings.Repository;
import gateway.settings.RunFile;
import gateway.settings.Settings;
import gateway.settings.SettingsException;
import gateway.storage.BlobStore;
import gateway.upstream.HttpUpstreams;
import gateway.upstream.git.GitUpstreams;
import gateway.web.WebServer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** A gateway that runs in this process: put together in {@link #start}, taken apart in {@link #close}. */
public final class Running implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Running.class);
    /** Who waits for a start wants to be served first. */
    private static final Duration AFTER_START = Duration.ofSeconds(5);

    private final List<AutoCloseable> parts = new ArrayList<>();
    private final int port;
    private @Nullable OpenProjects projects;

    private Running(Settings settings, String version, Clock clock) throws Exception {
        try {
            this.port = open(settings, version, clock);
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** Starts everything; when anything fails, what was started is closed again. */
    public static Running start(Settings settings, String version, Clock clock) throws Exception {
        return new Running(settings, version, clock);
    }

    /** Runs until the process is told to stop, and stops gracefully. */
    public static int untilStopped(Settings settings, Supplier<Settings> again, String version) throws Exception {
        CompletableFuture<Running> started = new CompletableFuture<>();
        // Before the start: who hears no such signal is ended by it.
        HangUp.does(() -> started.join().reload(again));
        Running running = start(settings, version, Clock.systemUTC());
        started.complete(running);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            log.info("stopping");
                            running.close();
                            Logging.finish();
                            stopped.countDown();
                        },
                        "stop"));
        stopped.await();
        return 0;
    }

    /** Takes over what the configuration says about projects by now; what else it says needs a new start. */
    private void reload(Supplier<Settings> again) {
        try {
            Settings settings = again.get();
            OpenProjects open = projects;
            if (open != null) {
                open.reconcile(settings.organisation());
                log.info("read the configuration again: projects are as it says");
            } else {
                log.info(
                        "read the configuration again: without projects nothing of it is taken over before a new start");
            }
        } catch (SettingsException e) {
            log.error("the configuration stays as it was: {}", e.getMessage());
        } catch (RuntimeException e) {
            log.error("the configuration stays as it was", e);
        }
    }

    private int open(Settings given, String version, Clock clock) throws Exception {
        int free = probe(given.listen());
        // Where no link names the port, it is left to the system until it is bound.
        Settings settings = given.configuredBaseUrl() == null ? given.withPort(free) : given;
        BlobStore store =
                BlobStore.open(settings.storage().path(), settings.storage().fsync());
        parts.add(store::close);
        CatalogDatabase.Opened database =
                now(CatalogDatabase.open(settings.database().path(), clock));
        parts.add(() -> database.catalog().close().block());
        HttpUpstreams servers = new HttpUpstreams(settings.network(), version, clock);
        parts.add(() -> servers.close()
                // The server stops first, and with the event loops the idle connections to upstreams were closed.
                .onErrorComplete(RejectedExecutionException.class)
                .block());
        GitUpstreams upstreams = new GitUpstreams(servers, settings.network(), store.root(), clock);
        parts.add(upstreams);
        Parts pipeline = new Parts(
                database.catalog(),
                store,
                upstreams,
                clock,
                unlimited(settings.storage().maxSizeBytes()),
                unlimited(settings.storage().maxArtifactSizeBytes()),
                settings.network().flightTimeout());
        PullThrough pullThrough = new PullThrough(pipeline);
        parts.add(pullThrough::close);
        Background background = new Background();
        parts.add(background);
        List<Mount> mounts = new ArrayList<>();
        for (Repository repository : settings.repositories()) {
            mounts.add(Mount.of(repository, settings.baseUrl()));
        }
        if (settings.organisation().isOn()) {
            OpenProjects open = OpenProjects.start(settings, clock);
            parts.add(open);
            projects = open;
        }
        PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        WebServer server = WebServer.start(new WebServer.Parts(
                version,
                settings,
                mounts,
                pullThrough,
                database.catalog(),
                store,
                upstreams,
                clock,
                meters,
                projects == null ? null : projects.parts(),
                projects == null
                        ? null
                        : projects.traffic(pipeline, pullThrough, settings.organisation(), background, meters)));
        parts.add(server);
        background.start("recall what was used last", database.catalog().recall());
        background.start(
                "put the store in order",
                rebuilt(database, store)
                        .then(new Sweeper(database.catalog(), store).sweep().delaySubscription(AFTER_START)));
        scrub(settings.storage().scrub(), database.catalog(), store, background, meters);
        leaveRunFile(settings, RunFile.of(server.address(), settings.tls() != null));
        log.info(
                "serving {} repositories on {}, base URL {}, store {}",
                mounts.size(),
                settings.listen(),
                settings.baseUrl(),
                store.root());
        return server.address().getPort();
    }

    /** Clients are served meanwhile: where the catalog has no row, the manifest beside the bytes speaks. */
    private static Mono<Void> rebuilt(CatalogDatabase.Opened database, BlobStore store) {
        return database.needsRebuild()
                ? new Rebuild(database.catalog())
                        .run(store.holdings())
                        .filter(restored -> restored)
                        .count()
                        .flatMap(entries -> database.catalog().rebuilt().then(Mono.fromRunnable(() -> {
                            if (entries > 0) {
                                log.info("rebuilt the catalog from {} manifests", entries);
                            }
                        })))
                : Mono.empty();
    }

    /**
     * To open a catalog may take a while: whoever named a port that is taken is told before. Whoever left the choice to the
     * system has one now, which links can name.
     */
    private static int probe(Listen listen) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(
                    listen.host().isEmpty()
                            ? new InetSocketAddress(listen.port())
                            : new InetSocketAddress(listen.host().replaceAll("[\\[\\]]", ""), listen.port()));
            return socket.getLocalPort();
        }
    }

    private static void scrub(
            Duration period, Catalog catalog, BlobStore store, Background background, MeterRegistry meters) {
        if (period.isZero()) {
            return;
        }
        Scrub scrub = new Scrub(catalog, store.holdings(), period);
        FunctionCounter.builder("gateway.scrub.blobs", scrub, Scrub::checked).register(meters);
        FunctionCounter.builder("gateway.scrub.damaged", scrub, Scrub::damaged).register(meters);
        background.start("check the store", scrub.run());
    }

    private void leaveRunFile(Settings settings, RunFile file) throws IOException {
        Path path = settings.database().runFile();
        file.write(path);
        parts.add(() -> file.delete(path));
    }

    private static long unlimited(long size) {
        return size == 0 ? Long.MAX_VALUE : size;
    }

    private static <T> T now(Mono<T> mono) {
        return Objects.requireNonNull(mono.block());
    }

    /** The port that is listened on. */
    public int port() {
        return port;
    }

    /** Stops in the opposite order; one part that fails to stop does not keep the others. */
    @Override
    public void close() {
        for (AutoCloseable part : parts.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                log.warn("stopping", e);
            }
        }
        parts.clear();
    }
}
