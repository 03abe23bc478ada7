package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.Background;
import gateway.catalog.CatalogDatabase;
import gateway.project.Caller;
import gateway.project.PackageFile;
import gateway.project.PackageQuery;
import gateway.project.PackageQuery.Order;
import gateway.project.PackagesDatabase;
import gateway.project.Project;
import gateway.project.Role;
import gateway.project.Scope;
import gateway.project.Visibility;
import gateway.registry.Registries;
import gateway.settings.AllowedHost;
import gateway.settings.Credentials;
import gateway.settings.Features;
import gateway.settings.Network;
import gateway.settings.Rules;
import gateway.settings.Secret;
import gateway.storage.BlobStore;
import gateway.support.FakeProjects;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.upstream.HttpUpstreams;
import gateway.web.ProjectServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The dependency proxies of projects behind real sockets, with a real store and a real catalog. */
public final class ProxyRig implements AutoCloseable {

    static {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    static final long ID = 42;

    final FakeProjects projects = new FakeProjects()
            .token("guest", member(Role.GUEST, true))
            .token("reporter", member(Role.REPORTER, true))
            .token("developer", member(Role.DEVELOPER, true))
            .token("maintainer", member(Role.MAINTAINER, true))
            .token("read_api", member(Role.DEVELOPER, false))
            .token("stranger", new Caller.User("sam", Map.of(), true))
            .token("deploy_reads", deploy(Scope.READ_PACKAGE_REGISTRY))
            .token("deploy_writes", deploy(Scope.WRITE_PACKAGE_REGISTRY));

    private final Path root;
    private final BlobStore store;
    private final CatalogDatabase.Opened database;
    private final HttpUpstreams upstreams;
    private final PullThrough pullThrough;
    private final Background background = new Background();
    private final MeterRegistry counters = new SimpleMeterRegistry();
    private final PackagesDatabase rows;
    private final ProjectServer server;

    private ProxyRig(Path folder, Features features, long maxSize, List<AllowedHost> allowed) throws Exception {
        Network network = new Network(
                allowed,
                null,
                null,
                List.of(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5));
        root = folder.resolve("artifacts");
        store = BlobStore.open(root, false);
        database = Objects.requireNonNull(CatalogDatabase.open(folder.resolve("proxy.db"), Clock.systemUTC())
                .block());
        database.catalog().rebuilt().block();
        rows = PackagesDatabase.open(folder.resolve("projects"), Clock.systemUTC());
        upstreams = new HttpUpstreams(network, "test", Clock.systemUTC());
        Parts parts = new Parts(
                database.catalog(),
                store,
                upstreams,
                Clock.systemUTC(),
                maxSize,
                Long.MAX_VALUE,
                network.flightTimeout());
        pullThrough = new PullThrough(parts);
        server = ProjectServer.start(
                projects,
                features,
                Registries.on(
                        new Shelf(parts, pullThrough, rows.packages(), Shelf.Terms.USUAL),
                        new ProjectArchives(upstreams)),
                new DependencyProxy(parts, pullThrough, rows.packages(), background, counters));
    }

    public static ProxyRig start(Path folder) throws Exception {
        return new ProxyRig(folder, Features.ALL, Long.MAX_VALUE, List.of());
    }

    static ProxyRig start(Path folder, Features features) throws Exception {
        return new ProxyRig(folder, features, Long.MAX_VALUE, List.of());
    }

    static ProxyRig start(Path folder, long maxSize) throws Exception {
        return new ProxyRig(folder, Features.ALL, maxSize, List.of());
    }

    /** Where private addresses of a network are allowed. */
    static ProxyRig start(Path folder, String allowed) throws Exception {
        return new ProxyRig(folder, Features.ALL, Long.MAX_VALUE, List.of(AllowedHost.parse(allowed)));
    }

    private static Caller member(Role role, boolean writes) {
        return new Caller.User("dana", Map.of(ID, role), writes);
    }

    private static Caller deploy(Scope scope) {
        return new Caller.Deploy("ci", new Caller.Opens.One(ID), Set.of(scope));
    }

    /** The project with one remote that the operator named. */
    ProxyRig project(Visibility visibility, String format, FakeUpstream upstream) {
        return project(visibility, format, new Project.Remote(upstream.url("/r"), null, true, Rules.NONE));
    }

    /** @param remotes in the order in which they are asked */
    public ProxyRig project(Visibility visibility, String format, Project.Remote... remotes) {
        return project(visibility, Project.Switches.ALL, new Project.Proxy(true, Map.of(format, List.of(remotes))));
    }

    ProxyRig project(Visibility visibility, Project.Switches switches, Project.Proxy proxy) {
        projects.add(new Project(ID, "acme/app", visibility, switches, proxy, null));
        return this;
    }

    public static Project.Remote remote(URI url, @Nullable String user, String password, boolean trusted) {
        return new Project.Remote(
                url, user == null ? null : new Credentials(user, new Secret(password)), trusted, Rules.NONE);
    }

    public int port() {
        return server.port();
    }

    static String target(String format, String path) {
        return "/api/v4/projects/42/dependency_proxy/packages/" + format + path;
    }

    /** @param token {@code -} for none */
    PipelineAnswer get(String token, String path, String... headers) throws IOException {
        return PipelineClient.get(port(), target("maven", path), with(token, headers));
    }

    PipelineAnswer get(String format, String token, String path, String[] headers) throws IOException {
        return PipelineClient.get(port(), target(format, path), with(token, headers));
    }

    PipelineAnswer head(String token, String path) throws IOException {
        return PipelineClient.fetch(port(), "HEAD", target("maven", path), with(token));
    }

    static String[] with(String token, String... headers) {
        return token.equals("-")
                ? headers
                : Stream.concat(Stream.of("Private-Token: " + token), Arrays.stream(headers))
                        .toArray(String[]::new);
    }

    /** From the project's registry, past the dependency proxy. */
    public PipelineAnswer registry(String token, String path) throws IOException {
        return PipelineClient.get(port(), "/api/v4/projects/42/packages/maven" + path, with(token));
    }

    /** What the project's registry lists. */
    public List<PackageFile> listed() {
        return Objects.requireNonNull(rows.packages()
                .list(new PackageQuery(
                        List.of(ID), null, null, null, null, true, Order.CREATED_AT, false, 1, PackageQuery.MOST))
                .flatMapIterable(PackageQuery.Page::packages)
                .concatMap(rows.packages()::files)
                .collectList()
                .block());
    }

    PackageFile listed(String path) {
        List<PackageFile> all = listed();
        return all.stream()
                .filter(file -> file.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError(path + " is not listed among " + all));
    }

    /** Publishes a file by hand. */
    void publish(String token, String path, byte[] body) {
        assertThat(server.put("/api/v4/projects/42/packages/maven" + path, body, "Private-Token", token)
                        .statusCode())
                .isEqualTo(200);
    }

    double count(String result) {
        var counter = counters.find("gateway.dependency_proxy")
                .tag("project", "acme/app")
                .tag("result", result)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    /** Bytes that the store holds, by digest. */
    List<String> blobs() throws IOException {
        return files(".blobs/");
    }

    private List<String> files(String below) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(path -> !Files.isDirectory(path))
                    .map(path -> root.relativize(path).toString())
                    .filter(path -> path.startsWith(below))
                    .toList();
        } catch (UncheckedIOException e) {
            // Something was removed while we looked.
            return files(below);
        }
    }

    /** Whether nothing at all is held. */
    boolean empty() throws IOException {
        return listed().isEmpty() && blobs().isEmpty() && files("projects/").isEmpty();
    }

    static String hex(String algorithm, byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    }

    @Override
    public void close() {
        server.close();
        background.close();
        pullThrough.close();
        upstreams.close().onErrorComplete().block();
        database.catalog().close().block();
        rows.close();
        store.close();
    }
}
