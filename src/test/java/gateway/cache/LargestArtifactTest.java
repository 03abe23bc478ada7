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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files above {@code storage.max_artifact_size} are passed on, a bounded number at once, and not kept. */
class LargestArtifactTest {

    private static final String PATH = "/g/a/1/a-1.jar";
    private static final int LIMIT = 1_000_000;
    private static final byte[] BODY = CoalescingTest.bytes(LIMIT + 1);
    private static final String NOT_STORED = "gateway; fwd=bypass; fwd-status=200; detail=not-stored";
    private static final int AT_ONCE = 64;

    private final FakeUpstream upstream = FakeUpstream.start();
    private final FakeUpstream other = FakeUpstream.start();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = PipelineGateway.in(folder)
                .maven(upstream)
                .mount("/other", "maven", other.upstream("other"))
                .maxArtifactSize(LIMIT)
                .start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
        other.close();
    }

    @Test
    void a_file_of_just_this_size_is_kept() throws Exception {
        upstream.serve(PATH, Arrays.copyOf(BODY, LIMIT));

        assertThat(gateway.get("/maven" + PATH).whole()).isTrue();

        await().until(() -> gateway.holds("maven" + PATH));
    }

    @Test
    void a_larger_one_is_passed_on() throws Exception {
        upstream.serve(PATH, BODY);

        assertRelayed(gateway.get("/maven" + PATH));
        assertThat(gateway.get("/maven" + PATH, "Range: bytes=999999-").length())
                .isEqualTo(2);
        assertThat(gateway.files()).isEmpty();
    }

    @Test
    void a_larger_one_whose_length_nobody_told_is_passed_on_when_it_is_asked_for_again() throws Exception {
        upstream.serve(PATH, BODY).chunked().pieces(50_000);

        PipelineAnswer first = gateway.get("/maven" + PATH);
        assertThat(first.whole()).isFalse();
        assertThat(first.length()).isLessThanOrEqualTo(LIMIT);
        await().untilAsserted(() -> assertThat(gateway.files()).isEmpty());

        assertRelayed(gateway.get("/maven" + PATH));
        assertThat(upstream.count(PATH)).isEqualTo(2);
        assertThat(gateway.files()).isEmpty();
    }

    @Test
    void as_many_as_may_be_are_passed_on_at_once() throws Exception {
        FakeAnswer answer = upstream.serve(PATH, BODY).pauseAfter(1000);
        FakeAnswer more = other.serve(PATH, BODY).pauseAfter(1000);
        List<PipelineClient> clients = new ArrayList<>();
        try {
            List<PipelineAnswer.Body> bodies = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                PipelineClient client = gateway.ask((i % 2 == 0 ? "/maven" : "/other") + PATH);
                clients.add(client);
                bodies.add(client.head("GET"));
            }
            assertThat(bodies).allMatch(body -> body.status() == 200);
            assertThat(gateway.get("/other" + PATH).status()).isEqualTo(503);

            clients.getFirst().close();
            await().until(() -> {
                PipelineClient next = gateway.ask("/other" + PATH);
                clients.add(next);
                return next.head("GET").status() == 200;
            });
            answer.release();
            more.release();
            assertRelayed(bodies.getLast().whole());
        } finally {
            for (PipelineClient client : clients) {
                client.close();
            }
        }
        await().untilAsserted(
                        () -> assertThat(gateway.get("/maven" + PATH).status()).isEqualTo(200));
        assertThat(gateway.files()).isEmpty();
    }

    private static void assertRelayed(PipelineAnswer answer) {
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.cacheStatus()).isEqualTo(NOT_STORED);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
    }
}
