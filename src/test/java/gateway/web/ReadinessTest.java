package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.cache.Parts;
import gateway.cache.PullThrough;
import gateway.catalog.Catalog;
import gateway.catalog.CatalogDatabase;
import gateway.cli.Running;
import gateway.settings.Settings;
import gateway.settings.SettingsLoader;
import gateway.storage.BlobStore;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.upstream.HttpUpstreams;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.web.reactive.server.WebTestClient;

/** What probes are told from the start of the gateway to its end. */
class ReadinessTest {

    @TempDir
    Path folder;

    @Test
    void nobody_is_answered_before_it_is_ready() throws Exception {
        int port = free();
        CompletableFuture<Running> starting = CompletableFuture.supplyAsync(() -> start(port));

        PipelineAnswer first = await().atMost(Duration.ofMinutes(1))
                .failFast(starting::isCompletedExceptionally)
                .until(() -> answer(port), Objects::nonNull);

        try (Running running = starting.join()) {
            assertThat(first.status()).isEqualTo(200);
            assertThat(first.text()).isEqualTo("ok\n");
            assertThat(running.port()).isEqualTo(port);
        }
        assertThat(answer(port)).isNull();
    }

    @Test
    void it_is_about_to_stop() throws Exception {
        Clock clock = Clock.systemUTC();
        Settings settings = settings(0);
        BlobStore store = BlobStore.open(settings.storage().path(), false);
        Catalog catalog = CatalogDatabase.open(settings.database().path(), clock)
                .map(CatalogDatabase.Opened::catalog)
                .blockOptional()
                .orElseThrow();
        HttpUpstreams upstreams = new HttpUpstreams(settings.network(), "test", clock);
        PullThrough pullThrough = new PullThrough(
                new Parts(catalog, store, upstreams, clock, Long.MAX_VALUE, Long.MAX_VALUE, Duration.ofMinutes(1)));
        try {
            ControlPlane control = new ControlPlane(
                    new WebServer.Parts(
                            "test",
                            settings,
                            List.of(),
                            pullThrough,
                            catalog,
                            store,
                            upstreams,
                            clock,
                            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                            null,
                            null),
                    new Savings(List.of(), upstreams),
                    new ForwardedBase(List.of()),
                    new Guard(List.of(), null, clock));
            WebTestClient client =
                    WebTestClient.bindToRouterFunction(control.routes()).build();
            assertAnswer(client, "/health/ready", 200, "ok\n");

            control.stopping();

            assertAnswer(client, "/health/ready", 503, "stopping\n");
            assertAnswer(client, "/health/live", 200, "ok\n");
            assertAnswer(client, "/health", 200, "ok\n");
        } finally {
            pullThrough.close();
            upstreams.close().block();
            catalog.close().block();
            store.close();
        }
    }

    private static void assertAnswer(WebTestClient client, String path, int status, String text) {
        client.get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody(String.class)
                .isEqualTo(text);
    }

    private Running start(int port) {
        try {
            return Running.start(settings(port), "test", Clock.systemUTC());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Settings settings(int port) {
        return SettingsLoader.load(
                Map.of(),
                Optional.empty(),
                Map.of(
                        "listen",
                        "127.0.0.1:" + port,
                        "storage",
                        folder.resolve("artifacts").toString(),
                        "database",
                        folder.resolve("proxy.db").toString()));
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Null when nobody listens. */
    private static @Nullable PipelineAnswer answer(int port) {
        try {
            return PipelineClient.get(port, "/health/ready");
        } catch (IOException refused) {
            return null;
        }
    }
}
