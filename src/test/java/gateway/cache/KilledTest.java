package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.ChildGateway;
import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway in a process of its own that is killed without warning, and the one that is started after it. */
class KilledTest {

    private static final String PATH = "/g/a/1/a-1.jar";
    private static final String HELD = "/g/held/1/held-1.jar";
    private static final String RELEASE = "/dists/stable/Release";
    private static final String SIGNATURE = RELEASE + ".gpg";
    private static final String ROOT = "Suite: stable\nDate: Sun, 01 Mar 2026 10:00:00 UTC\nSHA256:\n";
    private static final byte[] BODY = CoalescingTest.bytes(3 << 20);

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        upstream.close();
    }

    @Test
    void it_is_killed_in_the_middle_of_a_download() throws Exception {
        FakeAnswer answer = upstream.serve(PATH, BODY).pauseAfter(1 << 20);
        upstream.serve(HELD, "held");
        ChildGateway process = start();
        try {
            int port = process.port();
            assertThat(PipelineClient.get(port, "/maven" + HELD).text()).isEqualTo("held");
            try (PipelineClient client = PipelineClient.connect(port)) {
                client.send("GET", "/maven" + PATH);
                PipelineAnswer.Body begun = client.head("GET").read(1 << 20);
                process.kill();
                assertThat(begun.whole().whole()).isFalse();
            }
        } finally {
            process.kill();
            answer.release();
        }
        assertThat(gateway().files()).anyMatch(file -> file.startsWith(".staging"));

        try (PipelineGateway next = gateway().start()) {
            assertThat(next.files())
                    .noneMatch(file -> file.startsWith(".staging"))
                    .noneMatch(file -> file.contains("a-1.jar"));
            assertThat(next.get("/maven" + HELD).cacheStatus()).isEqualTo("gateway; hit");
            upstream.serve(PATH, BODY);
            PipelineAnswer whole = next.get("/maven" + PATH);
            assertThat(whole.whole()).isTrue();
            assertThat(whole.sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
        }
    }

    @Test
    void it_is_killed_between_a_blob_and_its_manifest() throws Exception {
        killBetweenBlobAndManifest();
        SweepTest.leave(folder.resolve("artifacts/debian/dists/." + UUID.randomUUID() + ".tmp"));

        try (PipelineGateway next = gateway().start()) {
            await().untilAsserted(() -> assertThat(next.files()).isEmpty());
        }
    }

    @Test
    void what_was_left_is_published_anew_while_it_is_swept() throws Exception {
        killBetweenBlobAndManifest();
        // The sweep goes in order.
        Path last = SweepTest.leave(folder.resolve("artifacts/.blobs/sha256/ff/" + "f".repeat(64)));
        FakeAnswer signature = upstream.serve(SIGNATURE, "signature").pauseAfter(-1);

        try (PipelineGateway next = gateway().start();
                PipelineClient client = next.ask("/debian" + RELEASE)) {
            signature.awaitReached();
            await().until(() -> !Files.exists(last));

            assertThat(next.files()).contains(blob(ROOT));
            signature.release();
            assertThat(client.head("GET").whole().text()).isEqualTo(ROOT);
            await().until(() -> next.holds("debian" + RELEASE));
            // Once before, once now, and once to see whether the signature belongs to it.
            assertThat(upstream.count(RELEASE)).isEqualTo(3);
        } finally {
            signature.release();
        }
    }

    /** A Release is published, and waits for its signature before it is named. */
    private void killBetweenBlobAndManifest() throws Exception {
        upstream.serve(RELEASE, ROOT);
        FakeAnswer signature = upstream.serve(SIGNATURE, "signature").pauseAfter(-1);
        ChildGateway process = start();
        try (PipelineClient client = PipelineClient.connect(process.port())) {
            client.send("GET", "/debian" + RELEASE);
            signature.awaitReached();
        } finally {
            process.kill();
            signature.release();
        }
        assertThat(gateway().files()).containsOnlyOnce(blob(ROOT)).noneMatch(file -> file.endsWith(".meta"));
    }

    private static String blob(String content) {
        String digest = PipelineAnswer.sha256(content.getBytes(StandardCharsets.UTF_8));
        return ".blobs/sha256/" + digest.substring(0, 2) + "/" + digest;
    }

    private PipelineGateway gateway() {
        return PipelineGateway.in(folder).maven(upstream).mount("/debian", "debian", upstream.upstream("debian"));
    }

    private ChildGateway start() throws Exception {
        return ChildGateway.start(folder, upstream);
    }
}
