package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One fetch for many askers, each at its own pace. */
class CoalescingTest {

    private static final String PATH = "/g/big/1/big-1.jar";
    private static final String PLACE = "maven/g/big/1/big-1.jar";
    private static final int MIB = 1 << 20;

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

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void a_hundred_clients_ask_for_one_cold_file_at_once() throws Exception {
        byte[] body = bytes(50 * MIB);
        FakeAnswer answer = upstream.serve(PATH, body).pieces(256 << 10).pauseAfter(MIB);
        CountDownLatch begun = new CountDownLatch(100);
        List<PipelineAnswer> answers = new ArrayList<>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<PipelineAnswer>> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(clients.submit(() -> download(begun)));
            }
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            answer.release();
            for (Future<PipelineAnswer> one : all) {
                answers.add(one.get(3, TimeUnit.MINUTES));
            }
        }
        String sha256 = PipelineAnswer.sha256(body);
        assertThat(answers)
                .allSatisfy(got -> assertThat(got.whole()).isTrue())
                .allSatisfy(got -> assertThat(got.sha256()).isEqualTo(sha256));
        assertThat(answers)
                .filteredOn(got -> !got.cacheStatus().contains("collapsed"))
                .hasSize(1);
        assertThat(upstream.count(PATH)).isEqualTo(1);
    }

    private PipelineAnswer download(CountDownLatch begun) throws Exception {
        try (PipelineClient client = gateway.ask("/maven" + PATH)) {
            PipelineAnswer.Body body = client.head("GET").read(1000);
            begun.countDown();
            return body.whole();
        }
    }

    @Test
    void the_upstream_is_still_sending() throws Exception {
        byte[] body = bytes(2 * MIB);
        FakeAnswer answer = upstream.serve(PATH, body).pauseAfter(MIB);

        try (PipelineClient client = gateway.ask("/maven" + PATH)) {
            PipelineAnswer.Body half = client.head("GET").read(MIB);
            assertThat(gateway.holds(PLACE)).isFalse();
            answer.release();

            assertWhole(half.whole(), body);
        }
    }

    @Test
    void the_upstream_does_not_say_how_long_it_is() throws Exception {
        byte[] body = bytes(2 * MIB);
        FakeAnswer answer = upstream.serve(PATH, body).chunked().pieces(10_000).pauseAfter(MIB);

        try (PipelineClient client = gateway.ask("/maven" + PATH)) {
            PipelineAnswer.Body half = client.head("GET").read(MIB);
            answer.release();

            assertWhole(half.whole(), body);
        }
    }

    @Test
    void a_client_leaves_in_the_middle() throws Exception {
        byte[] body = bytes(2 * MIB);
        FakeAnswer answer = upstream.serve(PATH, body).pauseAfter(MIB);
        try (PipelineClient leaver = gateway.ask("/maven" + PATH)) {
            leaver.head("GET").read(1000);
        }
        answer.release();

        await().until(() -> gateway.holds(PLACE));
        assertWhole(gateway.get("/maven" + PATH), body);
        assertThat(upstream.count(PATH)).isEqualTo(1);
    }

    @Test
    void a_client_leaves_before_the_head() throws Exception {
        byte[] body = bytes(MIB);
        FakeAnswer answer = upstream.serve(PATH, body).pauseAfter(-1);
        try (PipelineClient leaver = gateway.ask("/maven" + PATH)) {
            answer.awaitReached();
            assertThat(leaver).isNotNull();
        }
        answer.release();

        await().until(() -> gateway.holds(PLACE));
        assertWhole(gateway.get("/maven" + PATH), body);
        assertThat(upstream.count(PATH)).isEqualTo(1);
    }

    @Test
    void a_client_comes_late() throws Exception {
        byte[] body = bytes(4 * MIB);
        FakeAnswer answer = upstream.serve(PATH, body).pauseAfter(3 * MIB);
        try (PipelineClient first = gateway.ask("/maven" + PATH)) {
            PipelineAnswer.Body early = first.head("GET").read(3 * MIB);
            try (PipelineClient second = gateway.ask("/maven" + PATH)) {
                PipelineAnswer.Body late = second.head("GET").read(1);
                answer.release();

                assertWhole(late.whole(), body);
                assertThat(late.header("cache-status")).contains("collapsed");
            }
            assertWhole(early.whole(), body);
        }
    }

    @Test
    void a_client_does_not_read_beside_one_that_does() throws Exception {
        byte[] body = bytes(30 * MIB);
        FakeAnswer answer = upstream.serve(PATH, body).pieces(256 << 10).pauseAfter(MIB);
        try (PipelineClient stalled = gateway.ask("/maven" + PATH)) {
            PipelineAnswer.Body waiting = stalled.head("GET").read(1);
            try (PipelineClient quick = gateway.ask("/maven" + PATH)) {
                PipelineAnswer.Body going = quick.head("GET").read(1);
                answer.release();
                assertWhole(going.whole(), body);
            }
            await().until(() -> gateway.holds(PLACE));

            assertWhole(waiting.whole(), body);
        }
    }

    private static void assertWhole(PipelineAnswer answer, byte[] body) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(body));
    }
}
