package gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.ChildGateway;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process that is told to read its configuration again. */
class ReloadTest {
    private static final String ADMIN = "the administrator's own token";

    @TempDir
    Path folder;

    @Test
    void projectsFollowTheFileAfterASignalAndABadFileChangesNothing() throws Exception {
        write("projects: [ { id: 1, path: acme/one, visibility: private } ]");
        // Whoever runs the tests may have the signal ignored, as nohup does, and children inherit that.
        ChildGateway gateway = ChildGateway.start(
                folder, folder.resolve("proxy.db"), folder.resolve("gateway.yaml"), "env", "--default-signal=HUP");
        try {
            int port = gateway.port();
            assertThat(status(port, 1)).isEqualTo(200);
            assertThat(status(port, 2)).isEqualTo(404);

            write("projects: [ { id: 1, path: acme/one }, { id: 2, path: acme/two } ]");
            hangUp(gateway);
            await().atMost(Duration.ofMinutes(1)).until(() -> status(port, 2) == 200);

            write("projects: [ { id: 3, path: three } ]");
            hangUp(gateway);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> Files.readString(folder.resolve("gateway.log"))
                            .contains("the configuration stays as it was: projects[0].path"));
            assertThat(status(port, 1)).isEqualTo(200);
            assertThat(status(port, 2)).isEqualTo(200);
        } finally {
            gateway.kill();
        }
    }

    private void write(String projects) throws IOException {
        Files.writeString(folder.resolve("gateway.yaml"), """
                listen: 127.0.0.1:0
                admin: { token: "%s" }
                storage: { path: "%s" }
                database: { path: "%s" }
                %s
                """.formatted(
                        ADMIN, folder.resolve("artifacts"), folder.resolve("proxy.db"), projects));
    }

    private static void hangUp(ChildGateway gateway) throws Exception {
        Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(gateway.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static int status(int port, long project) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v4/projects/" + project))
                    .header("Private-Token", ADMIN)
                    .timeout(Duration.ofSeconds(60))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }
}
