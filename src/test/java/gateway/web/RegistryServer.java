package gateway.web;

import static java.util.Objects.requireNonNull;

import gateway.cache.Parts;
import gateway.cache.ProjectArchives;
import gateway.cache.PullThrough;
import gateway.cache.Rebuild;
import gateway.cache.Shelf;
import gateway.cache.Sweeper;
import gateway.catalog.Catalog;
import gateway.catalog.CatalogDatabase;
import gateway.project.PackagesDatabase;
import gateway.project.R2dbcPackages;
import gateway.registry.Registries;
import gateway.settings.Features;
import gateway.settings.Network;
import gateway.storage.BlobStore;
import gateway.support.FakeAudit;
import gateway.support.FakeClock;
import gateway.support.FakeProjects;
import gateway.support.StoreFiles;
import gateway.upstream.HttpUpstreams;
import gateway.upstream.git.GitUpstreams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/** Package registries of projects on a real socket, over a real store, catalog and database. */
public final class RegistryServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Path folder;
    private final FakeProjects projects;
    private final FakeAudit audit = new FakeAudit();
    private final FakeClock clock = new FakeClock();
    private final List<AutoCloseable> parts = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // by start
    private ProjectServer server;

    @SuppressWarnings("NullAway.Init") // by start
    private BlobStore store;

    @SuppressWarnings("NullAway.Init") // by start
    private Catalog catalog;

    @SuppressWarnings("NullAway.Init") // by start
    private PackagesDatabase database;

    /** Not started yet. */
    public RegistryServer(Path folder, FakeProjects projects) {
        this.folder = folder;
        this.projects = projects;
    }

    public RegistryServer start() {
        return start(Shelf.Terms.USUAL, Long.MAX_VALUE);
    }

    /** Starts, or starts again on the same files. */
    public RegistryServer start(Shelf.Terms terms, long maxStore) {
        close();
        try {
            store = BlobStore.open(folder.resolve("store"), false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        parts.add(store::close);
        CatalogDatabase.Opened opened = now(CatalogDatabase.open(folder.resolve("catalog/proxy.db"), clock));
        catalog = opened.catalog();
        parts.add(() -> catalog.close().block(PATIENCE));
        if (opened.needsRebuild()) {
            now(new Rebuild(catalog).run(store.holdings()).count());
            opened.catalog().rebuilt().block(PATIENCE);
        }
        database = PackagesDatabase.open(folder, clock);
        parts.add(database);
        Network network = new Network(List.of(), null, null, List.of(), LONG, LONG, LONG, LONG);
        HttpUpstreams servers = new HttpUpstreams(network, "test", clock);
        parts.add(() -> servers.close().block(PATIENCE));
        GitUpstreams upstreams = new GitUpstreams(servers, network, store.root(), clock);
        parts.add(upstreams);
        Parts pipeline = new Parts(catalog, store, upstreams, clock, maxStore, Long.MAX_VALUE, LONG);
        PullThrough pullThrough = new PullThrough(pipeline);
        parts.add(pullThrough::close);
        Shelf shelf = new Shelf(pipeline, pullThrough, packages(), terms);
        server = ProjectServer.start(new ProjectParts(
                projects,
                Features.ALL,
                Registries.on(shelf, new ProjectArchives(upstreams)),
                null,
                new ProjectParts.Lists(projects::below, packages(), shelf),
                audit));
        parts.add(server);
        return this;
    }

    private static <T> T now(Mono<T> mono) {
        return requireNonNull(mono.block(PATIENCE));
    }

    public ProjectServer server() {
        return server;
    }

    public HttpResponse<byte[]> get(String path, String... headers) {
        return server.get(path, headers);
    }

    public HttpResponse<byte[]> put(String path, byte[] body, String... headers) {
        return server.put(path, body, headers);
    }

    public FakeAudit audit() {
        return audit;
    }

    public FakeClock clock() {
        return clock;
    }

    public Catalog catalog() {
        return catalog;
    }

    public BlobStore blobs() {
        return store;
    }

    public R2dbcPackages packages() {
        return database.packages();
    }

    public StoreFiles files() {
        return new StoreFiles(folder.resolve("store"));
    }

    /** What happens some seconds after each start. */
    public void sweep() {
        new Sweeper(catalog, store).sweep().block(PATIENCE);
    }

    /** Deletes what can be rebuilt; only while it is stopped. */
    public void deleteCatalog() {
        StoreFiles.delete(folder.resolve("catalog"));
    }

    @Override
    public void close() {
        for (AutoCloseable part : parts.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        parts.clear();
    }
}
