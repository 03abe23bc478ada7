package gateway.cache;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.project.Caller;
import gateway.project.PackageFile;
import gateway.project.PackageFile.Origin;
import gateway.project.Project;
import gateway.project.Role;
import gateway.project.Visibility;
import gateway.storage.Digest;
import gateway.support.FakeProjects;
import gateway.support.StoreFiles;
import gateway.web.ProjectServer;
import gateway.web.RegistryServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A project's package registry: files that people publish, and those that were pulled. */
class ShelfTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String MAVEN = "/api/v4/projects/42/packages/maven";
    private static final String GENERIC = "/api/v4/projects/42/packages/generic";
    private static final String JAR = MAVEN + "/com/my_company/my_package/1.2.3/my_package-1.2.3.jar";
    private static final String PATH = "/com/my_company/my_package/1.2.3/my_package-1.2.3.jar";
    private static final String PLACE = "projects/42/maven" + PATH;
    private static final String TOKEN = "Private-Token";
    private static final byte[] BYTES = bytes(70_000, 1);

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path folder;

    private final FakeProjects projects = new FakeProjects()
            .add(new Project(42, "acme/app", Visibility.PRIVATE, Project.Switches.ALL, Project.Proxy.OFF, null))
            .token("developer", new Caller.User("dana", Map.of(42L, Role.DEVELOPER), true))
            .token("reporter", new Caller.User("rita", Map.of(42L, Role.REPORTER), true));

    @SuppressWarnings("NullAway.Init") // before each test
    private RegistryServer server;

    static {
        Awaitility.setDefaultTimeout(PATIENCE);
    }

    @BeforeEach
    void start() {
        server = new RegistryServer(folder, projects).start();
    }

    @AfterEach
    void stop() {
        await().untilAsserted(() -> assertThat(server.files().staged()).isEmpty());
        server.close();
    }

    private static byte[] bytes(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private HttpResponse<byte[]> get(String path, String... headers) {
        return server.get(path, with(headers, "reporter"));
    }

    private HttpResponse<byte[]> put(String path, byte[] body, String... headers) {
        return server.put(path, body, with(headers, "developer"));
    }

    private static String[] with(String[] headers, String token) {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = TOKEN;
        all[headers.length + 1] = token;
        return all;
    }

    private static String header(HttpResponse<byte[]> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static String sha1(byte[] bytes) {
        return StoreFiles.hex("SHA-1", bytes);
    }

    private PackageFile row(String path) {
        return requireNonNull(server.packages().find(42, "maven", path).block(PATIENCE));
    }

    @Test
    @DisplayName("case 31: a published file comes back with its digests, and acts in no browser")
    void published() {
        HttpResponse<byte[]> stored = put(JAR, BYTES, "Content-Type", "application/java-archive");

        assertThat(stored.statusCode()).isEqualTo(200);
        assertThat(stored.body()).isEmpty();
        HttpResponse<byte[]> answer = get(JAR);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(BYTES);
        assertThat(header(answer, "Content-Type")).isEqualTo("application/java-archive");
        assertThat(header(answer, "X-Checksum-Sha1")).isEqualTo(sha1(BYTES));
        assertThat(header(answer, "X-Checksum-Md5")).isEqualTo(StoreFiles.hex("MD5", BYTES));
        assertThat(header(answer, "X-Checksum-Sha256")).isEqualTo(StoreFiles.hex("SHA-256", BYTES));
        assertThat(header(answer, "Content-Disposition")).isEqualTo("attachment");
        assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(answer, "Content-Security-Policy")).startsWith("sandbox;");
        assertThat(header(answer, "Cache-Control")).isEqualTo("private, no-cache");
        assertThat(server.files().holds(PLACE, BYTES)).isTrue();
        PackageFile row = row(PATH);
        assertThat(row.origin()).isEqualTo(Origin.PUBLISHED);
        assertThat(row.packageName()).isEqualTo("com/my_company/my_package");
        assertThat(row.version()).isEqualTo("1.2.3");
    }

    @Test
    void a_part_a_head_and_a_condition() {
        put(JAR, BYTES);

        HttpResponse<byte[]> part = get(JAR, "Range", "bytes=10-19");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(BYTES, 10, 20));
        HttpResponse<byte[]> head = server.server().send("HEAD", JAR, BodyPublishers.noBody(), TOKEN, "reporter");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "Content-Length")).isEqualTo("70000");
        assertThat(get(JAR, "If-None-Match", header(head, "ETag")).statusCode()).isEqualTo(304);
        assertThat(get(JAR + "x").statusCode()).isEqualTo(404);
    }

    @Test
    void who_may_read_may_not_publish() {
        assertThat(server.put(JAR, BYTES, TOKEN, "reporter").statusCode()).isEqualTo(403);
        assertThat(server.put(JAR, BYTES).statusCode()).isEqualTo(401);
        assertThat(get(JAR).statusCode()).isEqualTo(404);
        assertThat(server.server()
                        .send("DELETE", JAR, BodyPublishers.noBody(), TOKEN, "developer")
                        .statusCode())
                .isEqualTo(405);
        assertThat(server.files().all()).isEmpty();
    }

    @Test
    @DisplayName("case 9: digests are answered from the row")
    void digests() {
        put(JAR, BYTES);

        HttpResponse<byte[]> answer = get(JAR + ".sha1");
        assertThat(ProjectServer.text(answer)).isEqualTo(sha1(BYTES));
        assertThat(header(answer, "Content-Type")).isEqualTo("text/plain");
        assertThat(ProjectServer.text(get(JAR + ".md5"))).isEqualTo(StoreFiles.hex("MD5", BYTES));
        assertThat(get(JAR + ".sha256").statusCode()).isEqualTo(404);
        assertThat(get(MAVEN + "/g/b/1/b-1.jar.sha1").statusCode()).isEqualTo(404);
    }

    @Test
    void digests_that_clients_send_are_compared_and_not_kept() {
        put(JAR, BYTES);
        byte[] right = sha1(BYTES).getBytes(StandardCharsets.US_ASCII);
        byte[] wrong = sha1(bytes(3, 3)).getBytes(StandardCharsets.US_ASCII);

        assertThat(put(JAR + ".sha1", right).statusCode()).isEqualTo(204);
        assertThat(put(JAR + ".sha1", (sha1(BYTES) + "  my_package-1.2.3.jar\n").getBytes(StandardCharsets.US_ASCII))
                        .statusCode())
                .isEqualTo(204);
        assertThat(put(JAR + ".sha1", wrong).statusCode()).isEqualTo(409);
        assertThat(put(MAVEN + "/g/b/1/b-1.jar.sha1", right).statusCode()).isEqualTo(404);
        HttpResponse<byte[]> md5 = put(JAR + ".md5", "whatever".getBytes(StandardCharsets.US_ASCII));
        assertThat(md5.statusCode()).isEqualTo(200);
        assertThat(md5.body()).isEmpty();
        assertThat(put(JAR + ".sha1", bytes(100_000, 2)).statusCode()).isEqualTo(400);
        assertThat(put(JAR + ".sha512", right).statusCode()).isEqualTo(200);
        assertThat(get(JAR + ".sha512").body()).isEqualTo(right);
        assertThat(ProjectServer.text(get(JAR + ".sha1"))).isEqualTo(sha1(BYTES));
    }

    @Test
    void the_newest_wins_and_nothing_is_left_of_the_others() {
        byte[] newer = bytes(80_000, 2);
        put(JAR, BYTES);
        put(JAR, newer);
        put(JAR, newer);

        assertThat(get(JAR).body()).isEqualTo(newer);
        assertThat(ProjectServer.text(get(JAR + ".sha1"))).isEqualTo(sha1(newer));
        assertThat(server.files().holds(BYTES)).isFalse();
        assertThat(server.files().holds(PLACE, newer)).isTrue();
    }

    @Test
    void duplicates_are_refused_where_the_operator_says_so() {
        server.start(new Shelf.Terms(1 << 20, false), Long.MAX_VALUE);
        String metadata = MAVEN + "/com/my_company/my_package/maven-metadata.xml";
        String snapshot = MAVEN + "/g/a/1-SNAPSHOT/maven-metadata.xml";
        String file = GENERIC + "/tool/1/tool.bin";
        for (String path : List.of(JAR, file)) {
            assertThat(put(path, BYTES).statusCode()).isLessThan(300);
            HttpResponse<byte[]> again = put(path, bytes(10, 2));
            assertThat(again.statusCode()).isEqualTo(400);
            assertThat(ProjectServer.text(again)).contains("duplicates are not allowed");
            assertThat(get(path).body()).isEqualTo(BYTES);
        }
        for (String path : List.of(metadata, snapshot)) {
            assertThat(put(path, BYTES).statusCode()).isEqualTo(200);
            assertThat(put(path, bytes(10, 2)).statusCode()).isEqualTo(200);
        }
        // The same extension is not the same file.
        assertThat(put(JAR.replace(".jar", "-sources.jar"), BYTES).statusCode()).isEqualTo(200);
    }

    @Test
    void a_generic_package() {
        String path = GENERIC + "/my.tool/1.0.0-rc+1/dir/tool~1@x_y.tar.gz";
        HttpResponse<byte[]> stored = put(path, BYTES);

        assertThat(stored.statusCode()).isEqualTo(201);
        assertThat(ProjectServer.text(stored)).isEqualTo("{\"message\":\"201 Created\"}");
        assertThat(get(path).body()).isEqualTo(BYTES);
        HttpResponse<byte[]> told =
                put(path + "?select=package_file", BYTES, "X-Checksum-Sha256", StoreFiles.hex("SHA-256", BYTES));
        assertThat(told.statusCode()).isEqualTo(201);
        assertThat(ProjectServer.text(told))
                .contains("\"file_name\":\"tool~1@x_y.tar.gz\"")
                .contains("\"size\":70000")
                .contains("\"file_sha1\":\"" + sha1(BYTES) + "\"");
    }

    @Test
    void a_promised_digest_is_not_that_of_the_body() {
        String path = GENERIC + "/tool/1/tool.bin";
        HttpResponse<byte[]> refused = put(path, BYTES, "X-Checksum-Sha256", "00".repeat(32));

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(ProjectServer.text(refused)).contains(StoreFiles.hex("SHA-256", BYTES));
        assertThat(get(path).statusCode()).isEqualTo(404);
        assertThat(server.files().holds(BYTES)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/tool/1, file_name is missing",
        "/~tool/1/file, package_name is invalid",
        "/tool@/1/file, package_name is invalid",
        "/to%20ol/1/file, package_name is invalid",
        "/tool/1%3A2/file, package_version is invalid",
        "/tool/1/@file, file_name is invalid",
        "/tool/1/fi%24le, file_name is invalid",
    })
    void names_that_generic_packages_do_not_have(String path, String why) {
        HttpResponse<byte[]> refused = put(GENERIC + path, BYTES);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(ProjectServer.text(refused)).isEqualTo("{\"error\":\"" + why + "\"}");
    }

    @Test
    void a_file_is_too_large() {
        server.start(new Shelf.Terms(BYTES.length, true), Long.MAX_VALUE);
        byte[] large = bytes(3_000_000, 2);

        assertThat(put(JAR, large).statusCode()).isEqualTo(400);
        HttpResponse<byte[]> chunked = server.server()
                .send(
                        "PUT",
                        JAR,
                        BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)),
                        TOKEN,
                        "developer");
        assertThat(chunked.statusCode()).isEqualTo(400);
        assertThat(ProjectServer.text(chunked)).contains("70000 bytes");
        assertThat(get(JAR).statusCode()).isEqualTo(404);
        assertThat(put(JAR, BYTES).statusCode()).isEqualTo(200);
    }

    @Test
    void a_large_file_comes_in_pieces() throws Exception {
        byte[] large = bytes(20 << 20, 2);
        try (Socket socket = socket(large.length)) {
            for (int from = 0; from < large.length; from += 1 << 20) {
                socket.getOutputStream().write(large, from, 1 << 20);
                socket.getOutputStream().flush();
                if (from == 10 << 20) {
                    await().until(() -> !server.files().staged().isEmpty());
                }
            }
            byte[] status = socket.getInputStream().readNBytes(12);
            assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
        }
        assertThat(get(JAR).body()).isEqualTo(large);
    }

    @Test
    void an_upload_breaks_off() throws Exception {
        put(JAR, BYTES);
        try (Socket socket = socket(200_000)) {
            socket.getOutputStream().write(bytes(100_000, 2));
            socket.getOutputStream().flush();
            await().until(() -> !server.files().staged().isEmpty());
        }

        await().untilAsserted(() -> assertThat(server.files().staged()).isEmpty());
        assertThat(get(JAR).body()).isEqualTo(BYTES);
        assertThat(server.files().holds(PLACE, BYTES)).isTrue();
    }

    private Socket socket(long length) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.server().port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.getOutputStream()
                .write(("PUT " + JAR + " HTTP/1.1\r\nHost: x\r\nPrivate-Token: developer\r\nContent-Length: " + length
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void many_publish_one_path_at_once() throws Exception {
        List<Callable<Integer>> uploads = IntStream.range(0, 16)
                .mapToObj(i ->
                        (Callable<Integer>) () -> put(JAR, bytes(50_000, i)).statusCode())
                .toList();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (Future<Integer> status : threads.invokeAll(uploads)) {
                assertThat(status.get()).isEqualTo(200);
            }
        }

        byte[] served = get(JAR).body();
        assertThat(ProjectServer.text(get(JAR + ".sha1"))).isEqualTo(sha1(served));
        assertThat(server.files().holds(PLACE, served)).isTrue();
        List<String> kept = IntStream.range(0, 16)
                .mapToObj(i -> bytes(50_000, i))
                .filter(server.files()::holds)
                .map(ShelfTest::sha1)
                .toList();
        assertThat(kept).containsExactly(sha1(served));
    }

    @Test
    void it_is_there_after_a_restart_a_sweep_and_without_the_catalog() {
        put(JAR, BYTES);
        server.start();
        server.sweep();
        assertThat(get(JAR).body()).isEqualTo(BYTES);

        server.close();
        server.deleteCatalog();
        server.start();
        server.sweep();
        assertThat(get(JAR).body()).isEqualTo(BYTES);
        PackageFile row = row(PATH);
        boolean pinned = requireNonNull(server.catalog().find(Shelf.key(row)).block(PATIENCE))
                .pinned();
        assertThat(pinned).isTrue();
    }

    @Test
    void what_was_published_is_never_evicted_and_what_was_pulled_is() {
        server.start(Shelf.Terms.USUAL, 100_000);
        for (int i = 0; i < 10; i++) {
            assertThat(put(MAVEN + "/g/a/" + i + "/a.jar", bytes(30_000, i)).statusCode())
                    .isEqualTo(200);
            server.clock().advance(Duration.ofSeconds(1));
        }
        for (int i = 0; i < 10; i++) {
            assertThat(get(MAVEN + "/g/a/" + i + "/a.jar").body()).isEqualTo(bytes(30_000, i));
        }

        PackageFile pulled = pulled("/g/b/1/b.jar", 0);
        server.catalog().save(Shelf.entry(pulled)).block(PATIENCE);
        put(MAVEN + "/g/a/11/a.jar", bytes(30_000, 11));
        assertThat(server.catalog().find(Shelf.key(pulled)).block(PATIENCE)).isNull();
    }

    /** A row as the dependency proxy writes it, of bytes that nobody stored. */
    private PackageFile pulled(String path, int seed) {
        byte[] bytes = bytes(20_000, 100 + seed);
        return requireNonNull(server.packages()
                .save(new PackageFile(
                        0,
                        0,
                        42,
                        "maven",
                        "g/b",
                        "1",
                        path,
                        "b.jar",
                        bytes.length,
                        StoreFiles.hex("SHA-256", bytes),
                        sha1(bytes),
                        StoreFiles.hex("MD5", bytes),
                        "application/java-archive",
                        new PackageFile.Pulled("", null, null),
                        null,
                        server.clock().instant()))
                .block(PATIENCE));
    }

    @Test
    void what_was_pulled_and_evicted_has_never_been_there() {
        PackageFile pulled = pulled("/g/b/1/b.jar", 0);

        assertThat(get(MAVEN + "/g/b/1/b.jar").statusCode()).isEqualTo(404);
        assertThat(server.packages().find(42, "maven", pulled.path()).block(PATIENCE))
                .isNull();
        assertThat(get(MAVEN + "/g/b/1/b.jar.sha1").statusCode()).isEqualTo(404);
    }

    @Test
    void a_kill_came_before_the_row() {
        put(JAR, BYTES);
        server.packages().remove(row(PATH)).block(PATIENCE);
        server.start();
        server.sweep();

        assertThat(get(JAR).statusCode()).isEqualTo(404);
        assertThat(put(JAR, BYTES).statusCode()).isEqualTo(200);
        assertThat(get(JAR).body()).isEqualTo(BYTES);
    }

    @Test
    void a_kill_came_before_the_row_of_newer_bytes() {
        byte[] newer = bytes(80_000, 2);
        put(JAR, BYTES);
        PackageFile old = row(PATH);
        put(JAR, newer);
        server.packages().save(old).block(PATIENCE);

        assertThat(get(JAR).body()).isEqualTo(newer);
        assertThat(row(PATH).sha1()).isEqualTo(sha1(newer));
        assertThat(row(PATH).origin()).isEqualTo(Origin.PUBLISHED);
    }

    @Test
    void published_bytes_are_lost() {
        put(JAR, BYTES);
        server.blobs().delete(new Digest(StoreFiles.hex("SHA-256", BYTES))).block(PATIENCE);

        HttpResponse<byte[]> answer = get(JAR);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(ProjectServer.text(answer)).contains("publish it again");
        assertThat(put(JAR, BYTES).statusCode()).isEqualTo(200);
        assertThat(get(JAR).body()).isEqualTo(BYTES);
    }
}
