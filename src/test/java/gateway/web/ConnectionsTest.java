package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes on on one connection of a client, old and impatient clients included. */
class ConnectionsTest {

    private static final String PATH = "/g/a/1/a-1.jar";

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = PipelineGateway.in(folder).maven(upstream).start();
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

    @Test
    void several_requests_one_after_the_other() throws Exception {
        byte[] large = bytes(500_000);
        upstream.serve(PATH, large);
        upstream.serve("/g/b/1/b-1.jar", "b");
        try (PipelineClient client = PipelineClient.connect(gateway.port())) {
            for (int i = 0; i < 20; i++) {
                assertWhole(ask(client, PATH), large);
                assertThat(ask(client, "/g/b/1/b-1.jar").text()).isEqualTo("b");
                assertThat(ask(client, "/g/c/1/c-1.jar").status()).isEqualTo(404);
            }
        }
    }

    private static PipelineAnswer ask(PipelineClient client, String path) throws IOException {
        client.send("GET", "/maven" + path);
        return client.head("GET").whole();
    }

    @Test
    void several_requests_before_the_first_answer() throws Exception {
        byte[] large = bytes(3_000_000);
        FakeAnswer first = upstream.serve(PATH, large).pauseAfter(1_000_000);
        upstream.serve("/g/b/1/b-1.jar", "b");
        upstream.serve("/g/d/1/d-1.jar", bytes(400_000));
        assertThat(gateway.get("/maven/g/b/1/b-1.jar").text()).isEqualTo("b");
        try (PipelineClient client = PipelineClient.connect(gateway.port())) {
            client.send("GET", "/maven" + PATH);
            client.send("GET", "/maven/g/b/1/b-1.jar");
            client.send("GET", "/maven/g/c/1/c-1.jar");
            client.send("HEAD", "/maven" + PATH);
            client.send("GET", "/maven/g/d/1/d-1.jar");
            first.awaitReached();
            first.release();

            assertWhole(client.head("GET").whole(), large);
            assertThat(client.head("GET").whole().text()).isEqualTo("b");
            assertThat(client.head("GET").whole().status()).isEqualTo(404);
            assertThat(client.head("HEAD").whole().status()).isEqualTo(200);
            assertWhole(client.head("GET").whole(), bytes(400_000));
        }
    }

    @Test
    void a_client_speaks_http_1_0() throws Exception {
        byte[] body = bytes(2_000_000);
        upstream.serve(PATH, body).chunked().pieces(100_000);

        assertWhole(http10("GET", PATH), body);
        await().until(() -> gateway.holds("maven" + PATH));
        PipelineAnswer held = http10("GET", PATH);
        assertWhole(held, body);
        assertThat(held.header("content-length")).isEqualTo("2000000");
        assertThat(held.header("transfer-encoding")).isNull();
    }

    @Test
    void a_body_breaks_for_a_client_that_speaks_http_1_0() throws Exception {
        upstream.serve(PATH, bytes(2_000_000)).chunked().pieces(100_000).truncateAfter(1_000_000);

        PipelineAnswer answer = http10("GET", PATH);

        // Only a reset tells such a client that this was not all.
        assertThat(answer.whole()).isFalse();
    }

    private PipelineAnswer http10(String method, String path) throws IOException {
        try (PipelineClient client = PipelineClient.connect(gateway.port())) {
            client.raw(method + " /maven" + path + " HTTP/1.0\r\n\r\n");
            return client.head(method).whole();
        }
    }

    @Test
    void paths_are_written_in_every_way() throws Exception {
        upstream.serve("/g/a/1/a%20b+c-1.jar", "odd");
        upstream.serve(PATH, "plain");

        assertThat(gateway.get("/maven/g/a/1/a%20b+c-1.jar").text()).isEqualTo("odd");
        assertThat(gateway.get("/maven/g/a/1/a%20b%2Bc-1.jar").cacheStatus()).isEqualTo("gateway; hit");
        assertThat(gateway.get("/maven/g/./a/1/%61-1.jar").text()).isEqualTo("plain");
        assertThat(gateway.get("http://gateway.test/maven" + PATH).cacheStatus())
                .isEqualTo("gateway; hit");
        assertThat(gateway.get("/maven/../maven" + PATH).status()).isEqualTo(400);
        assertThat(gateway.get("/maven/g/%2e%2e/secret").status()).isEqualTo(400);
        assertThat(gateway.get("/maven/g/a%00b").status()).isEqualTo(400);
        assertThat(gateway.get("/maven/g/a%0d%0ab").status()).isEqualTo(400);
        assertThat(gateway.get("/maven/g/a%zz").status()).isEqualTo(400);
        assertThat(gateway.get("/maven//g/a//x").status()).isEqualTo(400);
        assertThat(gateway.get("/nowhere" + PATH).status()).isEqualTo(404);
        assertThat(gateway.get("/mavenx" + PATH).status()).isEqualTo(404);
    }

    @Test
    void a_method_that_a_cache_does_not_take() throws Exception {
        PipelineAnswer answer = PipelineClient.fetch(gateway.port(), "PUT", "/maven" + PATH, "Content-Length: 0");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void a_request_line_and_headers_are_too_long() throws Exception {
        assertThat(gateway.get("/maven/" + "a".repeat(20_000)).status()).isEqualTo(414);
        assertThat(gateway.get("/maven" + PATH, "X-Long: " + "a".repeat(40_000)).status())
                .isEqualTo(431);
    }

    private static void assertWhole(PipelineAnswer answer, byte[] body) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(body));
    }
}
