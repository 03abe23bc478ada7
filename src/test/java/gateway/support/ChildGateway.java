package gateway.support;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.settings.RunFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The gateway in a process of its own, which can be killed without warning; its store and database are those of {@link PipelineGateway}. */
public final class ChildGateway {

    private final Process process;
    private final Path runFile;

    private ChildGateway(Process process, Path runFile) {
        this.process = process;
        this.runFile = runFile;
    }

    /**
     * Starts with a Maven and a Debian mount of one upstream.
     *
     * @param before a program and its arguments that run the gateway in their way
     */
    public static ChildGateway start(Path folder, FakeUpstream upstream, String... before) throws IOException {
        return start(folder, folder.resolve("artifacts"), folder.resolve("proxy.db"), upstream, before);
    }

    /** The same with store and database elsewhere. */
    public static ChildGateway start(Path folder, Path store, Path database, FakeUpstream upstream, String... before)
            throws IOException {
        Path configuration = folder.resolve("gateway.json");
        Files.writeString(configuration, """
            {"listen": "127.0.0.1:0", "upstream": {"maven": {"name": "maven", "url": "%1$s"}, "debian": {"name": "debian", "url": "%1$s"}},
             "storage": {"path": "%2$s"}, "database": {"path": "%3$s"}}
            """.formatted(upstream.url(), store, database));
        return start(folder, database, configuration, before);
    }

    /** With a configuration of one's own, which names the database. */
    public static ChildGateway start(Path folder, Path database, Path configuration, String... before)
            throws IOException {
        Path runFile = database.resolveSibling(database.getFileName() + ".run");
        // One that was killed left it, and its address.
        Files.deleteIfExists(runFile);
        List<String> command = new ArrayList<>(List.of(before));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "gateway.Gateway",
                "serve",
                "-config",
                configuration.toString()));
        File log = folder.resolve("gateway.log").toFile();
        return new ChildGateway(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                        .start(),
                runFile);
    }

    /** Where it listens, once it does. */
    public int port() {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .failFast("the process ended", () -> !process.isAlive())
                .until(() -> RunFile.read(runFile).isPresent());
        String address = RunFile.read(runFile).orElseThrow().address();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    public long pid() {
        return process.pid();
    }

    /** Kills it without warning and waits until it is gone; does nothing when it is. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }
}
