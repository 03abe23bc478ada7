package gateway.support;

import gateway.cli.Running;
import gateway.settings.AllowedHost;
import gateway.settings.Cidr;
import gateway.settings.Database;
import gateway.settings.Limits;
import gateway.settings.Listen;
import gateway.settings.Log;
import gateway.settings.Network;
import gateway.settings.Organisation;
import gateway.settings.Repository;
import gateway.settings.Rules;
import gateway.settings.Settings;
import gateway.settings.Shutdown;
import gateway.settings.Storage;
import gateway.settings.Tls;
import gateway.settings.Uploads;
import gateway.settings.Upstream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The whole gateway in this process: real port, real store, real catalog; what a test does not say is ordinary. */
public final class PipelineGateway implements AutoCloseable {

    // Machines that build have other work as well.
    static {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    private final List<Repository> repositories = new ArrayList<>();
    private Path store;
    private Path database;
    private Clock clock = Clock.systemUTC();
    private Duration response = Duration.ofSeconds(30);
    private Duration idle = Duration.ofSeconds(30);
    private Duration flight = Duration.ofMinutes(5);
    private final List<AllowedHost> allowed = new ArrayList<>();
    private final List<Cidr> trusted = new ArrayList<>();
    private @Nullable Path authorities;
    private Log.Access access = Log.Access.OFF;
    private @Nullable Tls tls;
    private long maxSize;
    private long maxArtifactSize;
    private Duration scrub = Duration.ZERO;
    private Limits limits = Limits.USUAL;
    private @Nullable Running running;

    private PipelineGateway(Path folder) {
        this.store = folder.resolve("artifacts");
        this.database = folder.resolve("proxy.db");
    }

    /** Not started yet: mounts and settings come first. */
    public static PipelineGateway in(Path folder) {
        return new PipelineGateway(folder);
    }

    public PipelineGateway mount(String path, String format, Upstream... upstreams) {
        repositories.add(new Repository(path, format, List.of(upstreams)));
        return this;
    }

    public PipelineGateway maven(FakeUpstream upstream) {
        return mount("/maven", "maven", upstream.upstream("maven"));
    }

    public PipelineGateway tls(Tls files) {
        tls = files;
        return this;
    }

    /** Upstreams whose certificates these are are believed. */
    public PipelineGateway authorities(Path file) {
        authorities = file;
        return this;
    }

    public PipelineGateway clock(Clock newClock) {
        clock = newClock;
        return this;
    }

    public PipelineGateway store(Path newStore) {
        store = newStore;
        return this;
    }

    public PipelineGateway database(Path newDatabase) {
        database = newDatabase;
        return this;
    }

    public PipelineGateway maxSize(long bytes) {
        maxSize = bytes;
        return this;
    }

    public PipelineGateway maxArtifactSize(long bytes) {
        maxArtifactSize = bytes;
        return this;
    }

    /** In which time all blobs are hashed again. */
    public PipelineGateway scrub(Duration period) {
        scrub = period;
        return this;
    }

    public PipelineGateway timeouts(Duration newResponse, Duration newIdle) {
        response = newResponse;
        idle = newIdle;
        return this;
    }

    public PipelineGateway limits(Limits newLimits) {
        limits = newLimits;
        return this;
    }

    /** A mount in which clients store. */
    public PipelineGateway uploads(String path, String format, long maxSize) {
        repositories.add(
                new Repository(path, format, List.of(), new Uploads(true, maxSize, Duration.ZERO), Rules.NONE, false));
        return this;
    }

    /** For one whole fetch. */
    public PipelineGateway deadline(Duration newFlight) {
        flight = newFlight;
        return this;
    }

    /** A network that redirects may lead to. */
    public PipelineGateway allow(String network) {
        allowed.add(AllowedHost.parse(network));
        return this;
    }

    /** A network of reverse proxies that are believed. */
    public PipelineGateway trust(String network) {
        trusted.add((Cidr) AllowedHost.parse(network));
        return this;
    }

    public PipelineGateway access(Log.Access newAccess) {
        access = newAccess;
        return this;
    }

    public PipelineGateway start() throws Exception {
        running = Running.start(settings(), "test", clock);
        return this;
    }

    private Settings settings() {
        Network network =
                new Network(allowed, null, authorities, trusted, Duration.ofSeconds(5), response, idle, flight);
        return new Settings(
                new Listen("127.0.0.1", 0),
                tls,
                URI.create("http://gateway.test"),
                // What fsync costs is no matter of these tests.
                new Storage(store, maxSize, maxArtifactSize, false, scrub),
                new Database(database),
                new Log(Log.Level.INFO, Log.Format.TEXT, access),
                network,
                limits,
                repositories,
                new Shutdown(Duration.ofSeconds(20)),
                Organisation.NONE);
    }

    public int port() {
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running.port();
    }

    public PipelineAnswer get(String target, String... headers) throws IOException {
        return PipelineClient.get(port(), target, headers);
    }

    public PipelineAnswer head(String target, String... headers) throws IOException {
        return PipelineClient.fetch(port(), "HEAD", target, headers);
    }

    /** A client that has sent its GET and has read nothing yet. */
    public PipelineClient ask(String target, String... headers) throws IOException {
        PipelineClient client = PipelineClient.connect(port());
        client.send("GET", target, headers);
        return client;
    }

    /** Whether the store has a readable file at this place, that is, whether it was stored as a whole. */
    public boolean holds(String place) {
        return Files.isRegularFile(store.resolve(place));
    }

    /** Files of the store, by their path below it: blobs, links and manifests, and what is in staging. */
    public List<String> files() throws IOException {
        try (Stream<Path> walk = Files.walk(store)) {
            return walk.filter(path -> !Files.isDirectory(path))
                    .map(path -> store.relativize(path).toString())
                    .filter(path -> !path.endsWith(".lock"))
                    .toList();
        } catch (java.io.UncheckedIOException e) {
            // Something was removed while we looked.
            return files();
        }
    }

    @Override
    public void close() {
        if (running != null) {
            running.close();
            running = null;
        }
    }
}
