package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineDisk;
import gateway.support.PipelineGateway;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on a small disk of its own, which is full or becomes full. */
class FullDiskTest {

    private static final String PATH = "/g/a/1/a-1.jar";
    private static final String UNPROMISED = PATH + ".asc";
    private static final int MIB = 1 << 20;

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private PipelineDisk disk;
    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        disk = PipelineDisk.mount(folder.resolve("disk"), 40);
        gateway = PipelineGateway.in(folder)
                .store(disk.folder().resolve("artifacts"))
                .maven(upstream)
                .mount("/debian", "debian", upstream.upstream("debian"))
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        upstream.close();
        disk.close();
    }

    @Test
    void a_file_is_larger_than_the_disk() throws Exception {
        disk.resize(8);
        byte[] body = CoalescingTest.bytes(20 * MIB);
        upstream.serve(PATH, body);

        PipelineAnswer answer = gateway.get("/maven" + PATH);

        assertWhole(answer, body);
        assertThat(answer.cacheStatus()).isEqualTo("gateway; fwd=bypass; fwd-status=200; detail=not-stored");
        assertThat(gateway.files()).isEmpty();
        assertThat(gateway.get("/health").status()).isEqualTo(200);
    }

    @Test
    void the_disk_is_full_and_space_returns() throws Exception {
        disk.resize(8);
        disk.fill();
        upstream.serve(PATH, "small");
        await().untilAsserted(() -> assertThat(gateway.get("/health").status()).isEqualTo(503));
        assertThat(gateway.get("/health").text()).contains("store");
        assertThat(gateway.get("/health/live").status()).isEqualTo(200);

        PipelineAnswer relayed = gateway.get("/maven" + PATH);
        assertThat(relayed.text()).isEqualTo("small");
        assertThat(relayed.cacheStatus()).contains("detail=not-stored");
        assertThat(gateway.get("/maven" + PATH, "Range: bytes=1-2").text()).isEqualTo("ma");
        assertThat(gateway.get("/maven/g/b/1/b-1.jar").status()).isEqualTo(404);
        upstream.status("/g/c/1/c-1.jar", 401);
        assertThat(gateway.get("/maven/g/c/1/c-1.jar").status()).isEqualTo(502);
        assertNothingKept();

        disk.free();
        await().untilAsserted(() -> assertThat(gateway.get("/health").status()).isEqualTo(200));
        assertThat(gateway.get("/maven" + PATH).text()).isEqualTo("small");
        assertThat(gateway.get("/maven" + PATH).cacheStatus()).isEqualTo("gateway; hit");
    }

    @Test
    void what_is_held_is_served_while_the_disk_is_full() throws Exception {
        byte[] body = CoalescingTest.bytes(MIB);
        upstream.serve(PATH, body);
        gateway.get("/maven" + PATH);
        await().until(() -> gateway.get("/maven" + PATH).cacheStatus().equals("gateway; hit"));
        disk.fill();

        assertWhole(gateway.get("/maven" + PATH), body);
        assertThat(upstream.count(PATH)).isEqualTo(1);
    }

    @Test
    void the_disk_becomes_full_between_a_blob_and_its_manifest() throws Exception {
        String release = "/dists/stable/Release";
        String root = "Suite: stable\nDate: Sun, 01 Mar 2026 10:00:00 UTC\nSHA256:\n";
        upstream.serve(release, root);
        // A Release is published before its signature is asked for, and named after that.
        FakeAnswer unsigned = upstream.status(release + ".gpg", 404).pauseAfter(-1);
        try (PipelineClient client = gateway.ask("/debian" + release)) {
            unsigned.awaitReached();
            assertThat(gateway.files()).singleElement().asString().startsWith(".blobs/");
            disk.fill();
            unsigned.release();

            PipelineAnswer relayed = client.head("GET").whole();
            assertThat(relayed.text()).isEqualTo(root);
            assertThat(relayed.cacheStatus()).contains("detail=not-stored");
        }
        assertNothingKept();
        disk.free();
        assertThat(gateway.get("/debian" + release).text()).isEqualTo(root);
        assertThat(gateway.get("/debian" + release).cacheStatus()).isEqualTo("gateway; hit");
    }

    @Test
    void the_disk_becomes_full_on_the_way_and_the_upstream_can_go_on() throws Exception {
        byte[] body = CoalescingTest.bytes(8 * MIB);
        FakeAnswer answer = upstream.serve(PATH, body).etag("\"v1\"").pauseAfter(2 * MIB);
        try (PipelineClient client = gateway.ask("/maven" + PATH)) {
            PipelineAnswer.Body begun = client.head("GET").read(MIB);
            disk.fill();
            answer.release();

            assertWhole(begun.whole(), body);
        }
        assertThat(upstream.requests(PATH).getLast().header("if-range")).isEqualTo("\"v1\"");
        assertNothingKept();
        disk.free();
        assertWhole(gateway.get("/maven" + PATH), body);
        // A body of this size is answered before it is stored.
        await().untilAsserted(() ->
                assertThat(gateway.get("/maven" + PATH).cacheStatus()).isEqualTo("gateway; hit"));
        assertWhole(gateway.get("/maven" + PATH), body);
    }

    @Test
    void the_disk_becomes_full_on_the_way_and_nobody_can_go_on() throws Exception {
        FakeAnswer answer = upstream.serve(PATH, CoalescingTest.bytes(8 * MIB))
                .chunked()
                .pieces(MIB)
                .pauseAfter(2 * MIB);
        try (PipelineClient client = gateway.ask("/maven" + PATH)) {
            PipelineAnswer.Body begun = client.head("GET").read(MIB);
            disk.fill();
            answer.release();

            assertThat(begun.whole().whole()).isFalse();
        }
        assertNothingKept();
    }

    @Test
    void the_disk_becomes_full_while_a_part_is_followed() throws Exception {
        byte[] body = CoalescingTest.bytes(8 * MIB);
        FakeAnswer answer = upstream.serve(UNPROMISED, body).etag("\"v1\"").pauseAfter(2 * MIB);
        try (PipelineClient client = gateway.ask("/maven" + UNPROMISED, "Range: bytes=1000000-3999999")) {
            PipelineAnswer.Body begun = client.head("GET").read(1000);
            assertThat(begun.status()).isEqualTo(206);
            disk.fill();
            answer.release();

            PipelineAnswer part = begun.whole();
            assertThat(part.sha256()).isEqualTo(PipelineAnswer.sha256(Arrays.copyOfRange(body, 1_000_000, 4_000_000)));
            // Nothing may follow the part on its connection but the next answer.
            disk.free();
            client.send("HEAD", "/maven" + UNPROMISED);
            assertThat(client.head("HEAD").status()).isEqualTo(200);
        }
    }

    private void assertNothingKept() {
        await().untilAsserted(() -> assertThat(gateway.files()).isEmpty());
    }

    private static void assertWhole(PipelineAnswer answer, byte[] body) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(body));
    }
}
