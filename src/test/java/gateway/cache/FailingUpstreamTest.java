package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.FakeClock;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineGateway;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients get when the upstream fails: what is held if there is any, else a status that says what to do. */
class FailingUpstreamTest {

    private static final String PATH = "/g/a/1/a-1.jar";
    private static final String METADATA = "/g/a/maven-metadata.xml";
    private static final String XML =
            "<metadata><groupId>g</groupId><artifactId>a</artifactId><versioning/></metadata>";

    private final FakeUpstream upstream = FakeUpstream.start();
    private final FakeClock clock = new FakeClock();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = PipelineGateway.in(folder)
                .maven(upstream)
                .clock(clock)
                .timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1))
                .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void it_answers_500() throws Exception {
        upstream.status(PATH, 500);

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.header("retry-after")).isNotNull();
        assertThat(answer.cacheStatus()).startsWith("gateway; fwd=miss");
    }

    @Test
    void it_does_not_answer() throws Exception {
        upstream.serve(PATH, "never").stallAfter(-1);

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.header("retry-after")).isNotNull();
    }

    @Test
    void it_refuses_connections() throws Exception {
        upstream.stop();

        assertThat(gateway.get("/maven" + PATH).status()).isEqualTo(502);
    }

    @Test
    void it_refuses_our_credentials() throws Exception {
        upstream.status(PATH, 401).header("WWW-Authenticate", "Basic realm=\"private\"");

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.header("www-authenticate")).isNull();
    }

    @Test
    void it_does_not_have_the_file() throws Exception {
        PipelineAnswer first = gateway.get("/maven" + PATH);
        PipelineAnswer second = gateway.get("/maven" + PATH);

        assertThat(first.status()).isEqualTo(404);
        assertThat(second.status()).isEqualTo(404);
        assertThat(second.cacheStatus()).isEqualTo("gateway; hit; detail=negative");
        assertThat(upstream.count(PATH)).isEqualTo(1);
        clock.advance(Duration.ofMinutes(10));
        upstream.serve(PATH, "published meanwhile");
        assertThat(gateway.get("/maven" + PATH).text()).isEqualTo("published meanwhile");
    }

    @Test
    void it_says_that_the_file_is_gone_for_good() throws Exception {
        upstream.status(PATH, 410);

        assertThat(gateway.get("/maven" + PATH).status()).isEqualTo(410);
    }

    @Test
    void it_asks_us_to_wait() throws Exception {
        upstream.status(PATH, 429).header("Retry-After", "30");
        upstream.serve("/g/b/1/b-1.jar", "b");

        PipelineAnswer first = gateway.get("/maven" + PATH);
        assertThat(first.status()).isEqualTo(429);
        assertThat(first.header("retry-after")).isEqualTo("30");

        clock.advance(Duration.ofSeconds(10));
        PipelineAnswer other = gateway.get("/maven/g/b/1/b-1.jar");
        assertThat(other.status()).isEqualTo(429);
        assertThat(other.header("retry-after")).isEqualTo("20");
        assertThat(upstream.requests()).hasSize(1);

        clock.advance(Duration.ofSeconds(21));
        assertThat(gateway.get("/maven/g/b/1/b-1.jar").text()).isEqualTo("b");
    }

    @Test
    void it_failed_too_often() throws Exception {
        upstream.serve("/g/held/1/held-1.jar", "held");
        assertThat(gateway.get("/maven/g/held/1/held-1.jar").status()).isEqualTo(200);
        for (int i = 0; i < 20; i++) {
            upstream.status("/g/a/" + i + "/a.jar", 500);
            assertThat(gateway.get("/maven/g/a/" + i + "/a.jar").status()).isEqualTo(502);
        }
        int asked = upstream.requests().size();

        PipelineAnswer refused = gateway.get("/maven" + PATH);
        assertThat(refused.status()).isEqualTo(502);
        assertThat(refused.header("retry-after")).isNotNull();
        assertThat(upstream.requests()).hasSize(asked);
        assertThat(upstream.count("/g/a/19/a.jar")).isZero();
        assertThat(gateway.get("/maven/g/held/1/held-1.jar").text()).isEqualTo("held");

        clock.advance(Duration.ofSeconds(11));
        upstream.serve(PATH, "well again");
        assertThat(gateway.get("/maven" + PATH).text()).isEqualTo("well again");
    }

    @Test
    void it_fails_while_we_hold_a_stale_index() throws Exception {
        holdStaleMetadata();

        upstream.status(METADATA, 500);
        assertStale();
        upstream.status(METADATA, 401);
        assertStale();
        upstream.status(METADATA, 429);
        assertStale();
        clock.advance(Duration.ofMinutes(10));
        upstream.serve(METADATA, "never").stallAfter(-1);
        assertStale();
        upstream.stop();
        assertStale();
    }

    @Test
    void it_deleted_an_index_that_we_hold() throws Exception {
        holdStaleMetadata();
        upstream.status(METADATA, 404);

        assertThat(gateway.get("/maven" + METADATA).status()).isEqualTo(404);
    }

    @Test
    void it_confirms_an_index_that_we_hold() throws Exception {
        upstream.serve(METADATA, XML).etag("\"v1\"");
        gateway.get("/maven" + METADATA);
        clock.advance(Duration.ofDays(1));

        PipelineAnswer confirmed = gateway.get("/maven" + METADATA);

        assertThat(confirmed.text()).isEqualTo(XML);
        assertThat(confirmed.cacheStatus()).isEqualTo("gateway; fwd=stale; fwd-status=304");
        assertThat(upstream.requests(METADATA).getLast().header("if-none-match"))
                .isEqualTo("\"v1\"");
        assertThat(gateway.get("/maven" + METADATA).cacheStatus()).isEqualTo("gateway; hit");
    }

    private void holdStaleMetadata() throws Exception {
        upstream.serve(METADATA, XML);
        assertThat(gateway.get("/maven" + METADATA).text()).isEqualTo(XML);
        clock.advance(Duration.ofDays(1));
    }

    private void assertStale() throws Exception {
        PipelineAnswer answer = gateway.get("/maven" + METADATA);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo(XML);
        assertThat(answer.cacheStatus()).isEqualTo("gateway; fwd=stale; detail=stale-if-error");
    }
}
