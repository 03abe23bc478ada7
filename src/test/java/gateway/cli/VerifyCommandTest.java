package gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.ChildGateway;
import gateway.support.FakeUpstream;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that no server has open, whole or damaged by hand. */
class VerifyCommandTest {

    private static final String FLIPPED = "/g/flipped/1/flipped-1.jar";
    private static final String CUT = "/g/cut/1/cut-1.jar";
    private static final String LOST = "/g/lost/1/lost-1.jar";
    private static final String GARBLED = "/g/garbled/1/garbled-1.jar";
    private static final String WHOLE = "/g/whole/1/whole-1.jar";
    private static final List<String> ALL = List.of(FLIPPED, CUT, LOST, GARBLED, WHOLE);
    private static final String NOBODYS = "a".repeat(64);

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        upstream.close();
    }

    @Test
    void nothingIsWrong() throws Exception {
        fill();

        assertThat(verify())
                .isEqualTo(new CommandLineRun(
                        0, "checked 5 blobs, 5 manifests and 5 rows of the database: all is well\n", """
                        hashing 20%, 1 of 5
                        hashing 40%, 2 of 5
                        hashing 60%, 3 of 5
                        hashing 80%, 4 of 5
                        hashing 100%, 5 of 5
                        """, List.of()));
    }

    @Test
    void allThatIsWrongIsFoundAndNothingIsChanged() throws Exception {
        damage();
        List<String> before = files();

        CommandLineRun run = verify();

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out().lines())
                .containsExactlyInAnyOrder(
                        "leftover   .staging/1-gone/7: a process that is gone left it half done",
                        "damaged    " + digest(FLIPPED) + ": its bytes hash to " + digest("x" + FLIPPED.substring(1)),
                        "damaged    " + digest(CUT) + ": its bytes hash to " + digest("/g"),
                        "damaged    " + NOBODYS + ": its bytes hash to " + digest("nobody's"),
                        "unreadable maven" + manifest(GARBLED) + ": it is not the manifest of a stored file",
                        "missing    /maven" + FLIPPED + ": its bytes are damaged",
                        "missing    /maven" + CUT + ": its bytes are damaged",
                        "missing    /maven" + LOST + ": its bytes are not in the store",
                        "unnamed    " + digest("unnamed") + ": neither a manifest nor the catalog names it",
                        "checked 6 blobs, 5 manifests and 5 rows of the database: 9 found");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void whatIsWrongIsRepairedAndFetchedAgain() throws Exception {
        damage();

        CommandLineRun run = verify("-repair", "-json");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out())
                .contains("{\"kind\":\"damaged\",\"subject\":\"" + digest(CUT) + "\",")
                .contains("\"repaired\":true}")
                .endsWith("\"found\":9}\n");
        assertThat(files())
                .contains(
                        ".quarantine/" + digest(FLIPPED),
                        ".quarantine/" + digest(CUT),
                        ".quarantine/" + NOBODYS,
                        ".quarantine/" + digest("maven" + manifest(GARBLED)) + ".manifest");
        assertWell(verify("-repair"));
        assertWell(verify());
        try (PipelineGateway gateway = gateway().start()) {
            for (String path : ALL) {
                assertThat(gateway.get("/maven" + path).text()).isEqualTo(path);
            }
            assertThat(upstream.count(WHOLE)).isEqualTo(1);
            assertThat(upstream.count(LOST)).isEqualTo(2);
        }
        assertWell(verify());
    }

    @Test
    void theDatabaseIsBroken() throws Exception {
        fill();
        Files.writeString(folder.resolve("proxy.db.mv.db"), "not a database ".repeat(1000));

        assertThat(verify().out()).startsWith("database   " + folder.resolve("proxy.db") + ": it is broken");
        assertThat(verify("-repair").out()).contains("5 manifests and 5 rows of the database: 1 found");
        assertThat(verify().status()).isZero();
    }

    @Test
    void thereIsNoDatabase() throws Exception {
        fill();
        Files.delete(folder.resolve("proxy.db.mv.db"));

        assertThat(verify().out()).isEqualTo("checked 5 blobs, 5 manifests and 0 rows of the database: all is well\n");
        assertThat(verify("-repair").status()).isZero();
        assertThat(verify().out()).contains("5 manifests and 5 rows");
    }

    @Test
    void theDatabaseIsMadeAnew() throws Exception {
        fill();
        Files.writeString(folder.resolve("proxy.db.mv.db"), "not a database ".repeat(1000));

        CommandLineRun run = run("rebuild");

        assertThat(run.status()).isZero();
        assertThat(run.out()).isEqualTo("rebuilt the database from 5 manifests\n");
        assertThat(run.err()).startsWith("rebuilding 20%, 1 of 5\n").endsWith("rebuilding 100%, 5 of 5\n");
        assertThat(verify().out()).contains("5 manifests and 5 rows");
        assertThat(run("rebuild").status()).isZero();
        assertThat(verify().out()).contains("5 manifests and 5 rows");
        assertThat(run("stats").out()).contains("artifacts   5\n");
    }

    @Test
    void aServerHasTheStoreOpen() throws Exception {
        ChildGateway server = ChildGateway.start(folder, upstream);
        try {
            int port = server.port();
            String open = " at 127.0.0.1:" + port + ", process " + server.pid() + ", has the store "
                    + folder.resolve("artifacts") + " open; stop it first\n";

            assertThat(verify()).isEqualTo(new CommandLineRun(2, "", "gateway: a server" + open, List.of()));
            assertThat(run("rebuild")).isEqualTo(new CommandLineRun(2, "", "gateway: a server" + open, List.of()));
            String elsewhere =
                    Files.createDirectory(folder.resolve("elsewhere")).toString();
            assertThat(run("rebuild", "-storage", elsewhere).err())
                    .contains("has the database ")
                    .contains("proxy.db open; stop it first");
            assertThat(PipelineClient.get(port, "/health").status()).isEqualTo(200);
        } finally {
            server.kill();
        }
    }

    @Test
    void nothingIsCachedYet() {
        assertThat(verify())
                .isEqualTo(new CommandLineRun(
                        2,
                        "",
                        "gateway: nothing cached yet: " + folder.resolve("artifacts") + " does not exist\n",
                        List.of()));
    }

    private static void assertWell(CommandLineRun run) {
        assertThat(run.out()).as(run.toString()).endsWith("rows of the database: all is well\n");
        assertThat(run.status()).isZero();
    }

    private void fill() throws Exception {
        try (PipelineGateway gateway = gateway().start()) {
            for (String path : ALL) {
                upstream.serve(path, path);
                assertThat(gateway.get("/maven" + path).text()).isEqualTo(path);
                await().until(() -> gateway.holds("maven" + path));
            }
        }
    }

    private void damage() throws Exception {
        fill();
        Files.writeString(blob(digest(FLIPPED)), "x" + FLIPPED.substring(1));
        Files.writeString(blob(digest(CUT)), "/g");
        Files.delete(blob(digest(LOST)));
        Files.writeString(store().resolve("maven" + manifest(GARBLED)), "{\"key\": null}");
        write(blob(NOBODYS), "nobody's");
        write(blob(digest("unnamed")), "unnamed");
        write(store().resolve(".staging/1-gone/7"), "half");
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private static String manifest(String path) {
        int name = path.lastIndexOf('/') + 1;
        return path.substring(0, name) + "." + path.substring(name) + ".meta";
    }

    private Path blob(String digest) {
        return store().resolve(".blobs/sha256").resolve(digest.substring(0, 2)).resolve(digest);
    }

    private static String digest(String content) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> walk = Files.walk(store())) {
            return walk.filter(path -> !Files.isDirectory(path))
                    .map(path -> store().relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private Path store() {
        return folder.resolve("artifacts");
    }

    private PipelineGateway gateway() {
        return PipelineGateway.in(folder).maven(upstream);
    }

    private CommandLineRun verify(String... more) {
        return run("verify", more);
    }

    private CommandLineRun run(String command, String... more) {
        List<String> arguments = Stream.concat(
                        Stream.of(
                                command, "-database", folder.resolve("proxy.db").toString()),
                        Stream.of(more))
                .collect(Collectors.toCollection(ArrayList::new));
        if (!arguments.contains("-storage")) {
            arguments.addAll(List.of("-storage", store().toString()));
        }
        return CommandLineRun.of(Map.of(), (_, _) -> 0, StoppedCatalog::statistics, arguments.toArray(String[]::new));
    }
}
