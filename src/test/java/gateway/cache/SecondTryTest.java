package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import gateway.support.StoreFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small file arrives damaged: it is fetched once more before anybody is told. */
class SecondTryTest {

    private static final String PATH = "/g/a/1/a-1.jar";
    private static final byte[] GOOD = "good bytes".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BAD = "bad  bytes".getBytes(StandardCharsets.UTF_8);

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = PipelineGateway.in(folder).maven(upstream).start();
        upstream.serve(PATH + ".sha1", StoreFiles.hex("SHA-1", GOOD));
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void its_checksum_is_wrong_once() throws Exception {
        firstThen(FakeUpstream.ok(BAD), FakeUpstream.ok(GOOD));

        assertGood(gateway.get("/maven" + PATH));

        assertThat(upstream.count(PATH)).isEqualTo(2);
        PipelineAnswer held = gateway.get("/maven" + PATH, "Range: bytes=0-3");
        assertThat(held.status()).isEqualTo(206);
        assertThat(held.cacheStatus()).isEqualTo("gateway; hit");
        assertThat(gateway.files())
                .filteredOn(file -> file.startsWith(".blobs"))
                .hasSize(1);
    }

    @Test
    void its_checksum_is_wrong_again() throws Exception {
        upstream.serve(PATH, BAD);

        assertRefused(gateway.get("/maven" + PATH));

        assertThat(upstream.count(PATH)).isEqualTo(2);
    }

    @Test
    void it_is_shorter_than_declared_once() throws Exception {
        firstThen(FakeUpstream.ok(GOOD).truncateAfter(4), FakeUpstream.ok(GOOD));

        assertGood(gateway.get("/maven" + PATH));

        assertThat(upstream.count(PATH)).isEqualTo(2);
    }

    @Test
    void it_is_shorter_than_declared_again() throws Exception {
        upstream.serve(PATH, GOOD).truncateAfter(4);

        assertRefused(gateway.get("/maven" + PATH));

        assertThat(upstream.count(PATH)).isEqualTo(2);
    }

    @Test
    void the_upstream_fails_when_it_is_asked_again() throws Exception {
        firstThen(FakeUpstream.ok(BAD), upstream.status("/failure", 500));

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertRefused(answer);
        assertThat(answer.text()).contains("checksum mismatch");
        assertThat(upstream.count(PATH)).isEqualTo(2);
    }

    @Test
    void many_wait_for_it() throws Exception {
        FakeAnswer second = FakeUpstream.ok(GOOD).pauseAfter(3);
        firstThen(FakeUpstream.ok(BAD), second);

        try (PipelineClient early = gateway.ask("/maven" + PATH)) {
            second.awaitReached();
            try (PipelineClient late = gateway.ask("/maven" + PATH)) {
                second.release();

                assertGood(early.head("GET").whole());
                assertGood(late.head("GET").whole());
            }
        }
        assertThat(upstream.count(PATH)).isEqualTo(2);
    }

    @Test
    void it_is_large_and_was_shown_already() throws Exception {
        upstream.serve(PATH, CoalescingTest.bytes(1_000_000));

        assertThat(gateway.get("/maven" + PATH).whole()).isFalse();

        await().untilAsserted(() -> assertThat(gateway.files()).isEmpty());
        assertThat(upstream.count(PATH)).isEqualTo(1);
    }

    private void firstThen(FakeAnswer first, FakeAnswer second) {
        AtomicInteger turn = new AtomicInteger();
        upstream.answer(PATH, request -> turn.getAndIncrement() == 0 ? first : second);
    }

    private static void assertGood(PipelineAnswer answer) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(GOOD));
    }

    private void assertRefused(PipelineAnswer answer) {
        assertThat(answer.status()).isEqualTo(502);
        await().untilAsserted(() -> assertThat(gateway.files()).isEmpty());
    }
}
