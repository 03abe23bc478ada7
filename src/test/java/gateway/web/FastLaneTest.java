package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeClock;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hits that are given again without asking the pipeline for more than its leave. */
class FastLaneTest {

    private static final String SMALL = "/g/a/1/a-1.jar";
    private static final String MIDDLE = "/g/b/1/b-1.jar";
    private static final String LARGE = "/g/c/1/c-1.jar";
    private static final String INDEX = "/g/a/maven-metadata.xml";
    private static final Map<String, byte[]> BODIES =
            Map.of(SMALL, bytes(2_000), MIDDLE, bytes(100_000), LARGE, bytes(900_000));

    private final FakeUpstream upstream = FakeUpstream.start();
    private final FakeClock clock = new FakeClock();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = PipelineGateway.in(folder)
                .maven(upstream)
                .mount("/npm", "npm", upstream.upstream("npm"))
                .clock(clock)
                .trust("127.0.0.0/8")
                .start();
        BODIES.forEach(upstream::serve);
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static String sum(String path) {
        return PipelineAnswer.sha256(Objects.requireNonNull(BODIES.get(path)));
    }

    /** Asks until the reply is ready; the last answer is the one that the pipeline itself gave. */
    private PipelineAnswer ready(String target, String... headers) throws Exception {
        long before = ready();
        await().until(() -> {
            gateway.get(target, headers);
            return ready() > before;
        });
        // As long as the reply is given to one question only, any other goes the long way.
        return gateway.get(target, also(headers, "Accept: */*;q=0." + before));
    }

    private static String[] also(String[] headers, String more) {
        String[] all = List.of(headers).toArray(new String[headers.length + 1]);
        all[headers.length] = more;
        return all;
    }

