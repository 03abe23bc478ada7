package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every answer says how it came about, and to who asks, how long it took. */
class CacheStatusTest {

    private static final String FILE = "/g/a/1/a-1.jar";

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = PipelineGateway.in(folder)
                .mount("/maven", "maven", upstream.upstream("central"))
                .mount("/npm", "npm", upstream.upstream("npm"))
                .mount("/gradle", "gradle")
                .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void a_file_is_asked_for_in_every_way() throws Exception {
        upstream.serve(FILE, "bytes").etag("\"1\"");

        assertThat(gateway.head("/maven" + FILE).cacheStatus()).isEqualTo("gateway; fwd=miss; fwd-status=200");
        assertThat(gateway.get("/maven" + FILE).cacheStatus()).isEqualTo("gateway; fwd=miss; fwd-status=200; stored");
        PipelineAnswer held = gateway.get("/maven" + FILE);
        assertThat(held.cacheStatus()).isEqualTo("gateway; hit");
        assertThat(gateway.head("/maven" + FILE).cacheStatus()).isEqualTo("gateway; hit");
        PipelineAnswer unchanged = gateway.get("/maven" + FILE, "If-None-Match: " + held.header("etag"));
        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(unchanged.cacheStatus()).isEqualTo("gateway; hit");
        PipelineAnswer part = gateway.get("/maven" + FILE, "Range: bytes=1-2");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.cacheStatus()).isEqualTo("gateway; hit");
        PipelineAnswer behind = gateway.get("/maven" + FILE, "Range: bytes=9-");
        assertThat(behind.status()).isEqualTo(416);
        assertThat(behind.cacheStatus()).isEqualTo("gateway; hit");
    }

    @Test
    void the_upstream_says_no() throws Exception {
        assertThat(gateway.get("/maven" + FILE).cacheStatus()).isEqualTo("gateway; fwd=miss; fwd-status=404");
        assertThat(gateway.get("/maven" + FILE).cacheStatus()).isEqualTo("gateway; hit; detail=negative");
        upstream.status("/g/b/1/b-1.jar", 500);
        PipelineAnswer failed = gateway.get("/maven/g/b/1/b-1.jar");
        assertThat(failed.status()).isEqualTo(502);
        assertThat(failed.cacheStatus()).isEqualTo("gateway; fwd=miss");
    }

    @Test
    void something_is_passed_on_or_stored() throws Exception {
        upstream.serve("/-/v1/search", "{}");
        assertThat(gateway.get("/npm/-/v1/search?text=a").cacheStatus())
                .isEqualTo("gateway; fwd=bypass; fwd-status=200; detail=passed");
        try (PipelineClient client = PipelineClient.connect(gateway.port())) {
            client.send("PUT", "/gradle/94a1f4e87cd045323fab26d62e7ef883", "Content-Length: 0");
            assertThat(client.head("PUT").header("cache-status")).startsWith("gateway");
        }
    }

    @Test
    void the_gateway_answers_by_itself() throws Exception {
        assertLocal(200, gateway.get("/"));
        assertLocal(200, gateway.get("/health"));
        assertLocal(200, gateway.get("/stats"));
        assertLocal(200, gateway.get("/metrics"));
        assertLocal(404, gateway.get("/nowhere"));
        assertLocal(404, PipelineClient.fetch(gateway.port(), "POST", "/stats", "Content-Length: 0"));
        assertLocal(400, gateway.get("/maven/../x"));
        assertLocal(400, gateway.get("/maven/%00"));
        assertLocal(405, PipelineClient.fetch(gateway.port(), "DELETE", "/maven" + FILE));
        assertLocal(200, gateway.get("/npm/-/ping"));
        // What the server's codec refuses, before any of us sees it.
        assertLocal(414, gateway.get("/maven/" + "a".repeat(20_000)));
    }

    private static void assertLocal(int status, PipelineAnswer answer) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.cacheStatus()).isEqualTo("gateway; detail=local");
    }

    @Test
    void a_client_asks_for_the_time_it_took() throws Exception {
        upstream.serve(FILE, "bytes");
        String timing = "Server-Timing: ?1";

        assertThat(gateway.get("/maven" + FILE, timing).header("server-timing"))
                .matches(
                        "cache;desc=\"fwd=miss; fwd-status=200; stored\", upstream;desc=\"central\", total;dur=[0-9.]+");
        // Also when another way is shorter, which then leaves the figure out for who does not ask.
        await().untilAsserted(() -> {
            assertThat(gateway.get("/maven" + FILE).header("server-timing")).isNull();
            assertThat(gateway.get("/metrics").text()).contains("gateway_ready_replies 1.0");
        });
        assertThat(gateway.get("/maven" + FILE, timing).header("server-timing"))
                .matches("cache;desc=\"hit\", upstream;desc=\"central\", total;dur=[0-9.]+");
        assertThat(gateway.get("/npm/-/ping", timing).header("server-timing"))
                .matches("cache;desc=\"detail=local\", total;dur=[0-9.]+");
    }
}
