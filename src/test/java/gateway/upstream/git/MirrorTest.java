package gateway.upstream.git;

import static gateway.upstream.git.GitGateway.MODULE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.settings.Credentials;
import gateway.settings.Secret;
import gateway.support.GitRepository;
import gateway.support.GitServer;
import gateway.support.StoreFiles;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the copy of a repository follows it, over http and from a folder. */
class MirrorTest {

    private static final Credentials USER = new Credentials("ci", new Secret("p@ss:word"));

    @TempDir
    private Path folder;

    private GitRepository repository;

    @BeforeEach
    void commit() {
        repository = new GitRepository(folder.resolve("our app.git"));
        repository.file("go.mod", "module " + MODULE + "\n").commit("2026-01-01T10:00:00Z");
        repository.tag("v1.0.0");
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void whatIsPushedIsSeenAndWhatIsDeletedIsNot() throws Exception {
        try (GitGateway gateway = GitGateway.of(folder, repository.uri())) {
            assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.0");
            repository.file("a.go", "package a\n").commit("2026-01-02T10:00:00Z");
            repository.tag("v1.1.0").delete("refs/tags/v1.0.0");
            gateway.later();

            assertThat(gateway.text("/@v/v1.1.0.info")).contains("2026-01-02");
            // The old one is served once more while the new one is fetched.
            await().untilAsserted(() -> assertThat(gateway.text("/@v/list")).isEqualTo("v1.1.0"));
        }
    }

    @Test
    void aTagThatMovesStaysWhatWasServedFirst() throws Exception {
        try (GitGateway gateway = GitGateway.of(folder, repository.uri())) {
            assertThat(gateway.text("/@v/v1.0.0.info")).contains("2026-01-01");
            repository.file("go.mod", "module " + MODULE + "\n\ngo 1.21\n").commit("2026-01-02T10:00:00Z");
            repository.tag("v1.0.0").tag("v1.0.1").delete("refs/heads/main");
            gateway.later();

            assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.0\nv1.0.1");
            assertThat(gateway.text("/@v/v1.0.0.mod")).isEqualTo("module " + MODULE + "\n");
            assertThat(gateway.text("/@v/v1.0.1.mod")).contains("go 1.21");
        }
        StoreFiles.delete(folder.resolve("artifacts/go"));
        Files.delete(folder.resolve("proxy.db.mv.db"));
        try (GitGateway emptied = GitGateway.of(folder, repository.uri())) {
            assertThat(emptied.text("/@v/v1.0.0.info")).contains("2026-01-01");
        }
    }

    @Test
    void whenTheRemoteIsGoneWhatWasFetchedStillAnswers() throws Exception {
        try (GitGateway gateway = GitGateway.of(folder, repository.uri())) {
            assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.0");
            StoreFiles.delete(folder.resolve("our app.git"));
            gateway.later();

            assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.0");
            assertThat(gateway.get("/@v/v1.0.0.zip").status()).isEqualTo(200);
            assertThat(gateway.text("/@v/main.info")).contains("v1.0.0");
            assertThat(gateway.get("/@v/v1.0.1.info").status()).isEqualTo(502);
        }
    }

    @Test
    void aRepositoryThatWasNeverThereIsABadGateway() throws Exception {
        URI nowhere = URI.create("file://" + folder.resolve("nowhere.git"));
        try (GitGateway gateway = GitGateway.of(folder, nowhere)) {
            var answer = gateway.get("/@v/list");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.text())
                    .contains("Upstream go (git, on this machine) is no git repository")
                    .doesNotContain("nowhere");
        }
    }

    @Test
    void aCopyThatSomebodyDeletesIsMadeAgain() throws Exception {
        try (GitGateway gateway = GitGateway.of(folder, repository.uri())) {
            assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.0");
            StoreFiles.delete(folder.resolve("artifacts/.git"));
            gateway.later();

            assertThat(gateway.text("/@v/v1.0.0.info")).contains("v1.0.0");
        }
    }

    @Test
    void overHttpTheCredentialsGoToTheRepositoryAndManyAskersShareAFetch() throws Exception {
        try (GitServer server = new GitServer(repository).requiring("ci", "p@ss:word");
                GitGateway gateway = GitGateway.of(folder, server.uri(), true, USER);
                ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> questions = IntStream.range(0, 20)
                    .<Callable<String>>mapToObj(i -> () -> gateway.text(i % 2 == 0 ? "/@v/list" : "/@v/v1.0.0.info"))
                    .toList();
            for (Future<String> answer : askers.invokeAll(questions)) {
                assertThat(answer.get()).contains("v1.0.0");
            }

            assertThat(server.asked("/app.git/info/refs")).isEqualTo(1);
            assertThat(gateway.text("/@v/v1.0.0.mod")).contains(MODULE);
            gateway.later();
            assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.0");
            await().until(() -> server.asked("/app.git/info/refs") == 2);
        }
    }

    @Test
    void aWrongPasswordIsABadGatewayThatDoesNotTellIt() throws Exception {
        try (GitServer server = new GitServer(repository).requiring("ci", "other");
                GitGateway gateway = GitGateway.of(folder, server.uri(), true, USER)) {
            var answer = gateway.get("/@v/list");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.text())
                    .contains("refused the gateway's user and password")
                    .doesNotContain("p@ss");
        }
    }

    @Test
    void credentialsDoNotFollowARedirectToAnotherServer() throws Exception {
        try (GitServer other = new GitServer(repository);
                GitServer server = new GitServer(repository).redirectingTo(other);
                GitGateway gateway = GitGateway.of(folder, server.uri(), true, USER)) {
            assertThat(gateway.get("/@v/list").status()).isEqualTo(502);
            assertThat(other.requests()).isEmpty();
        }
        try (GitServer other = new GitServer(repository);
                GitServer server = new GitServer(repository).redirectingTo(other);
                GitGateway gateway = GitGateway.of(folder.resolve("allowed"), server.uri(), USER, "127.0.0.0/8")) {
            assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.0");
            assertThat(other.authorizations()).isEmpty();
            assertThat(server.authorizations()).isNotEmpty();
        }
    }
}