    private long ready() throws IOException {
        return gateway.get("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith("gateway_ready_replies "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .sum();
    }

    @Test
    void the_answer_is_the_same_on_both_ways() throws Exception {
        for (Map.Entry<String, byte[]> file : BODIES.entrySet()) {
            PipelineAnswer slow = ready("/maven" + file.getKey());

            PipelineAnswer fast = gateway.get("/maven" + file.getKey());

            assertThat(fast.status()).isEqualTo(200);
            assertThat(fast.headers()).isEqualTo(slow.headers());
            assertThat(fast.cacheStatus()).isEqualTo("gateway; hit");
            assertThat(fast.sha256()).isEqualTo(PipelineAnswer.sha256(file.getValue()));
        }
    }

    @Test
    void both_ways_count() throws Exception {
        ready("/maven" + SMALL);
        double before = hits();

        for (int i = 0; i < 10; i++) {
            gateway.get("/maven" + SMALL);
        }

        assertThat(hits()).isEqualTo(before + 10);
    }

    private double hits() throws IOException {
        return gateway.get("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith("gateway_requests_total{") && line.contains("cache=\"hit\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void answers_keep_the_order_of_requests() throws Exception {
        ready("/maven" + SMALL);
        ready("/maven" + MIDDLE);
        ready("/maven" + LARGE);
        List<String> order = List.of(SMALL, "/g/none", LARGE, MIDDLE, "/g/none", SMALL, SMALL, LARGE);
        try (PipelineClient client = PipelineClient.connect(gateway.port())) {
            for (int round = 0; round < 30; round++) {
                for (String path : order) {
                    client.send("GET", "/maven" + path);
                }
                for (String path : order) {
                    PipelineAnswer answer = client.head("GET").whole();
                    assertThat(answer.status()).isEqualTo(path.equals("/g/none") ? 404 : 200);
                    if (answer.status() == 200) {
                        assertThat(answer.sha256()).isEqualTo(sum(path));
                    }
                }
            }
        }
    }

    @Test
    void a_client_asks_for_much_and_reads_late() throws Exception {
        ready("/maven" + MIDDLE);
        try (PipelineClient client = PipelineClient.connect(gateway.port())) {
            int requests = 600;
            for (int i = 0; i < requests; i++) {
                client.send("GET", "/maven" + MIDDLE);
            }
            for (int i = 0; i < requests; i++) {
                assertThat(client.head("GET").whole().sha256()).isEqualTo(sum(MIDDLE));
            }
            // And goes on as if nothing had been.
            client.send("GET", "/maven" + SMALL);
            assertThat(client.head("GET").whole().status()).isEqualTo(200);
        }
    }

    @Test
    void a_request_is_out_of_the_ordinary() throws Exception {
        PipelineAnswer held = ready("/maven" + SMALL);
        String etag = String.valueOf(held.header("etag"));

        assertThat(gateway.get("/maven" + SMALL, "If-None-Match: " + etag).status())
                .isEqualTo(304);
        assertThat(gateway.get("/maven" + SMALL, "If-Modified-Since: " + held.header("last-modified"))
                        .status())
                .isEqualTo(304);
        assertThat(gateway.get("/maven" + SMALL, "Range: bytes=0-9").status()).isEqualTo(206);
        assertThat(gateway.get("/maven" + SMALL, "Range: bytes=5000-").status()).isEqualTo(416);
        PipelineAnswer head = gateway.head("/maven" + SMALL);
        assertThat(head.header("content-length")).isEqualTo("2000");
        try (PipelineClient client = PipelineClient.connect(gateway.port())) {
            client.send("GET", "/maven" + SMALL, "Content-Length: 3");
            client.raw("abc");
            assertThat(client.head("GET").whole().status()).isEqualTo(200);
            client.send("GET", "/maven" + SMALL);
            assertThat(client.head("GET").whole().status()).isEqualTo(200);
            client.send("GET", "/maven" + SMALL, "Connection: close");
            PipelineAnswer last = client.head("GET").whole();
            assertThat(last.header("connection")).isEqualTo("close");
            assertThat(last.sha256()).isEqualTo(sum(SMALL));
        }
        try (PipelineClient client = PipelineClient.connect(gateway.port())) {
            client.raw("GET /maven" + SMALL + " HTTP/1.0\r\n\r\n");
            assertThat(client.head("GET").whole().header("connection")).isNotEqualTo("keep-alive");
        }
    }

    @Test
    void an_answer_grows_old_and_is_asked_anew() throws Exception {
        upstream.serve(INDEX, "<metadata/>").type("text/xml").etag("\"1\"");
        ready("/maven" + INDEX);
        clock.advance(Duration.ofSeconds(7));
        assertThat(gateway.get("/maven" + INDEX).header("age")).isEqualTo("7");
        assertThat(upstream.count(INDEX)).isEqualTo(1);

        upstream.serve(INDEX, "<metadata>new</metadata>").type("text/xml").etag("\"2\"");
        clock.advance(Duration.ofHours(2));

        await().until(() -> gateway.get("/maven" + INDEX).text().contains("new"));
        assertThat(upstream.count(INDEX)).isEqualTo(2);
        await().until(() -> {
            gateway.get("/maven" + INDEX);
            return ready() >= 1;
        });
        assertThat(gateway.get("/maven" + INDEX).text()).contains("new");
        assertThat(gateway.get("/maven" + INDEX).header("age")).isEqualTo("0");
    }

    @Test
    void links_are_those_of_the_proxy_in_front() throws Exception {
        upstream.serve("/left-pad", """
                {"name": "left-pad", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {"name": "left-pad",
                 "version": "1.0.0", "dist": {"tarball": "%s"}}}}\
                """.formatted(upstream.url("/left-pad/-/left-pad-1.0.0.tgz")))
                .type("application/json");
        Map<String, String> forwarded = new HashMap<>();
        for (String host : List.of("one.test", "two.test", "one.test")) {
            String header = "X-Forwarded-Host: " + host;
            if (!forwarded.containsKey(host)) {
                ready("/npm/left-pad", header);
            }
            forwarded.put(host, gateway.get("/npm/left-pad", header).text());
            assertThat(forwarded.get(host)).contains("http://" + host + "/npm/left-pad/-/");
        }
        assertThat(gateway.get("/npm/left-pad").text()).contains("http://gateway.test/npm/left-pad/-/");
    }

    @Test
    void what_was_evicted_is_fetched_again() throws Exception {
        gateway.close();
        gateway = PipelineGateway.in(folder)
                .maven(upstream)
                .clock(clock)
                .maxSize(1_000_000)
                .start();
        ready("/maven" + MIDDLE);
        clock.advance(Duration.ofMinutes(1));
        gateway.get("/maven" + LARGE);
        upstream.serve("/g/d/1/d-1.jar", bytes(901_000));
        gateway.get("/maven/g/d/1/d-1.jar");
        await().until(() -> !gateway.holds("maven" + MIDDLE));

        assertThat(gateway.get("/maven" + MIDDLE).sha256()).isEqualTo(sum(MIDDLE));
        assertThat(upstream.count(MIDDLE)).isEqualTo(2);
    }
}
