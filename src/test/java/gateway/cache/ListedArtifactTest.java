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
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files whose checksum an index promises, as npm has it, and the index itself, which is rewritten for clients. */
class ListedArtifactTest {

    private static final String INDEX = "/left-pad";
    private static final String FILE = "/left-pad/-/left-pad-1.0.0.tgz";
    private static final String PLACE = "npm/left-pad/1.0.0/left-pad-1.0.0.tgz";
    private static final byte[] BODY = CoalescingTest.bytes(1_000_000);

    private final FakeUpstream upstream = FakeUpstream.start();
    private final FakeClock clock = new FakeClock();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = PipelineGateway.in(folder)
                .mount("/npm", "npm", upstream.upstream("npm"))
                .clock(clock)
                .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private FakeAnswer list(byte[] promised) throws Exception {
        String integrity = "sha512-"
                + Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-512").digest(promised));
        String document = """
            {"name": "left-pad", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {"name": "left-pad",
             "version": "1.0.0", "dist": {"tarball": "%s", "integrity": "%s"}}}}\
            """.formatted(upstream.url(FILE), integrity);
        return upstream.serve(INDEX, document).type("application/json").etag("\"" + integrity + "\"");
    }

    @Test
    void the_index_is_held_and_right() throws Exception {
        list(BODY);
        upstream.serve(FILE, BODY);

        assertThat(gateway.get("/npm" + INDEX).text())
                .contains("http://gateway.test/npm" + FILE)
                .doesNotContain(upstream.url().toString());
        assertThat(gateway.get("/npm" + FILE).sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
        await().until(() -> gateway.holds(PLACE));
        assertThat(gateway.get("/npm" + FILE).cacheStatus()).isEqualTo("gateway; hit");
    }

    @Test
    void the_index_is_held_and_the_bytes_are_wrong() throws Exception {
        list(BODY);
        gateway.get("/npm" + INDEX);
        upstream.serve(FILE, CoalescingTest.bytes(1_000_001));

        PipelineAnswer answer = gateway.get("/npm" + FILE);

        assertThat(answer.whole()).isFalse();
        await().untilAsserted(() -> assertThat(gateway.files()).noneMatch(file -> file.contains(".tgz")));
    }

    @Test
    void the_index_that_is_held_is_out_of_date() throws Exception {
        list(CoalescingTest.bytes(5));
        gateway.get("/npm" + INDEX);
        list(BODY);
        upstream.serve(FILE, BODY);
        clock.advance(Duration.ofSeconds(30));

        assertThat(gateway.get("/npm" + FILE).sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
    }

    @Test
    void nobody_has_read_the_index_yet() throws Exception {
        FakeAnswer index = list(BODY).pauseAfter(-1);
        upstream.serve(FILE, BODY);

        // The bytes do not wait for the index.
        assertThat(gateway.get("/npm" + FILE).sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
        index.awaitReached();
        index.release();

        await().until(() -> gateway.holds(PLACE));
        assertThat(gateway.get("/npm" + FILE).cacheStatus()).isEqualTo("gateway; hit");
    }

    @Test
    void nobody_has_read_the_index_yet_and_the_bytes_are_wrong() throws Exception {
        list(BODY);
        upstream.serve(FILE, CoalescingTest.bytes(1_000_001));

        gateway.get("/npm" + FILE);

        // The index is read when the bytes are in their place.
        await().untilAsserted(() -> assertThat(upstream.count(INDEX)).isEqualTo(1));
        await().untilAsserted(() -> assertThat(gateway.files()).noneMatch(file -> file.contains(".tgz")));
        upstream.serve(FILE, BODY);
        assertThat(gateway.get("/npm" + FILE).sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
    }

    @Test
    void many_clients_ask_for_a_cold_index_at_once() throws Exception {
        FakeAnswer index = list(BODY).pauseAfter(-1);

        List<PipelineAnswer> answers = new ArrayList<>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<PipelineAnswer>> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                all.add(clients.submit(() -> gateway.get("/npm" + INDEX, "Accept-Encoding: gzip")));
            }
            index.awaitReached();
            index.release();
            for (Future<PipelineAnswer> one : all) {
                answers.add(one.get(1, TimeUnit.MINUTES));
            }
        }
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("content-encoding")).isEqualTo("gzip");
            assertThat(answer.sha256()).isEqualTo(answers.getFirst().sha256());
        });
        assertThat(upstream.count(INDEX)).isEqualTo(1);
    }

    @Test
    void a_client_leaves_while_the_index_is_made_for_it() throws Exception {
        FakeAnswer index = list(BODY).pauseAfter(-1);
        try (PipelineClient leaver = gateway.ask("/npm" + INDEX)) {
            index.awaitReached();
            assertThat(leaver).isNotNull();
        }
        index.release();

        assertThat(gateway.get("/npm" + INDEX).text()).contains("http://gateway.test/npm" + FILE);
        assertThat(upstream.count(INDEX)).isEqualTo(1);
    }

    @Test
    void a_stale_index_is_served_while_it_is_refreshed() throws Exception {
        list(CoalescingTest.bytes(5));
        String before = gateway.get("/npm" + INDEX).text();
        FakeAnswer next = list(BODY).pauseAfter(-1);
        clock.advance(Duration.ofMinutes(6));

        PipelineAnswer stale = gateway.get("/npm" + INDEX);
        assertThat(stale.text()).isEqualTo(before);
        assertThat(stale.cacheStatus()).isEqualTo("gateway; hit; detail=stale-while-revalidate");
        next.awaitReached();
        next.release();

        await().untilAsserted(
                        () -> assertThat(gateway.get("/npm" + INDEX).text()).isNotEqualTo(before));
    }
}
