package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.ChildGateway;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway in a process of its own that loses what the operating system gave it. */
class LostAccessTest {

    private static final String HELD = "/g/held/1/held-1.jar";
    private static final String COLD = "/g/cold/1/cold-1.jar";
    private static final byte[] BODY = CoalescingTest.bytes(300_000);

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private ChildGateway gateway;
    private PipelineClient client;

    @BeforeEach
    void start() throws Exception {
        // Root may write anywhere, but for these two privileges.
        gateway = ChildGateway.start(folder, upstream, "setpriv", "--bounding-set=-dac_override,-dac_read_search");
        upstream.serve(HELD, BODY);
        upstream.serve(COLD, "cold");
        client = PipelineClient.connect(gateway.port());
        hold(HELD, BODY);
    }

    @AfterEach
    void stop() throws Exception {
        permit("rwxr-xr-x");
        client.close();
        gateway.kill();
        upstream.close();
    }

    @Test
    void it_may_not_write_into_its_store_any_more() throws Exception {
        lose(() -> permit("r-xr-xr-x"));
        PipelineAnswer cold = ask("/maven" + COLD);
        assertThat(cold.text()).isEqualTo("cold");
        assertThat(cold.cacheStatus()).contains("detail=not-stored");

        permit("rwxr-xr-x");
        await().untilAsserted(() -> assertThat(ask("/health").status()).isEqualTo(200));
        hold(COLD, "cold".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void it_may_open_no_more_files() throws Exception {
        // What only failures need is loaded now: here each class is a file of its own, unlike in the jar.
        lose(() -> permit("r-xr-xr-x"));
        upstream.stop();
        assertThat(ask("/maven" + COLD).status()).isEqualTo(502);
        upstream.restart();
        permit("rwxr-xr-x");
        await().untilAsserted(() -> assertThat(ask("/health").status()).isEqualTo(200));
        String all = limit();

        lose(() -> limitTo("3:"));
        // A connection to the upstream may be open or not.
        PipelineAnswer cold = ask("/maven" + COLD);
        assertThat(cold.whole()).isTrue();
        assertThat(cold.status()).isIn(200, 502, 503);
        assertThat(cold.status() == 200).isEqualTo(cold.text().equals("cold"));

        limitTo(all + ":");
        await().untilAsserted(() -> assertThat(ask("/health").status()).isEqualTo(200));
        hold(COLD, "cold".getBytes(StandardCharsets.UTF_8));
        try (PipelineClient another = PipelineClient.connect(gateway.port())) {
            another.send("GET", "/maven" + COLD);
            assertThat(another.head("GET").whole().text()).isEqualTo("cold");
        }
    }

    private interface Loss {
        void happen() throws Exception;
    }

    private void lose(Loss loss) throws Exception {
        loss.happen();
        await().untilAsserted(() -> assertThat(ask("/health").status()).isEqualTo(503));
        assertThat(ask("/health").text()).contains("the store cannot be written");
        assertThat(ask("/health/live").status()).isEqualTo(200);
        assertRight(ask("/maven" + HELD), BODY, "gateway; hit");
    }

    /** On the connection that is open already. */
    private PipelineAnswer ask(String target) throws IOException {
        client.send("GET", target);
        return client.head("GET").whole();
    }

    private void hold(String path, byte[] body) {
        await().untilAsserted(() -> assertRight(ask("/maven" + path), body, "gateway; hit"));
    }

    private static void assertRight(PipelineAnswer answer, byte[] body, String cacheStatus) {
        assertThat(answer.whole()).isTrue();
        assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(body));
        assertThat(answer.cacheStatus()).isEqualTo(cacheStatus);
    }

    private void permit(String permissions) throws IOException {
        try (Stream<Path> walk = Files.walk(folder.resolve("artifacts"))) {
            List<Path> folders = walk.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .toList();
            for (Path each : folders) {
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString(permissions));
            }
        }
    }

    private String limit() throws Exception {
        return run(
                        "prlimit",
                        "--pid",
                        Long.toString(gateway.pid()),
                        "--nofile",
                        "--raw",
                        "--noheadings",
                        "--output",
                        "SOFT")
                .strip();
    }

    private void limitTo(String limits) throws Exception {
        run("prlimit", "--pid", Long.toString(gateway.pid()), "--nofile=" + limits);
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
