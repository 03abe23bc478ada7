package gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.catalog.Statistics;
import gateway.settings.RunFile;
import gateway.settings.Secret;
import gateway.settings.Tls;
import gateway.support.Certificates;
import gateway.support.PipelineGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatsCommandTest {

    private static final Statistics STATISTICS = new Statistics(
            2,
            3,
            1204,
            1_500_000_000,
            900,
            100,
            List.of(
                    new Statistics.ByFormat("maven", 4, 20_000, 1),
                    new Statistics.ByFormat("npm", 1200, 1_499_980_000, 899)),
            List.of(new Statistics.Popular("npm", "lodash", "4.17.21", 300, 318_000)),
            List.of(
                    new Statistics.Recent(
                            "npm", "lodash", "4.17.21", Instant.parse("2026-01-31T10:00:00.123Z"), 318_000),
                    new Statistics.Recent("go", "example.com/m", null, Instant.parse("2026-01-31T09:00:00Z"), 12)),
            List.of(
                    new Statistics.ByUpstream("/npm", "npm", 300, 900, 2_500_000, "closed", null),
                    new Statistics.ByUpstream("/maven", "central", 1, 0, 0, "open", null),
                    new Statistics.ByUpstream("/go", "go", 0, 0, 0, "closed", null)));

    private static final String TEXT = """
            packages    2
            versions    3
            artifacts   1204
            total size  1.5 GB
            hits        900 (90.0%)
            misses      100

            By format
              maven      4 artifacts  20.0 kB     1 hit
              npm    1,200 artifacts   1.5 GB  899 hits

            By upstream, since the start
              /npm    npm      300 requests  900 requests saved  2.5 MB saved        well
              /maven  central     1 request    0 requests saved     0 B saved  left alone

            Most popular
              npm  lodash 4.17.21  300 hits  318.0 kB

            Recently cached
              npm  lodash 4.17.21  2026-01-31T10:00:00Z  318.0 kB
              go   example.com/m   2026-01-31T09:00:00Z      12 B
            """;

    private static final String JSON = """
            {
              "packages" : 2,
              "versions" : 3,
              "cached_artifacts" : 1204,
              "total_size_bytes" : 1500000000,
              "hits" : 900,
              "misses" : 100,
              "formats" : [ {
                "format" : "maven",
                "artifacts" : 4,
                "size_bytes" : 20000,
                "hits" : 1
              }, {
                "format" : "npm",
                "artifacts" : 1200,
                "size_bytes" : 1499980000,
                "hits" : 899
              } ],
              "popular" : [ {
                "format" : "npm",
                "name" : "lodash",
                "version" : "4.17.21",
                "hits" : 300,
                "size_bytes" : 318000
              } ],
              "recent" : [ {
                "format" : "npm",
                "name" : "lodash",
                "version" : "4.17.21",
                "cached_at" : "2026-01-31T10:00:00.123Z",
                "size_bytes" : 318000
              }, {
                "format" : "go",
                "name" : "example.com/m",
                "version" : null,
                "cached_at" : "2026-01-31T09:00:00Z",
                "size_bytes" : 12
              } ],
              "upstreams" : [ {
                "repository" : "/npm",
                "name" : "npm",
                "requests" : 300,
                "saved_requests" : 900,
                "saved_bytes" : 2500000,
                "breaker" : "closed",
                "throttled_until" : null
              }, {
                "repository" : "/maven",
                "name" : "central",
                "requests" : 1,
                "saved_requests" : 0,
                "saved_bytes" : 0,
                "breaker" : "open",
                "throttled_until" : null
              }, {
                "repository" : "/go",
                "name" : "go",
                "requests" : 0,
                "saved_requests" : 0,
                "saved_bytes" : 0,
                "breaker" : "closed",
                "throttled_until" : null
              } ]
            }
            """;

    @TempDir
    private Path folder;

    private String database = "";

    @BeforeEach
    void aDatabase() throws IOException {
        database = folder.resolve("proxy.db").toString();
        Files.createFile(folder.resolve("proxy.db.mv.db"));
    }

    @Test
    void withoutAServerTheDatabaseIsOpened() {
        List<String> asked = new ArrayList<>();
        StatsSource source = (settings, popular, recent) -> {
            asked.add(settings.database().path() + " " + popular + " " + recent);
            return STATISTICS;
        };

        assertThat(stats(source)).isEqualTo(new CommandLineRun(0, TEXT, "", List.of()));
        assertThat(stats(source, "-json", "-popular", "3", "--recent=4"))
                .isEqualTo(new CommandLineRun(0, JSON, "", List.of()));
        assertThat(asked).containsExactly(database + " 10 10", database + " 3 4");
    }

    @Test
    void aRunningServerIsAskedAndTheDatabaseLeftAlone() throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.start();
            server.enqueue(new MockResponse.Builder()
                    .body(JSON.replaceFirst("\\{", "{ \"storage_path\": \"more than asked for\","))
                    .build());
            run(server.getPort());

            assertThat(stats(CommandLineRun.NO_DATABASE, "-popular", "3", "-recent", "4"))
                    .isEqualTo(new CommandLineRun(0, TEXT, "", List.of()));
            var request = server.takeRequest();
            assertThat(request.getTarget()).isEqualTo("/stats?popular=3&recent=4");
            assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer t0ken");
        }
    }

    @ParameterizedTest
    @CsvSource({"401, '{}'", "404, ''", "200, '<html>another program</html>'"})
    void whatAnswersIsNotThatServer(int status, String body) throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.start();
            server.enqueue(new MockResponse.Builder().code(status).body(body).build());
            run(server.getPort());

            assertThat(stats(CommandLineRun.source(STATISTICS)).out()).isEqualTo(TEXT);
        }
    }

    @Test
    void theServerSpeaksTlsUnderAName() throws Exception {
        Tls files = Certificates.make(folder, "EC").write(folder);
        try (PipelineGateway _ = PipelineGateway.in(folder).tls(files).start()) {
            CommandLineRun run = stats(CommandLineRun.NO_DATABASE);

            assertThat(run.err()).isEmpty();
            assertThat(run.out()).isNotEmpty();
        }
    }

    @Test
    void theServerIsGoneButItsRunFileIsNot() throws IOException {
        run(closedPort());

        assertThat(stats(CommandLineRun.source(STATISTICS)).out()).isEqualTo(TEXT);
    }

    @Test
    void aDatabaseThatIsHeldByAServerThatDoesNotAnswer() throws IOException {
        int port = closedPort();
        run(port);

        CommandLineRun run = stats((_, _, _) -> {
            throw new IOException("locked");
        });

        assertThat(run)
                .isEqualTo(new CommandLineRun(
                        1,
                        "",
                        "gateway: cannot read " + database + " (the server at 127.0.0.1:" + port
                                + ", process 17, does not answer): locked\n",
                        List.of()));
        assertThat(run.err()).doesNotContain("t0ken");
    }

    @Test
    void aDatabaseThatCannotBeRead() {
        CommandLineRun run = stats((_, _, _) -> {
            throw new IllegalStateException("not an H2 file");
        });

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("gateway: cannot read " + database + ": not an H2 file\n");
    }

    @Test
    void nothingIsCachedYet() throws IOException {
        Files.delete(folder.resolve("proxy.db.mv.db"));
        String notice = "nothing cached yet: " + database + " does not exist\n";

        assertThat(stats(CommandLineRun.NO_DATABASE)).isEqualTo(new CommandLineRun(0, notice, "", List.of()));
        CommandLineRun json = stats(CommandLineRun.NO_DATABASE, "-json");
        assertThat(json.status()).isZero();
        assertThat(json.err()).isEqualTo(notice);
        assertThat(json.out()).startsWith("{\n  \"packages\" : 0,").endsWith("\"upstreams\" : [ ]\n}\n");
    }

    @Test
    void anEmptyCacheHasNoTables() {
        assertThat(stats(CommandLineRun.source(Statistics.NONE)).out()).isEqualTo("""
                        packages    0
                        versions    0
                        artifacts   0
                        total size  0 B
                        hits        0
                        misses      0
                        """);
    }

    @Test
    void aNameFromARegistryCannotSteerTheTerminal() {
        Statistics statistics = new Statistics(
                1,
                1,
                1,
                1,
                1,
                1,
                List.of(),
                List.of(new Statistics.Popular("npm", "\u001b[2Jx\n\u202ey", "1", 1, 1)),
                List.of(),
                List.of());

        assertThat(stats(CommandLineRun.source(statistics)).out()).contains("  npm  ?[2Jx??y 1  1 hit  1 B\n");
    }

    @Test
    void theDatabaseOfTheFileAndOfTheEnvironmentIsTaken() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yaml"), "database: { path: \"" + database + "\" }");

        assertThat(CommandLineRun.of(
                                Map.of(),
                                (_, _) -> 0,
                                CommandLineRun.source(STATISTICS),
                                "stats",
                                "-config",
                                file.toString())
                        .out())
                .isEqualTo(TEXT);
        assertThat(CommandLineRun.of(
                                Map.of("PROXY_DATABASE_PATH", database),
                                (_, _) -> 0,
                                CommandLineRun.source(STATISTICS),
                                "stats")
                        .out())
                .isEqualTo(TEXT);
    }

    private CommandLineRun stats(StatsSource source, String... more) {
        List<String> arguments = new ArrayList<>(List.of("stats", "-database", database));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(Map.of(), (_, _) -> 0, source, arguments.toArray(String[]::new));
    }

    private void run(int port) throws IOException {
        new RunFile(17, "127.0.0.1:" + port, false, new Secret("t0ken")).write(folder.resolve("proxy.db.run"));
    }

    private static int closedPort() throws IOException {
        try (MockWebServer server = new MockWebServer()) {
            server.start();
            return server.getPort();
        }
    }
}
