package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeAnswer;
import gateway.support.FakeClock;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HEAD, parts of bodies, conditions and the client's cache directives, on hits, misses and running fetches. */
class RangesTest {

    private static final String PATH = "/g/a/1/a-1.jar";
    /** Signatures have no checksum that anybody would compare. */
    private static final String UNPROMISED = PATH + ".asc";

    private static final String METADATA = "/g/a/maven-metadata.xml";
    private static final String XML =
            "<metadata><groupId>g</groupId><artifactId>a</artifactId><versioning/></metadata>";
    private static final String DATE = "Sat, 01 Mar 2025 10:00:00 GMT";
    private static final byte[] BODY = CoalescingTest.bytes(1_000_000);

    private final FakeUpstream upstream = FakeUpstream.start();
    private final FakeClock clock = new FakeClock();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = PipelineGateway.in(folder).maven(upstream).clock(clock).start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void head_of_a_file_that_is_not_held() throws Exception {
        upstream.serve(PATH, BODY);

        PipelineAnswer head = gateway.head("/maven" + PATH);

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("content-length")).isEqualTo("1000000");
        assertThat(head.cacheStatus()).isEqualTo("gateway; fwd=miss; fwd-status=200");
        assertThat(upstream.requests(PATH))
                .extracting(FakeUpstream.Request::method)
                .containsExactly("HEAD");
        assertThat(gateway.files()).isEmpty();
    }

    @Test
    void head_of_a_file_that_does_not_exist() throws Exception {
        assertThat(gateway.head("/maven" + PATH).status()).isEqualTo(404);
    }

    @Test
    void head_while_the_upstream_fails() throws Exception {
        upstream.status(PATH, 500);
        assertThat(gateway.head("/maven" + PATH).status()).isEqualTo(502);

        upstream.status(PATH, 401).header("WWW-Authenticate", "Basic realm=\"private\"");
        assertThat(gateway.head("/maven" + PATH).status()).isEqualTo(502);

        upstream.status(PATH, 429).header("Retry-After", "7");
        PipelineAnswer throttled = gateway.head("/maven" + PATH);
        assertThat(throttled.status()).isEqualTo(429);
        assertThat(throttled.header("retry-after")).isEqualTo("7");
    }

    @Test
    void head_of_a_file_that_is_held() throws Exception {
        hold();

        PipelineAnswer head = gateway.head("/maven" + PATH);

        assertThat(head.header("content-length")).isEqualTo("1000000");
        assertThat(head.header("etag")).isEqualTo("\"" + PipelineAnswer.sha256(BODY) + "\"");
        assertThat(head.cacheStatus()).isEqualTo("gateway; hit");
        assertThat(upstream.count(PATH)).isEqualTo(1);
    }

    @Test
    void parts_of_a_file_that_is_held() throws Exception {
        hold();

        assertPart(gateway.get("/maven" + PATH, "Range: bytes=0-0"), 0, 1);
        assertPart(gateway.get("/maven" + PATH, "Range: bytes=999000-"), 999_000, 1_000_000);
        assertPart(gateway.get("/maven" + PATH, "Range: bytes=-1000"), 999_000, 1_000_000);
        assertPart(gateway.get("/maven" + PATH, "Range: bytes=100-9999999"), 100, 1_000_000);
        PipelineAnswer beyond = gateway.get("/maven" + PATH, "Range: bytes=1000000-");
        assertThat(beyond.status()).isEqualTo(416);
        assertThat(beyond.header("content-range")).isEqualTo("bytes */1000000");
        assertThat(gateway.get("/maven" + PATH, "Range: bytes=0-0,5-6").status())
                .isEqualTo(200);
        assertThat(gateway.get("/maven" + PATH, "Range: lines=1-2").status()).isEqualTo(200);
    }

    @Test
    void a_part_on_the_condition_that_the_file_is_the_same() throws Exception {
        hold();
        String etag = "\"" + PipelineAnswer.sha256(BODY) + "\"";

        assertPart(gateway.get("/maven" + PATH, "Range: bytes=5-9", "If-Range: " + etag), 5, 10);
        PipelineAnswer other = gateway.get("/maven" + PATH, "Range: bytes=5-9", "If-Range: \"other\"");
        assertThat(other.status()).isEqualTo(200);
        assertThat(other.sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
    }

    @Test
    void a_client_holds_the_same_file() throws Exception {
        hold();
        String etag = "\"" + PipelineAnswer.sha256(BODY) + "\"";

        PipelineAnswer same = gateway.get("/maven" + PATH, "If-None-Match: \"x\", W/" + etag);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.header("etag")).isEqualTo(etag);
        assertThat(gateway.get("/maven" + PATH, "If-None-Match: \"x\"").status())
                .isEqualTo(200);
    }

    @Test
    void a_part_of_a_running_fetch_without_a_checksum() throws Exception {
        FakeAnswer answer = upstream.serve(UNPROMISED, BODY).pauseAfter(500_000);

        try (PipelineClient whole = gateway.ask("/maven" + UNPROMISED)) {
            PipelineAnswer.Body rest = whole.head("GET").read(1);
            assertPart(gateway.get("/maven" + UNPROMISED, "Range: bytes=100-1099"), 100, 1100);
            answer.release();
            assertThat(rest.whole().whole()).isTrue();
        }
        assertThat(upstream.count(UNPROMISED)).isEqualTo(1);
    }

    @Test
    void a_part_far_ahead_of_a_running_fetch() throws Exception {
        byte[] large = CoalescingTest.bytes(12_000_000);
        FakeAnswer slow = FakeUpstream.ok(large).pauseAfter(500_000);
        upstream.answer(UNPROMISED, request -> request.header("range") == null ? slow : FakeUpstream.ok(large));

        try (PipelineClient whole = gateway.ask("/maven" + UNPROMISED)) {
            PipelineAnswer.Body rest = whole.head("GET").read(1);
            PipelineAnswer part = gateway.get("/maven" + UNPROMISED, "Range: bytes=11000000-11000999");
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.header("content-range")).isEqualTo("bytes 11000000-11000999/12000000");
            assertThat(part.sha256())
                    .isEqualTo(PipelineAnswer.sha256(Arrays.copyOfRange(large, 11_000_000, 11_001_000)));
            assertThat(part.cacheStatus()).isEqualTo("gateway; fwd=bypass; fwd-status=206; detail=range-ahead");
            slow.release();
            assertThat(rest.whole().sha256()).isEqualTo(PipelineAnswer.sha256(large));
        }
        assertThat(upstream.requests(UNPROMISED))
                .extracting(request -> request.header("range"))
                .containsExactly(null, "bytes=11000000-11000999");
    }

    @Test
    void a_part_far_ahead_while_the_upstream_has_no_parts() throws Exception {
        byte[] large = CoalescingTest.bytes(12_000_000);
        FakeAnswer slow = upstream.serve(UNPROMISED, large).withoutRanges().pauseAfter(500_000);

        try (PipelineClient whole = gateway.ask("/maven" + UNPROMISED)) {
            whole.head("GET").read(1);
            PipelineClient part = gateway.ask("/maven" + UNPROMISED, "Range: bytes=11000000-11000999");
            await().until(() -> upstream.count(UNPROMISED) == 2);
            slow.release();

            PipelineAnswer waited = part.head("GET").whole();
            assertThat(waited.status()).isEqualTo(206);
            assertThat(waited.sha256())
                    .isEqualTo(PipelineAnswer.sha256(Arrays.copyOfRange(large, 11_000_000, 11_001_000)));
            part.close();
        }
    }

    @Test
    void a_part_of_a_running_fetch_whose_checksum_is_expected() throws Exception {
        FakeAnswer answer = upstream.serve(PATH, BODY).pauseAfter(500_000);

        try (PipelineClient part = gateway.ask("/maven" + PATH, "Range: bytes=100-1099")) {
            answer.awaitReached();
            answer.release();
            PipelineAnswer.Body body = part.head("GET");
            // Only what is verified and stored has a validator.
            assertThat(body.header("etag")).isEqualTo("\"" + PipelineAnswer.sha256(BODY) + "\"");
            assertPart(body.whole(), 100, 1100);
        }
    }

    @Test
    void a_part_of_a_running_fetch_whose_checksum_turns_out_wrong() throws Exception {
        upstream.serve(PATH, BODY);
        upstream.serve(PATH + ".sha1", "0".repeat(40));

        assertThat(gateway.get("/maven" + PATH, "Range: bytes=100-1099").status())
                .isEqualTo(502);
    }

    @Test
    void a_client_resumes_what_turned_out_wrong() throws Exception {
        upstream.serve(PATH, CoalescingTest.bytes(1_000_001)).lastModified(DATE);
        upstream.serve(PATH + ".sha1", "0".repeat(40));
        PipelineAnswer broken = gateway.get("/maven" + PATH);
        assertThat(broken.whole()).isFalse();
        assertThat(broken.header("last-modified")).isEqualTo(DATE);
        await().untilAsserted(() -> assertThat(gateway.files()).isEmpty());
        upstream.serve(PATH, BODY).lastModified(DATE);
        upstream.status(PATH + ".sha1", 404);
        assertThat(gateway.get("/maven" + PATH).whole()).isTrue();

        PipelineAnswer resumed = gateway.get("/maven" + PATH, "Range: bytes=500000-", "If-Range: " + DATE);

        assertThat(resumed.status()).isEqualTo(200);
        assertThat(resumed.sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
    }

    @Test
    void only_if_cached_was_asked() throws Exception {
        assertThat(gateway.get("/maven" + PATH, "Cache-Control: only-if-cached").status())
                .isEqualTo(504);
        assertThat(gateway.head("/maven" + PATH, "Cache-Control: only-if-cached")
                        .status())
                .isEqualTo(504);
        assertThat(upstream.requests()).isEmpty();
        hold();
        assertThat(gateway.get("/maven" + PATH, "Cache-Control: only-if-cached").status())
                .isEqualTo(200);
    }

    @Test
    void no_cache_was_asked_of_an_index() throws Exception {
        upstream.serve(METADATA, XML).etag("\"v1\"");
        gateway.get("/maven" + METADATA);

        clock.advance(Duration.ofSeconds(9));
        gateway.get("/maven" + METADATA, "Cache-Control: no-cache");
        assertThat(upstream.count(METADATA)).isEqualTo(1);
        clock.advance(Duration.ofSeconds(2));
        gateway.get("/maven" + METADATA, "Cache-Control: max-age=0");
        assertThat(upstream.count(METADATA)).isEqualTo(1);
        upstream.serve(METADATA, XML.replace("g<", "h<")).etag("\"v2\"");
        assertThat(gateway.get("/maven" + METADATA, "Cache-Control: no-cache").text())
                .contains("h<");
    }

    private void hold() throws Exception {
        upstream.serve(PATH, BODY);
        assertThat(gateway.get("/maven" + PATH).whole()).isTrue();
        await().until(() -> gateway.holds("maven" + PATH));
    }

    private static void assertPart(PipelineAnswer part, int from, int to) {
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.header("content-range")).isEqualTo("bytes " + from + "-" + (to - 1) + "/1000000");
        assertThat(part.length()).isEqualTo(to - from);
        assertThat(part.sha256()).isEqualTo(PipelineAnswer.sha256(Arrays.copyOfRange(BODY, from, to)));
    }
}
