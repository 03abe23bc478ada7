package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.settings.RunFile;
import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway in a process of its own that is killed without warning, and the one that is started after it. */
class KilledTest {

    private static final String PATH = "/g/a/1/a-1.jar";
    private static final String HELD = "/g/held/1/held-1.jar";
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
        Process process = start();
        try {
            int port = port(process);
            assertThat(PipelineClient.get(port, "/maven" + HELD).text()).isEqualTo("held");
            try (PipelineClient client = PipelineClient.connect(port)) {
                client.send("GET", "/maven" + PATH);
                PipelineAnswer.Body begun = client.head("GET").read(1 << 20);
                kill(process);
                assertThat(begun.whole().whole()).isFalse();
            }
        } finally {
            kill(process);
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

    private PipelineGateway gateway() {
        return PipelineGateway.in(folder).maven(upstream);
    }

    private Process start() throws Exception {
        Path configuration = folder.resolve("gateway.json");
        Files.writeString(configuration, """
            {"listen": "127.0.0.1:0", "upstream": {"maven": {"name": "maven", "url": "%s"}},
             "storage": {"path": "%s"}, "database": {"path": "%s"}}
            """.formatted(upstream.url(), folder.resolve("artifacts"), database()));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = List.of(
                java,
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "gateway.Gateway",
                "serve",
                "-config",
                configuration.toString());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log())
                .start();
    }

    private Path database() {
        return folder.resolve("proxy.db");
    }

    private File log() {
        return folder.resolve("gateway.log").toFile();
    }

    private int port(Process process) {
        Path runFile = database().resolveSibling("proxy.db.run");
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .failFast("the process ended", () -> !process.isAlive())
                .until(() -> RunFile.read(runFile).isPresent());
        String address = RunFile.read(runFile).orElseThrow().address();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }
}
