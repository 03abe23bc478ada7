package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineGateway;
import gateway.support.StoreFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody deletes files of the store while the gateway runs, before it has any of them open. */
class PurgedTest {

    private static final String JAR = "/g/a/1/a-1.jar";
    private static final String LARGE = "/g/b/1/b-1.jar";
    private static final byte[] LARGE_BYTES = CoalescingTest.bytes(400_000);
    private static final String PACKUMENT = """
            {"name": "demo", "dist-tags": {}, "versions": {"1.0.0": {"name": "demo", "version": "1.0.0", "dist":
            {"tarball": "http://registry.test/demo/-/demo-1.0.0.tgz"}}}}""";
    private static final String LIST = "/dists/stable/main/binary-amd64/Packages";
    private static final String ROOT = "/dists/stable/Release";

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private Path store;
    private PipelineGateway gateway;
    private final Map<String, String> bodies = new LinkedHashMap<>();

    @BeforeEach
    void start() throws Exception {
        store = folder.resolve("artifacts");
        byte[] list = "Package: demo\n".getBytes(StandardCharsets.UTF_8);
        upstream.serve(JAR, "jar");
        upstream.serve(LARGE, LARGE_BYTES);
        upstream.serve("/demo", PACKUMENT);
        upstream.serve(LIST, list);
        upstream.serve(ROOT, """
                Suite: stable
                Date: Sun, 01 Mar 2026 10:00:00 UTC
                SHA256:
                 %s %d main/binary-amd64/Packages
                """.formatted(StoreFiles.hex("SHA-256", list), list.length));
        try (PipelineGateway first = gateway().start()) {
            for (String path : List.of("/debian" + LIST, "/maven" + JAR, "/maven" + LARGE, "/npm/demo")) {
                PipelineAnswer answer = first.get(path);
                assertThat(answer.status()).as(path).isEqualTo(200);
                bodies.put(path, answer.sha256());
            }
            await().until(() -> first.holds("maven" + LARGE));
        }
        gateway = gateway().start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void one_package_as_the_readme_says() throws Exception {
        shell("find maven/g/a -type l -exec readlink -f {} + | xargs rm -f; rm -rf maven/g/a");

        assertFetchedAgain();

        assertThat(upstream.count(JAR)).isEqualTo(2);
        assertThat(upstream.count(LARGE)).isEqualTo(1);
        assertThat(gateway.holds("maven" + JAR)).isTrue();
    }

    @Test
    void all_bytes() throws Exception {
        StoreFiles.delete(store.resolve(".blobs"));

        assertFetchedAgain();

        for (String path : List.of(JAR, LARGE, "/demo")) {
            assertThat(upstream.count(path)).as(path).isEqualTo(2);
        }
    }

    @Test
    void everything() throws Exception {
        StoreFiles.delete(store);

        assertFetchedAgain();

        assertThat(gateway.get("/health").status()).isEqualTo(200);
        await().until(() -> gateway.holds("maven" + LARGE));
    }

    @Test
    void only_what_was_made_of_an_index() throws Exception {
        List<Path> named = linked();
        try (Stream<Path> blobs = Files.walk(store.resolve(".blobs"))) {
            List<Path> made = blobs.filter(Files::isRegularFile)
                    .filter(blob -> !named.contains(blob))
                    .toList();
            assertThat(made).hasSize(1);
            Files.delete(made.getFirst());
        }

        assertFetchedAgain();

        assertThat(upstream.count("/demo")).isEqualTo(1);
    }

    /** Each path answers what it answered before, and then from the store. */
    private void assertFetchedAgain() throws Exception {
        for (Map.Entry<String, String> body : bodies.entrySet()) {
            PipelineAnswer answer = gateway.get(body.getKey());
            assertThat(answer.status()).as(body.getKey()).isEqualTo(200);
            assertThat(answer.sha256()).as(body.getKey()).isEqualTo(body.getValue());
        }
        for (String path : bodies.keySet()) {
            await().untilAsserted(
                            () -> assertThat(gateway.get(path).cacheStatus()).isEqualTo("gateway; hit"));
        }
    }

    private PipelineGateway gateway() {
        return PipelineGateway.in(folder)
                .maven(upstream)
                .mount("/npm", "npm", upstream.upstream("npm"))
                .mount("/debian", "debian", upstream.upstream("debian"));
    }

    private List<Path> linked() throws IOException {
        try (Stream<Path> links = Files.walk(store)) {
            return links.filter(Files::isSymbolicLink)
                    .map(link -> link.resolveSibling(target(link)).normalize())
                    .toList();
        }
    }

    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void shell(String command) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", command)
                .directory(store.toFile())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }
}
