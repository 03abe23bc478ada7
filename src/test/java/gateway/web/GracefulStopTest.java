package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that is told to stop while it has work. */
class GracefulStopTest {

    private static final String PATH = "/g/a/1/a-1.jar";

    private final FakeUpstream upstream = FakeUpstream.start();
    private final byte[] body = new byte[2_000_000];

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        new Random(1).nextBytes(body);
        gateway = PipelineGateway.in(folder).maven(upstream).start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void a_download_is_under_way() throws Exception {
        FakeAnswer answer = upstream.serve(PATH, body).pauseAfter(1_000_000);
        int port = gateway.port();
        try (PipelineClient client = gateway.ask("/maven" + PATH)) {
            PipelineAnswer.Body begun = client.head("GET").read(500_000);
            Thread stopping = Thread.ofPlatform().start(gateway::close);
            await().until(() -> refuses(port));
            answer.release();

            PipelineAnswer whole = begun.whole();
            assertThat(whole.whole()).isTrue();
            assertThat(whole.sha256()).isEqualTo(PipelineAnswer.sha256(body));
            stopping.join();
        }
    }

    @Test
    void a_connection_is_idle() throws Exception {
        upstream.serve(PATH, body);
        try (PipelineClient client = gateway.ask("/maven" + PATH)) {
            assertThat(client.head("GET").whole().whole()).isTrue();

            gateway.close();

            assertThat(upstream.count(PATH)).isEqualTo(1);
        }
    }

    @Test
    void nobody_waits_for_a_fetch_that_is_under_way() throws Exception {
        FakeAnswer answer = upstream.serve(PATH, body).pauseAfter(1_000_000);
        try (PipelineClient leaver = gateway.ask("/maven" + PATH)) {
            leaver.head("GET").read(500_000);
        }

        gateway.close();

        assertThat(gateway.files()).isEmpty();
        // The upstream notices on its next word that nobody listens.
        answer.release();
        await().until(() -> upstream.open() == 0);
    }

    /** Whether new clients are sent away, one way or the other. */
    private static boolean refuses(int port) {
        try {
            return PipelineClient.get(port, "/health/ready").status() == 503;
        } catch (IOException refused) {
            return true;
        }
    }
}
