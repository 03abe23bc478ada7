package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What every package manager can expect of the gateway: cold, warm, cut off from the upstream, and lied to. */
@Tag("clients")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
abstract class ClientContract {

    private Path folder;
    private GatewayProcess gateway;
    private SortedMap<String, String> cold;

    /**
     * One file that the client installs.
     *
     * @param path the end of its path below the mount
     * @param sha256 as its registry tells it, or as a client found it that was not behind the gateway
     * @param installed the end of the name under which it, or a file out of it, is installed
     */
    record Sample(String path, String sha256, String installed) {}

    /** The mounts that the client uses. */
    abstract List<String> mounts();

    /** Lines that tell the gateway of registries on this machine; empty where the built-in mounts are used. */
    String configuration() throws IOException {
        return "";
    }

    /** Stops registries on this machine. */
    void cutOff() {}

    /** One of the files that the client installs, told from what a run of it left. */
    abstract Sample sample(Home home) throws IOException;

    /** Points the client at the gateway, and lets it install in an empty home. */
    abstract void install(Home home, URI gateway) throws IOException;

    /** What was installed, by name; the same after each run, whatever the gateway's address. */
    abstract SortedMap<String, String> installed(Home home, URI gateway) throws IOException;

    @BeforeAll
    void install_through_an_empty_gateway(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path temporary)
            throws IOException {
        folder = temporary.toRealPath();
        gateway = new GatewayProcess(folder.resolve("gateway"));
        start("", gateway.address());
        cold = run("cold", gateway.address());
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    @Order(1)
    void a_first_install_gives_the_published_files_and_keeps_them() throws IOException {
        Sample sample = sample(home("cold"));

        assertThat(cold.keySet()).anyMatch(name -> name.endsWith(sample.installed()));
        assertThat(gateway.holds(sample.sha256())).isTrue();
        assertThat(gateway.artifacts()).isPositive();
    }

    @Test
    @Order(2)
    void a_second_install_with_an_empty_client_cache_comes_from_the_store() throws IOException {
        long fetched = gateway.fetched();
        long hits = gateway.hits();

        assertThat(run("warm", gateway.address())).isEqualTo(cold);
        assertThat(gateway.fetched()).isEqualTo(fetched);
        assertThat(gateway.hits()).isGreaterThan(hits);
    }

    @Test
    @Order(3)
    void with_the_upstream_unreachable_an_empty_client_gets_the_same_files() throws IOException {
        cutOff();
        start("network: { proxy: \"" + GatewayProcess.nobody() + "\" }", gateway.address());

        assertThat(run("cut-off", gateway.address())).isEqualTo(cold);
    }

    @Test
    @Order(4)
    void a_corrupted_file_reaches_neither_the_client_nor_the_store() throws IOException {
        Sample sample = sample(home("cold"));
        try (Relay relay = new Relay(gateway.address(), sample.path());
                GatewayProcess second = new GatewayProcess(folder.resolve("second"))) {
            // Links in indexes lead to the relay too, as if it were the registry.
            start("", relay.address());
            second.start(upstreams(relay.address()), second.address());

            assertThatExceptionOfType(Command.Failed.class).isThrownBy(() -> run("lied-to", second.address()));
            assertThat(relay.spoiled()).as("spoiled files that were sent").isNotEmpty();
            assertThat(Tree.of(home("lied-to").file("")).values()).doesNotContainAnyElementsOf(relay.spoiled());
            assertThat(second.digests()).doesNotContainAnyElementsOf(relay.spoiled());
            assertThat(second.holds(sample.sha256())).isFalse();
            long artifacts = second.artifacts();

            relay.heal();

            assertThat(run("healed", second.address())).isEqualTo(cold);
            assertThat(second.holds(sample.sha256())).isTrue();
            assertThat(second.artifacts()).isGreaterThan(artifacts);
        }
    }

    /** The gateway's address. */
    final URI gateway() {
        return gateway.address();
    }

    private void start(String more, URI baseUrl) throws IOException {
        String configuration = configuration() + more;
        gateway.start(configuration.isEmpty() ? "{}" : configuration, baseUrl);
    }

    private SortedMap<String, String> run(String name, URI address) throws IOException {
        Home home = home(name);
        install(home, address);
        return installed(home, address);
    }

    final Home home(String name) throws IOException {
        return new Home(Files.createDirectories(folder.resolve(name)));
    }

    /** Configuration of a gateway whose registry is the relay before another gateway. */
    String upstreams(URI relay) {
        return mounts().stream()
                .map(mount -> "\n  %s: \"%s/%s\"".formatted(mount, relay, mount))
                .collect(Collectors.joining("", "upstream:", "\n"));
    }
}
