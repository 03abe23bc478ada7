package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineGateway;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk changes stored bytes while nobody looks. */
class ScrubTest {

    private static final String PATH = "/g/a/1/a-1.jar";
    private static final String SAME = "/g/b/1/b-1.jar";
    private static final String OTHER = "/g/c/1/c-1.jar";
    /** Of several portions. */
    private static final byte[] BODY = CoalescingTest.bytes(3_000_000);

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = PipelineGateway.in(folder)
                .maven(upstream)
                .scrub(Duration.ofSeconds(1))
                .start();
        upstream.serve(PATH, BODY);
        upstream.serve(SAME, BODY);
        upstream.serve(OTHER, "other");
        for (String path : new String[] {PATH, SAME, OTHER}) {
            gateway.get("/maven" + path);
            await().until(() -> gateway.get("/maven" + path).cacheStatus().equals("gateway; hit"));
        }
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void a_byte_flips() throws Exception {
        String name = PipelineAnswer.sha256(BODY);
        Path blob = folder.resolve("artifacts/.blobs/sha256")
                .resolve(name.substring(0, 2))
                .resolve(name);
        try (FileChannel file = FileChannel.open(blob, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {(byte) ~BODY[2_500_000]}), 2_500_000);
        }

        await().untilAsserted(() -> assertThat(gateway.files())
                .contains(".quarantine/" + name)
                .doesNotContain(".blobs/sha256/" + name.substring(0, 2) + "/" + name)
                .noneMatch(file -> file.endsWith("a-1.jar.meta") || file.endsWith("b-1.jar.meta")));

        for (String path : new String[] {PATH, SAME}) {
            PipelineAnswer again = gateway.get("/maven" + path);
            assertThat(again.whole()).isTrue();
            assertThat(again.sha256()).isEqualTo(name);
            assertThat(again.cacheStatus()).startsWith("gateway; fwd=miss");
            assertThat(upstream.count(path)).isEqualTo(2);
        }
        assertThat(gateway.get("/maven" + OTHER).cacheStatus()).isEqualTo("gateway; hit");
        assertThat(gateway.get("/metrics").text()).contains("gateway_scrub_damaged_total 1.0\n");
    }

    @Test
    void nothing_happens() throws Exception {
        await().until(() -> !gateway.get("/metrics").text().contains("gateway_scrub_blobs_total 0.0\n"));

        assertThat(gateway.files()).noneMatch(file -> file.startsWith(".quarantine"));
        assertThat(gateway.get("/maven" + PATH).cacheStatus()).isEqualTo("gateway; hit");
    }
}
