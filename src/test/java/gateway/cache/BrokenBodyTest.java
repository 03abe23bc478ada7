package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineGateway;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A body that breaks or is wrong never looks complete, and is never kept. */
class BrokenBodyTest {

    private static final String PATH = "/g/a/1/a-1.jar";
    private static final byte[] BODY = CoalescingTest.bytes(1_000_000);

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = PipelineGateway.in(folder)
                .maven(upstream)
                .timeouts(Duration.ofSeconds(20), Duration.ofSeconds(1))
                .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void it_ends_before_its_declared_length() throws Exception {
        upstream.serve(PATH, BODY).truncateAfter(700_000);

        assertBrokenOff();
    }

    @Test
    void a_chunked_one_ends_without_its_last_chunk() throws Exception {
        upstream.serve(PATH, BODY).chunked().pieces(50_000).truncateAfter(700_000);

        assertBrokenOff();
    }

    @Test
    void its_connection_is_reset() throws Exception {
        upstream.serve(PATH, BODY).pieces(100_000).resetAfter(700_000);

        assertBrokenOff();
    }

    @Test
    void it_stalls_for_longer_than_the_upstream_may_be_idle() throws Exception {
        upstream.serve(PATH, BODY).stallAfter(700_000);

        assertBrokenOff();
    }

    @Test
    void all_of_it_comes_and_its_checksum_is_wrong() throws Exception {
        upstream.serve(PATH, BODY);
        upstream.serve(PATH + ".sha1", "0".repeat(40));

        assertBrokenOff();
    }

    @Test
    void a_chunked_one_comes_whole_and_its_checksum_is_wrong() throws Exception {
        upstream.serve(PATH, BODY).chunked().pieces(50_000);
        upstream.serve(PATH + ".sha1", "0".repeat(40));

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.whole()).isFalse();
        assertNothingKept();
    }

    @Test
    void a_small_one_has_the_wrong_checksum() throws Exception {
        upstream.serve(PATH, "corrupted");
        upstream.serve(PATH + ".sha1", "0".repeat(40));

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.text()).contains("checksum mismatch").doesNotContain("corrupted");
        assertNothingKept();
    }

    @Test
    void a_small_one_is_truncated() throws Exception {
        upstream.serve(PATH, "corrupted").truncateAfter(3);

        assertThat(gateway.get("/maven" + PATH).status()).isEqualTo(502);
        assertNothingKept();
    }

    @Test
    void it_breaks_once_and_the_upstream_can_go_on() throws Exception {
        inTurn(
                () -> FakeUpstream.ok(BODY).etag("\"v1\"").truncateAfter(400_000),
                () -> FakeUpstream.ok(BODY).etag("\"v1\""));

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.whole()).isTrue();
        assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
        FakeUpstream.Request rest = upstream.requests(PATH).getLast();
        assertThat(rest.header("range")).isEqualTo("bytes=400000-");
        assertThat(rest.header("if-range")).isEqualTo("\"v1\"");
        assertThat(upstream.count(PATH)).isEqualTo(2);
    }

    @Test
    void it_breaks_twice_and_the_upstream_can_go_on() throws Exception {
        inTurn(
                () -> FakeUpstream.ok(BODY).etag("\"v1\"").truncateAfter(400_000),
                () -> FakeUpstream.ok(BODY).etag("\"v1\"").truncateAfter(100_000),
                () -> FakeUpstream.ok(BODY).etag("\"v1\""));

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.whole()).isTrue();
        assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
        assertThat(upstream.requests(PATH).getLast().header("range")).isEqualTo("bytes=500000-");
    }

    @Test
    void it_breaks_again_and_again() throws Exception {
        upstream.answer(PATH, request -> FakeUpstream.ok(BODY).etag("\"v1\"").truncateAfter(1000));

        assertThat(gateway.get("/maven" + PATH).whole()).isFalse();
        assertThat(upstream.count(PATH)).isEqualTo(4);
        assertNothingKept();
    }

    @Test
    void it_breaks_and_the_upstream_has_something_else_by_now() throws Exception {
        inTurn(
                () -> FakeUpstream.ok(BODY).etag("\"v1\"").truncateAfter(400_000),
                () -> FakeUpstream.ok(CoalescingTest.bytes(1_000_001)).etag("\"v2\""));

        assertThat(gateway.get("/maven" + PATH).whole()).isFalse();
        assertNothingKept();
    }

    @Test
    void it_breaks_and_its_validator_is_weak() throws Exception {
        upstream.serve(PATH, BODY).etag("W/\"v1\"").truncateAfter(400_000);

        assertThat(gateway.get("/maven" + PATH).whole()).isFalse();
        assertThat(upstream.count(PATH)).isEqualTo(1);
    }

    /** The first request gets the first answer, and so on; the last answer stays. */
    @SafeVarargs
    private void inTurn(Supplier<FakeAnswer>... answers) {
        AtomicInteger turn = new AtomicInteger();
        upstream.answer(PATH, request -> answers[Math.min(turn.getAndIncrement(), answers.length - 1)].get());
    }

    private void assertBrokenOff() throws Exception {
        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.whole()).isFalse();
        assertThat(answer.length()).isLessThan(BODY.length);
        assertThat(answer.header("etag")).isNull();
        assertNothingKept();
        upstream.serve(PATH, BODY);
        upstream.status(PATH + ".sha1", 404);
        assertThat(gateway.get("/maven" + PATH).sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
    }

    private void assertNothingKept() {
        await().untilAsserted(() -> assertThat(gateway.files()).isEmpty());
    }
}
