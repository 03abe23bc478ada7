package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeAnswer;
import gateway.support.FakeClock;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A store that may hold one million bytes. */
class EvictionTest {

    private static final int LIMIT = 1_000_000;

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
                .maxSize(LIMIT)
                .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private static String path(String name) {
        return "/g/" + name + "/1/" + name + "-1.jar";
    }

    /** Stores a file of 300 000 bytes. */
    private void store(String name) throws Exception {
        upstream.serve(path(name), CoalescingTest.bytes(300_000 + name.charAt(0)));
        assertThat(gateway.get("/maven" + path(name)).whole()).isTrue();
        await().until(() -> holds(name));
        clock.advance(Duration.ofMinutes(1));
    }

    private boolean holds(String name) {
        return gateway.holds("maven" + path(name));
    }

    @Test
    void a_file_too_many_is_stored() throws Exception {
        store("a");
        store("b");
        store("c");
        assertThat(gateway.get("/maven" + path("a")).cacheStatus()).isEqualTo("gateway; hit");
        clock.advance(Duration.ofMinutes(1));
        store("d");

        await().until(() -> !holds("b"));
        assertThat(holds("a")).isTrue();
        assertThat(holds("d")).isTrue();
        await().untilAsserted(() -> assertThat(blobs()).isEqualTo(total()).isLessThanOrEqualTo(LIMIT));
        assertThat(gateway.get("/maven" + path("b")).whole()).isTrue();
        assertThat(upstream.count(path("b"))).isEqualTo(2);
    }

    @Test
    void nothing_of_an_evicted_file_is_left() throws Exception {
        for (String name : new String[] {"a", "b", "c", "d"}) {
            store(name);
        }

        await().until(() -> !holds("a"));
        await().untilAsserted(() -> assertThat(gateway.files()).noneMatch(file -> file.contains("/a-1.jar")));
        assertThat(gateway.files().stream()
                        .filter(file -> file.startsWith(".blobs"))
                        .count())
                .isEqualTo(gateway.files().stream()
                        .filter(file -> file.endsWith(".meta"))
                        .count());
    }

    @Test
    void a_client_reads_the_file_that_is_evicted() throws Exception {
        byte[] large = CoalescingTest.bytes(700_000);
        upstream.serve(path("large"), large);
        gateway.get("/maven" + path("large"));
        await().until(() -> holds("large"));
        clock.advance(Duration.ofMinutes(1));

        try (PipelineClient slow = gateway.ask("/maven" + path("large"))) {
            PipelineAnswer.Body begun = slow.head("GET").read(1);
            clock.advance(Duration.ofMinutes(1));
            store("a");
            store("b");
            await().until(() -> !holds("large"));

            assertThat(begun.whole().sha256()).isEqualTo(PipelineAnswer.sha256(large));
        }
    }

    @Test
    void a_fetch_is_under_way_while_others_are_evicted() throws Exception {
        byte[] large = CoalescingTest.bytes(700_000);
        FakeAnswer answer = upstream.serve(path("large"), large).pauseAfter(500_000);
        try (PipelineClient early = gateway.ask("/maven" + path("large"))) {
            PipelineAnswer.Body begun = early.head("GET").read(1);
            for (String name : new String[] {"a", "b", "c", "d"}) {
                store(name);
            }
            answer.release();

            assertThat(begun.whole().sha256()).isEqualTo(PipelineAnswer.sha256(large));
        }
        await().until(() -> holds("large"));
        await().untilAsserted(() -> assertThat(blobs()).isEqualTo(total()).isLessThanOrEqualTo(LIMIT));
    }

    private long blobs() throws Exception {
        long sum = 0;
        for (String file : gateway.files()) {
            sum += file.startsWith(".blobs")
                    ? Files.size(folder.resolve("artifacts").resolve(file))
                    : 0;
        }
        return sum;
    }

    private long total() throws Exception {
        return JsonMapper.shared()
                .readTree(gateway.get("/stats").text())
                .path("total_size_bytes")
                .asLong();
    }
}
