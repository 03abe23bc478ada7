package gateway.upstream.git;

import static gateway.upstream.git.GitGateway.MODULE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.settings.Credentials;
import gateway.settings.Secret;
import gateway.support.Certificates;
import gateway.support.GitRepository;
import gateway.support.GitServer;
import gateway.support.PipelineGateway;
import gateway.support.StoreFiles;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    void overHttpsTheServerHasToShowWhoItIs() throws Exception {
        Certificates certificate = Certificates.make(folder, "EC");
        Path authorities = Files.writeString(folder.resolve("ca.pem"), certificate.certificatePem());
        try (GitServer server = new GitServer(repository, certificate.shown()).requiring("ci", "p@ss:word")) {
            try (GitGateway gateway = GitGateway.of(folder.resolve("strange"), server.uri(), true, USER)) {
                var answer = gateway.get("/@v/list");
                assertThat(answer.status()).isEqualTo(502);
                assertThat(answer.text()).contains("failed in TLS");
                assertThat(server.authorizations()).isEmpty();
            }
            PipelineGateway believing =
                    PipelineGateway.in(folder.resolve("known")).authorities(authorities);
            try (GitGateway gateway = GitGateway.of(believing, server.uri(), true, USER)) {
                assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.0");
            }
        }
    }

    @Test
    void aServerThatNeverAnswersIsAGatewayTimeout() throws Exception {
        // Connections are made by the system, and nobody takes them.
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            URI nobody = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/app.git");
            PipelineGateway impatient =
                    PipelineGateway.in(folder).timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1));
            try (GitGateway gateway = GitGateway.of(impatient, nobody, true, null)) {
                var answer = gateway.get("/@v/list");
                assertThat(answer.status()).isEqualTo(504);
                assertThat(answer.text()).contains("Upstream go");
            }
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

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost"})
    void aRedirectIntoAPrivateNetworkIsNotFollowed(String host) throws Exception {
        try (GitServer other = new GitServer(repository);
                GitServer server = new GitServer(repository).redirectingTo(at(host, other));
                GitGateway gateway = GitGateway.of(folder, server.uri(), true, USER)) {
            var answer = gateway.get("/@v/list");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.text()).contains("network.allow_private_upstreams");
            assertThat(other.requests()).isEmpty();
            assertThat(server.requests()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost"})
    void credentialsDoNotFollowARedirectToAnotherServer(String host) throws Exception {
        try (GitServer other = new GitServer(repository);
                GitServer server = new GitServer(repository).redirectingTo(at(host, other));
                GitGateway gateway = GitGateway.of(folder, server.uri(), USER, host)) {
            assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.0");
            assertThat(other.requests()).isNotEmpty();
            assertThat(other.authorizations()).isEmpty();
            assertThat(server.authorizations()).isNotEmpty();
        }
    }

    private static URI at(String host, GitServer server) {
        return URI.create(server.uri().toString().replace("127.0.0.1", host));
    }
}
