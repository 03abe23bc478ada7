package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeClock;
import gateway.support.FakeUpstream;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an upstream was spared, as operators are told. */
class SavingsTest {

    private static final String FILE = "/g/a/1/a-1.jar";

    private final FakeUpstream one = FakeUpstream.start();
    private final FakeUpstream two = FakeUpstream.at("127.0.0.2");
    private final FakeClock clock = new FakeClock();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = PipelineGateway.in(folder)
                .mount("/maven", "maven", one.upstream("one"), two.upstream("two"))
                .mount("/other", "maven", two.upstream("two"))
                .clock(clock)
                .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        one.close();
        two.close();
    }

    @Test
    void each_upstream_has_figures_of_its_own() throws Exception {
        one.serve(FILE, "one's bytes");
        two.serve("/g/b/1/b-1.jar", "two's");
        for (int i = 0; i < 4; i++) {
            assertThat(gateway.get("/maven" + FILE).status()).isEqualTo(200);
        }
        // The first says 404; what the second is spared is counted for the second.
        for (int i = 0; i < 3; i++) {
            assertThat(gateway.get("/maven/g/b/1/b-1.jar").status()).isEqualTo(200);
        }

        assertThat(row("/maven", "one").path("saved_requests").asLong()).isEqualTo(3);
        assertThat(row("/maven", "one").path("saved_bytes").asLong()).isEqualTo(33);
        assertThat(row("/maven", "one").path("requests").asLong())
                .isEqualTo(one.requests().size());
        assertThat(row("/maven", "two").path("saved_requests").asLong()).isEqualTo(2);
        assertThat(row("/maven", "two").path("saved_bytes").asLong()).isEqualTo(10);
        assertThat(row("/other", "two").path("saved_requests").asLong()).isZero();
        assertThat(gateway.get("/metrics").text())
                .contains(
                        "gateway_upstream_saved_requests_total{repository=\"/maven\",upstream=\"one\"} 3.0",
                        "gateway_upstream_saved_bytes_total{repository=\"/maven\",upstream=\"one\"} 33.0",
                        "gateway_upstream_requests_total{lane=\"artifact\",repository=\"/maven\",upstream=\"two\"} ")
                // The same upstream is asked by both repositories, and counted once.
                .doesNotContain("gateway_upstream_requests_total{lane=\"artifact\",repository=\"/other\"");
    }

    @Test
    void hits_of_the_fast_lane_are_counted() throws Exception {
        one.serve(FILE, "bytes");
        await().untilAsserted(() -> {
            assertThat(gateway.get("/maven" + FILE).cacheStatus()).isEqualTo("gateway; hit");
            assertThat(gateway.get("/metrics").text()).contains("gateway_ready_replies 1.0");
        });
        long requests = row("/maven", "one").path("saved_requests").asLong();
        long bytes = row("/maven", "one").path("saved_bytes").asLong();

        for (int i = 0; i < 10; i++) {
            gateway.get("/maven" + FILE);
        }

        assertThat(row("/maven", "one").path("saved_requests").asLong()).isEqualTo(requests + 10);
        assertThat(row("/maven", "one").path("saved_bytes").asLong()).isEqualTo(bytes + 50);
    }

    @Test
    void who_joins_a_fetch_is_counted_and_an_absence_too() throws Exception {
        var answer = one.serve(FILE, new byte[400_000]).pauseAfter(300_000);
        List<PipelineClient> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(gateway.ask("/maven" + FILE));
        }
        for (PipelineClient client : clients) {
            client.head("GET").read(1);
        }
        answer.release();
        for (PipelineClient client : clients) {
            client.close();
        }
        gateway.get("/other/g/none/1/none-1.jar");
        long absence = gateway.get("/other/g/none/1/none-1.jar").length();

        assertThat(row("/maven", "one").path("saved_requests").asLong()).isEqualTo(4);
        assertThat(row("/maven", "one").path("saved_bytes").asLong()).isEqualTo(4 * 400_000);
        assertThat(row("/other", "two").path("saved_requests").asLong()).isEqualTo(1);
        assertThat(row("/other", "two").path("saved_bytes").asLong()).isEqualTo(absence);
    }

    @Test
    void an_upstream_fails_and_another_asks_us_to_wait() throws Exception {
        for (int i = 0; i < 20; i++) {
            one.status("/g/b/" + i + "/b.jar", 500);
            gateway.get("/maven/g/b/" + i + "/b.jar");
        }
        two.status(FILE, 429).header("Retry-After", "30");
        gateway.get("/other" + FILE);

        assertThat(row("/maven", "one").path("breaker").asString()).isEqualTo("open");
        assertThat(row("/other", "two").path("throttled_until").asString())
                .isEqualTo(clock.instant().plusSeconds(30).toString());
        assertThat(gateway.get("/metrics").text())
                .contains(
                        "gateway_upstream_breaker{lane=\"artifact\",repository=\"/maven\",upstream=\"one\"} 1.0",
                        "gateway_upstream_breaker{lane=\"index\",repository=\"/maven\",upstream=\"one\"} 0.0",
                        "gateway_upstream_throttled_seconds{repository=\"/maven\",upstream=\"two\"} 30.0");
        clock.advance(Duration.ofSeconds(31));
        assertThat(row("/maven", "one").path("breaker").asString()).isEqualTo("half_open");
        assertThat(row("/other", "two").path("throttled_until").isNull()).isTrue();
    }

    private JsonNode row(String repository, String name) throws IOException {
        for (JsonNode row :
                JsonMapper.shared().readTree(gateway.get("/stats").text()).path("upstreams")) {
            if (row.path("repository").asString().equals(repository)
                    && row.path("name").asString().equals(name)) {
                return row;
            }
        }
        throw new AssertionError("no row of " + repository + " " + name);
    }
}
