package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.project.Visibility;
import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large files that many ask for at once, with the rights to keep them or without. */
class ProxyPullsTest {

    private static final String JAR = "/g/big/1/big-1.jar";
    private static final int MIB = 1 << 20;

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // by each test
    private ProxyRig rig;

    @AfterEach
    void stop() {
        rig.close();
        upstream.close();
    }

    private void start() throws Exception {
        rig = ProxyRig.start(folder).project(Visibility.PRIVATE, "maven", upstream);
    }

    private PipelineAnswer download(String token, CountDownLatch begun) throws Exception {
        try (PipelineClient client = PipelineClient.connect(rig.port())) {
            client.send("GET", ProxyRig.target("maven", JAR), ProxyRig.with(token));
            PipelineAnswer.Body body = client.head("GET").read(1000);
            begun.countDown();
            return body.whole();
        }
    }

    @Test
    @DisplayName("case 32: fifty ask for one cold file of 50 MB at once: one GET, one file")
    void fifty() throws Exception {
        start();
        byte[] bytes = CoalescingTest.bytes(50 * MIB);
        FakeAnswer answer = upstream.serve("/r" + JAR, bytes).pieces(256 << 10).pauseAfter(MIB);
        CountDownLatch begun = new CountDownLatch(50);
        List<PipelineAnswer> answers = new ArrayList<>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<PipelineAnswer>> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                // One in ten may keep it.
                String token = i % 10 == 0 ? "developer" : "reporter";
                all.add(clients.submit(() -> download(token, begun)));
            }
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            answer.release();
            for (Future<PipelineAnswer> one : all) {
                answers.add(one.get(3, TimeUnit.MINUTES));
            }
        }
        String sha256 = PipelineAnswer.sha256(bytes);
        assertThat(answers)
                .allSatisfy(got -> assertThat(got.whole()).isTrue())
                .allSatisfy(got -> assertThat(got.sha256()).isEqualTo(sha256));
        assertThat(upstream.requests()).hasSize(1);
        await().untilAsserted(() -> assertThat(rig.listed()).hasSize(1));
        assertThat(rig.listed(JAR).sha256()).isEqualTo(sha256);
        await().untilAsserted(() -> assertThat(rig.blobs()).hasSize(1));
    }

    @Test
    @DisplayName("nobody who asks may keep it: all are served, and it is gone in the end")
    void nobodyKeeps() throws Exception {
        start();
        byte[] bytes = CoalescingTest.bytes(4 * MIB);
        FakeAnswer answer = upstream.serve("/r" + JAR, bytes).pauseAfter(MIB);
        CountDownLatch begun = new CountDownLatch(4);
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<PipelineAnswer>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(clients.submit(() -> download("reporter", begun)));
            }
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            answer.release();
            for (Future<PipelineAnswer> one : all) {
                assertThat(one.get(1, TimeUnit.MINUTES).sha256()).isEqualTo(PipelineAnswer.sha256(bytes));
            }
        }
        assertThat(upstream.requests()).hasSize(1);
        await().until(rig::empty);
    }

    @Test
    @DisplayName("case 33: a client leaves halfway: the file is kept all the same, and the next gets it whole")
    void leaves() throws Exception {
        start();
        byte[] bytes = CoalescingTest.bytes(2 * MIB);
        FakeAnswer answer = upstream.serve("/r" + JAR, bytes).etag("\"1\"").pauseAfter(MIB);
        try (PipelineClient leaver = PipelineClient.connect(rig.port())) {
            leaver.send("GET", ProxyRig.target("maven", JAR), ProxyRig.with("developer"));
            leaver.head("GET").read(1000);
        }
        assertThat(rig.listed()).isEmpty();
        answer.release();
        await().untilAsserted(() -> assertThat(rig.listed()).hasSize(1));

        PipelineAnswer next = rig.get("reporter", JAR);
        assertThat(next.whole()).isTrue();
        assertThat(next.sha256()).isEqualTo(PipelineAnswer.sha256(bytes));
        assertThat(upstream.requests()).extracting(FakeUpstream.Request::method).containsExactly("GET", "HEAD");
    }

    @Test
    @DisplayName("case 33: the remote truncates the body: the client sees it broken off, and nothing is stored")
    void truncated() throws Exception {
        start();
        byte[] bytes = CoalescingTest.bytes(2 * MIB);
        upstream.serve("/r" + JAR, bytes).withoutRanges().truncateAfter(MIB);

        assertThat(rig.get("developer", JAR).whole()).isFalse();
        await().until(rig::empty);

        upstream.serve("/r" + JAR, bytes);
        assertThat(rig.get("developer", JAR).sha256()).isEqualTo(PipelineAnswer.sha256(bytes));
    }

    @Test
    @DisplayName("a digest that is asked for as the file comes in is told when the file is there")
    void digestMeanwhile() throws Exception {
        start();
        byte[] bytes = CoalescingTest.bytes(2 * MIB);
        FakeAnswer answer = upstream.serve("/r" + JAR, bytes).pauseAfter(MIB);
        try (PipelineClient client = PipelineClient.connect(rig.port());
                PipelineClient second = PipelineClient.connect(rig.port())) {
            client.send("GET", ProxyRig.target("maven", JAR), ProxyRig.with("developer"));
            PipelineAnswer.Body body = client.head("GET").read(1000);
            second.send("GET", ProxyRig.target("maven", JAR + ".sha1"), ProxyRig.with("reporter"));
            answer.release();

            assertThat(body.whole().whole()).isTrue();
            assertThat(second.head("GET").whole().text()).isEqualTo(ProxyRig.hex("SHA-1", bytes));
        }
        assertThat(upstream.requests()).hasSize(1);
    }

    @Test
    @DisplayName("a range of a cold file: the file is kept as a whole")
    void range() throws Exception {
        start();
        byte[] bytes = CoalescingTest.bytes(2 * MIB);
        upstream.serve("/r" + JAR, bytes);

        PipelineAnswer part = rig.get("developer", JAR, "Range: bytes=1000-1999");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.length()).isEqualTo(1000);
        await().untilAsserted(() -> assertThat(rig.listed()).hasSize(1));
        assertThat(rig.listed(JAR).size()).isEqualTo(2 * MIB);
    }

    @Test
    @DisplayName("a file that was evicted is fetched as if it had never been there")
    void evicted() throws Exception {
        rig = ProxyRig.start(folder, 3L * MIB).project(Visibility.PRIVATE, "maven", upstream);
        byte[] bytes = CoalescingTest.bytes(2 * MIB);
        upstream.serve("/r" + JAR, bytes).etag("\"1\"");
        String other = "/g/other/1/other-1.jar";
        upstream.serve("/r" + other, CoalescingTest.bytes(2 * MIB + 1)).etag("\"2\"");
        assertThat(rig.get("developer", JAR).whole()).isTrue();
        await().untilAsserted(() -> assertThat(rig.listed()).hasSize(1));
        assertThat(rig.get("developer", other).whole()).isTrue();
        String gone = PipelineAnswer.sha256(bytes);
        await().untilAsserted(() -> assertThat(rig.blobs()).isNotEmpty().noneMatch(blob -> blob.endsWith(gone)));

        assertThat(rig.get("reporter", JAR).sha256()).isEqualTo(PipelineAnswer.sha256(bytes));
        assertThat(upstream.requests("/r" + JAR))
                .extracting(FakeUpstream.Request::method)
                .containsExactly("GET", "HEAD", "GET");
    }
}
