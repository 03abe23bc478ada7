package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.cli.Running;
import gateway.settings.Settings;
import gateway.settings.SettingsLoader;
import gateway.support.FakeUpstream;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The address under which clients are told to find the gateway. */
class BaseUrlTest {

    private static final String[] PROXIED = {
        "X-Forwarded-Host: packages.example.com", "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /cache"
    };
    private static final String BROWSER = "Accept: text/html";

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        upstream.close();
    }

    @Test
    void a_trusted_proxy_names_it_on_the_start_page() throws Exception {
        try (PipelineGateway gateway = gateway().trust("127.0.0.0/8").start()) {
            assertThat(gateway.get("/", PROXIED).text())
                    .contains("https://packages.example.com/cache/health", "https://packages.example.com/cache/npm/")
                    .doesNotContain("gateway.test");
            assertThat(gateway.get("/", PROXIED[0], PROXIED[1], BROWSER).text())
                    .contains("<code>https://packages.example.com/npm/</code>")
                    .doesNotContain("gateway.test");
            assertThat(gateway.get("/").text()).contains("http://gateway.test/npm/");
        }
    }

    @Test
    void anybody_else_names_it() throws Exception {
        try (PipelineGateway gateway = gateway().trust("10.9.0.0/16").start()) {
            assertThat(gateway.get("/", PROXIED).text())
                    .contains("http://gateway.test/npm/")
                    .doesNotContain("packages.example.com");
        }
    }

    /** There the framework would believe any client about where it comes from. */
    @Test
    void anybody_else_names_it_in_a_cluster_and_says_that_he_is_the_proxy() throws Exception {
        upstream.serve("/demo", """
                {"name": "demo", "dist-tags": {}, "versions": {"1.0.0": {"name": "demo", "version": "1.0.0", "dist":
                {"tarball": "http://registry.test/demo/-/demo-1.0.0.tgz"}}}}""");
        System.setProperty("spring.main.cloud-platform", "kubernetes");
        try (PipelineGateway gateway = gateway().trust("10.9.0.0/16").start()) {
            String claim = "X-Forwarded-For: 10.9.9.9";
            assertThat(gateway.get("/", PROXIED[0], claim).text()).doesNotContain("packages.example.com");
            assertThat(gateway.get("/npm/demo", PROXIED[0], claim).text())
                    .contains("http://gateway.test/npm/")
                    .doesNotContain("packages.example.com");
        } finally {
            System.clearProperty("spring.main.cloud-platform");
        }
    }

    @Test
    void the_system_chose_the_port() throws Exception {
        Settings settings = SettingsLoader.load(
                Map.of(),
                Optional.empty(),
                Map.of(
                        "listen",
                        "127.0.0.1:0",
                        "storage",
                        folder.resolve("artifacts").toString(),
                        "database",
                        folder.resolve("proxy.db").toString()));
        try (Running running = Running.start(settings, "test", Clock.systemUTC())) {
            assertThat(PipelineClient.get(running.port(), "/").text())
                    .contains("http://127.0.0.1:" + running.port() + "/npm/")
                    .doesNotContain("127.0.0.1:0");
        }
    }

    private PipelineGateway gateway() {
        return PipelineGateway.in(folder).mount("/npm", "npm", upstream.upstream("npm"));
    }
}
