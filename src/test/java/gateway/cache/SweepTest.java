package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.catalog.CatalogDatabase;
import gateway.support.FakeClock;
import gateway.support.FakeUpstream;
import gateway.support.PipelineGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store is put in order after a start, and what anybody needs stays. */
class SweepTest {

    private static final String JAR = "/g/a/1/a-1.jar";
    private static final String ASC = "/g/a/1/a-1.jar.asc";
    private static final String PACKUMENT = """
            {"name": "demo", "dist-tags": {}, "versions": {}}""";

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        upstream.close();
    }

    @Test
    void only_what_neither_a_row_nor_a_manifest_names_goes() throws Exception {
        upstream.serve(JAR, "jar");
        upstream.serve(ASC, "signature");
        upstream.serve("/demo", PACKUMENT);
        List<String> wanted;
        try (PipelineGateway gateway = gateway().start()) {
            gateway.get("/maven" + JAR);
            gateway.get("/maven" + ASC);
            gateway.get("/npm/demo");
            wanted = gateway.files();
        }
        loseTheRowOf(JAR);
        Path orphan = leave(folder.resolve("artifacts/.blobs/sha256/ff/" + "f".repeat(64)));

        try (PipelineGateway gateway = gateway().start()) {
            await().until(() -> !Files.exists(orphan));

            assertThat(gateway.files()).containsExactlyInAnyOrderElementsOf(wanted);
            // Both are counted, and can be evicted again.
            assertThat(gateway.get("/stats").text()).contains("\"cached_artifacts\" : 2");
            upstream.stop();
            for (String path : List.of("/maven" + JAR, "/maven" + ASC, "/npm/demo")) {
                assertThat(gateway.get(path).cacheStatus()).as(path).isEqualTo("gateway; hit");
            }
        }
    }

    @Test
    void what_an_index_was_before_goes_when_it_changes() throws Exception {
        FakeClock clock = new FakeClock();
        try (PipelineGateway gateway = gateway().clock(clock).start()) {
            for (String version : List.of("1.0.0", "2.0.0", "3.0.0")) {
                upstream.serve("/demo", packument(version)).etag("\"" + version + "\"");
                clock.advance(Duration.ofDays(1));
                assertThat(gateway.get("/npm/demo", "Cache-Control: no-cache").text())
                        .contains("/npm/demo/-/demo-" + version);
            }

            // The index, and what was made of it.
            await().untilAsserted(() -> assertThat(gateway.files())
                    .filteredOn(file -> file.startsWith(".blobs/"))
                    .hasSize(2));
            assertThat(gateway.get("/npm/demo").cacheStatus()).isEqualTo("gateway; hit");
            assertThat(upstream.count("/demo")).isEqualTo(3);
        }
    }

    private static String packument(String version) {
        return """
                {"name": "demo", "dist-tags": {}, "versions": {"%1$s": {"name": "demo", "version": "%1$s", "dist":
                {"tarball": "http://registry.test/demo/-/demo-%1$s.tgz"}}}}""".formatted(version);
    }

    /** A file from before this moment, by the coarse clock of the file system as well. */
    static Path leave(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "left behind");
        return Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    }

    private PipelineGateway gateway() {
        return PipelineGateway.in(folder).maven(upstream).mount("/npm", "npm", upstream.upstream("npm"));
    }

    private void loseTheRowOf(String path) {
        CatalogDatabase.open(folder.resolve("proxy.db"), Clock.systemUTC())
                .map(CatalogDatabase.Opened::catalog)
                .flatMap(catalog -> catalog.leastRecentlyUsed(10)
                        .filter(entry -> entry.key().path().equals(path))
                        .concatMap(entry -> catalog.remove(entry.key()))
                        .then(catalog.close()))
                .block();
    }
}
