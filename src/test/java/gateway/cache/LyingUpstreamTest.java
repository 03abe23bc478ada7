package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeClock;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import gateway.support.StoreFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An upstream says what is not true, or does not come to an end. Bodies that break or change are in {@link BrokenBodyTest},
 * wrong digests in {@link SecondTryTest}, redirects and TLS in the tests of {@code gateway.upstream}.
 */
class LyingUpstreamTest {

    private static final String PATH = "/g/a/1/a-1.jar";
    private static final byte[] BODY = CoalescingTest.bytes(1_000_000);
    private static final byte[] PAGE =
            "\n<!DOCTYPE html><html><body>Please log in</body></html>".getBytes(StandardCharsets.UTF_8);

    private final FakeUpstream upstream = FakeUpstream.start();
    private final FakeClock clock = new FakeClock();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void prepare() {
        gateway = PipelineGateway.in(folder)
                .maven(upstream)
                .mount("/npm", "npm", upstream.upstream("npm"))
                .clock(clock)
                .timeouts(Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void it_sends_more_than_it_declared() throws Exception {
        gateway.start();
        upstream.serve(PATH, BODY).withSurplus(1000);
        upstream.serve("/g/b/1/b-1.jar", "next");

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.whole()).isTrue();
        assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
        assertThat(gateway.get("/maven/g/b/1/b-1.jar").text()).isEqualTo("next");
    }

    @Test
    void it_declares_less_than_there_is() throws Exception {
        gateway.start();
        // What it declared is all that counts; whether that is the file only a digest can tell.
        upstream.serve(PATH, BODY).declaring(400_000).closing();
        upstream.serve(PATH + ".sha1", sha1());

        assertThat(gateway.get("/maven" + PATH).whole()).isFalse();
        assertNothingKept();
    }

    private static String sha1() {
        return StoreFiles.hex("SHA-1", BODY);
    }

    @Test
    void it_packs_what_was_asked_for_plain() throws Exception {
        gateway.start();
        upstream.serve(PATH, "whatever").header("Content-Encoding", "gzip");

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.text()).contains("gzip although plain bytes were asked for");
        assertThat(upstream.requests(PATH).getFirst().header("accept-encoding")).isIn(null, "identity");
        assertNothingKept();
        upstream.serve(PATH, BODY);
        assertThat(gateway.get("/maven" + PATH).sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
    }

    @Test
    void it_sends_a_page_for_people_in_the_place_of_a_file() throws Exception {
        gateway.start();
        upstream.serve(PATH, PAGE).type("text/html; charset=utf-8");

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.text()).contains("it is a web page");
        assertNothingKept();
        upstream.serve(PATH, BODY);
        assertThat(gateway.get("/maven" + PATH).sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
    }

    @Test
    void it_sends_a_large_page_without_a_length_in_the_place_of_a_file() throws Exception {
        gateway.start();
        byte[] page = java.util.Arrays.copyOf(PAGE, 600_000);
        upstream.serve(PATH, page).type("text/html").chunked();

        assertThat(gateway.get("/maven" + PATH).whole()).isFalse();

        assertNothingKept();
    }

    @Test
    void it_sends_a_page_for_people_in_the_place_of_an_index() throws Exception {
        gateway.start();
        String metadata = "/g/a/maven-metadata.xml";
        upstream.serve(metadata, "<metadata/>").type("text/xml");
        assertThat(gateway.get("/maven" + metadata).text()).isEqualTo("<metadata/>");
        clock.advance(Duration.ofHours(3));
        upstream.serve(metadata, PAGE).type("text/html");

        PipelineAnswer stale = gateway.get("/maven" + metadata);

        assertThat(stale.text()).isEqualTo("<metadata/>");
        assertThat(stale.cacheStatus()).isEqualTo("gateway; fwd=stale; detail=stale-if-error");
        upstream.serve("/lodash", PAGE).type("text/html");
        assertThat(gateway.get("/npm/lodash").status()).isEqualTo(502);
    }

    @Test
    void a_file_is_said_to_be_a_page_and_is_none() throws Exception {
        gateway.start();
        // Some servers take what has no ending that they know for a page.
        upstream.serve(PATH, BODY).type("text/html");

        assertThat(gateway.get("/maven" + PATH).sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
        await().untilAsserted(() ->
                assertThat(gateway.get("/maven" + PATH).cacheStatus()).isEqualTo("gateway; hit"));
    }

    @Test
    void a_page_is_asked_for() throws Exception {
        gateway.start();
        upstream.serve("/g/a/1/index.html", PAGE).type("text/html");

        assertThat(gateway.get("/maven/g/a/1/index.html").start()).isEqualTo(PAGE);
    }

    @Test
    void its_body_ends_before_it_began() throws Exception {
        gateway.start();
        upstream.serve(PATH, BODY)
                .header("Last-Modified", "Sat, 03 Jan 2026 10:00:00 GMT")
                .truncateAfter(0);

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.text()).contains("broke off its answer");
        assertThat(answer.cacheStatus()).isEqualTo("gateway; fwd=miss");
        assertThat(answer.header("retry-after")).isEqualTo("5");
        assertThat(answer.header("last-modified")).isNull();
        assertThat(answer.header("cache-control")).isNull();
        assertNothingKept();
        upstream.serve(PATH, BODY);
        assertThat(gateway.get("/maven" + PATH).sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
    }

    @Test
    void its_body_never_begins() throws Exception {
        gateway.timeouts(Duration.ofSeconds(5), Duration.ofMillis(500)).start();
        upstream.serve(PATH, BODY).chunked().stallAfter(0);

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.whole()).isTrue();
        assertNothingKept();
    }

    @Test
    void its_body_has_no_end() throws Exception {
        gateway.maxArtifactSize(3_000_000).start();
        upstream.answer(
                PATH, request -> FakeUpstream.ok(new byte[64 << 20]).chunked().pieces(100_000));

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.whole()).isFalse();
        // Besides what is kept, a client has at most what was under way.
        assertThat(answer.length()).isLessThan(64 << 20);
        assertNothingKept();
    }

    @Test
    void its_body_comes_in_drops() throws Exception {
        gateway.deadline(Duration.ofSeconds(2)).start();
        // Too often for an idle connection, and never done.
        upstream.serve(PATH, BODY).pieces(100).every(Duration.ofMillis(20));

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.whole()).isFalse();
        assertNothingKept();
        // The other one is idle: the digest beside the file was asked for.
        await().untilAsserted(() -> assertThat(upstream.open()).isLessThanOrEqualTo(1));
    }

    @Test
    void it_leads_us_in_a_circle_and_into_a_private_network() throws Exception {
        gateway.start();
        upstream.redirect(PATH, 302, "/g/b/1/b-1.jar");
        upstream.redirect("/g/b/1/b-1.jar", 302, PATH);
        upstream.redirect("/g/c/1/c-1.jar", 302, "http://169.254.169.254/latest/meta-data/");
        upstream.redirect("/g/d/1/d-1.jar", 302, "http://10.0.0.1/d-1.jar");

        assertThat(gateway.get("/maven" + PATH).text()).contains("redirects in a circle");
        for (String file : List.of("/g/c/1/c-1.jar", "/g/d/1/d-1.jar")) {
            PipelineAnswer answer = gateway.get("/maven" + file);
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.text()).contains("private address");
        }
        assertNothingKept();
    }

    @Test
    void it_asks_a_whole_farm_to_wait() throws Exception {
        gateway.start();
        upstream.serve(PATH, "held");
        assertThat(gateway.get("/maven" + PATH).text()).isEqualTo("held");
        int before = upstream.requests().size();
        for (int i = 0; i < 200; i++) {
            upstream.status("/g/b/" + i + "/b.jar", 429).header("Retry-After", "30");
        }
        List<PipelineClient> farm = new ArrayList<>();
        assertThat(gateway.get("/maven/g/b/0/b.jar").status()).isEqualTo(429);
        for (int i = 1; i < 200; i++) {
            farm.add(gateway.ask("/maven/g/b/" + i + "/b.jar"));
        }
        for (PipelineClient client : farm) {
            PipelineAnswer answer = client.head("GET").whole();
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.header("retry-after")).isEqualTo("30");
            client.close();
        }

        // The first one was enough; it may have been asked for the digest beside the file as well.
        assertThat(upstream.requests().size() - before).isLessThanOrEqualTo(3);
        assertThat(gateway.get("/maven" + PATH).text()).isEqualTo("held");
        clock.advance(Duration.ofSeconds(31));
        upstream.serve("/g/b/7/b.jar", "b");
        assertThat(gateway.get("/maven/g/b/7/b.jar").text()).isEqualTo("b");
    }

    private void assertNothingKept() {
        await().untilAsserted(() -> assertThat(gateway.files()).isEmpty());
    }
}
