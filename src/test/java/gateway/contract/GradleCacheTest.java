package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A build cache, which has no registry behind it: builds store, and builds ask. */
class GradleCacheTest {

    private static final String KEY = "/gradle/0123456789abcdef0123456789abcdef";
    private static final String PLACE = "gradle/01/0123456789abcdef0123456789abcdef";
    private static final String TYPE = "application/vnd.gradle.build-cache-artifact.v2";

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @SuppressWarnings("NullAway.Init") // before each test
    private TestGateway gateway;

    @BeforeEach
    void open() {
        gateway = new TestGateway(folder);
        start("");
    }

    @AfterEach
    void close() {
        await().untilAsserted(() -> assertThat(gateway.store().staged()).isEmpty());
        client.shutdownNow();
        gateway.close();
    }

    @Test
    void one_build_stores_and_another_finds_it() throws Exception {
        byte[] output = bytes(3_000, 1);
        assertThat(get(KEY).statusCode()).isEqualTo(404);

        var stored = put(KEY, BodyPublishers.ofByteArray(output));

        assertThat(stored.statusCode()).isEqualTo(201);
        assertThat(stored.body()).isEmpty();
        assertThat(Stage.cacheStatus(stored)).isEqualTo("gateway; stored; detail=uploaded");
        var answer = get(KEY);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(output);
        assertThat(Stage.header(answer, "Content-Type")).isEqualTo(TYPE);
        assertThat(Stage.header(answer, "ETag")).isEqualTo(Stage.etag(output));
        assertThat(Stage.header(answer, "Cache-Control")).isEqualTo("no-cache");
        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; hit");
        assertThat(gateway.store().holds(PLACE, output)).isTrue();
        assertThat(gateway.statistics().path("cached_artifacts").asLong()).isEqualTo(1);
        var head = gateway.send("HEAD", KEY);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(Stage.header(head, "Content-Length")).isEqualTo("3000");
        assertThat(gateway.get(KEY, "Range", "bytes=10-19").statusCode()).isEqualTo(206);
    }

    @Test
    void large_and_empty_outputs_come_with_and_without_a_length() throws Exception {
        for (int size : new int[] {0, 1, 70_000, 20_000_000}) {
            byte[] output = bytes(size, size);
            assertThat(put(KEY, BodyPublishers.ofByteArray(output)).statusCode())
                    .isEqualTo(201);
            assertThat(get(KEY).body()).isEqualTo(output);
            output = bytes(size, size + 1);
            assertThat(put(KEY, chunked(output)).statusCode()).isEqualTo(201);
            assertThat(get(KEY).body()).isEqualTo(output);
        }
    }

    @Test
    void the_last_who_stores_wins_and_nothing_is_left_of_the_others() throws Exception {
        byte[] first = bytes(5_000, 1);
        byte[] second = bytes(6_000, 2);
        put(KEY, BodyPublishers.ofByteArray(first));
        put(KEY, BodyPublishers.ofByteArray(second));
        put(KEY, BodyPublishers.ofByteArray(second));

        assertThat(get(KEY).body()).isEqualTo(second);
        assertThat(gateway.store().holds(first)).isFalse();
        assertThat(gateway.store().holds(PLACE, second)).isTrue();
        assertThat(gateway.statistics().path("cached_artifacts").asLong()).isEqualTo(1);
    }

    @Test
    void many_builds_store_at_once() {
        byte[] same = bytes(300_000, 3);
        List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String key = i % 2 == 0 ? KEY : "/gradle/other" + i;
            answers.add(client.sendAsync(
                    request(key).PUT(BodyPublishers.ofByteArray(same)).build(), BodyHandlers.ofByteArray()));
        }

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(201));
        assertThat(get(KEY).body()).isEqualTo(same);
        assertThat(get("/gradle/other7").body()).isEqualTo(same);
    }

    @Test
    void it_is_there_after_a_restart_and_without_the_database() throws Exception {
        byte[] output = bytes(3_000, 1);
        put(KEY, BodyPublishers.ofByteArray(output));
        start("");
        assertThat(get(KEY).body()).isEqualTo(output);

        gateway.stop();
        gateway.deleteDatabase();
        start("");
        assertThat(get(KEY).body()).isEqualTo(output);
    }

    @Test
    void an_output_is_too_large() throws Exception {
        start("uploads: { gradle: { max_size: 1MB } }");
        byte[] large = bytes(30_000_000, 1);

        for (BodyPublisher body : List.of(BodyPublishers.ofByteArray(large), chunked(large))) {
            var answer = put(KEY, body);
            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(Stage.text(answer)).contains("1000000");
        }
        assertThat(get(KEY).statusCode()).isEqualTo(404);
        assertThat(put(KEY, BodyPublishers.ofByteArray(bytes(1_000_000, 2))).statusCode())
                .isEqualTo(201);
    }

    @Test
    void the_mount_is_read_only() throws Exception {
        byte[] output = bytes(3_000, 1);
        put(KEY, BodyPublishers.ofByteArray(output));
        start("uploads: { gradle: { read_only: true } }");

        var refused = put(KEY, BodyPublishers.ofByteArray(bytes(3_000, 2)));

        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(Stage.text(refused)).contains("read-only");
        assertThat(get(KEY).body()).isEqualTo(output);
    }

    @Test
    void outputs_grow_too_old() throws Exception {
        start("uploads: { gradle: { max_age: 2d } }");
        put(KEY, BodyPublishers.ofByteArray(bytes(3_000, 1)));
        gateway.clock().advance(Duration.ofDays(2).minusSeconds(1));
        assertThat(get(KEY).statusCode()).isEqualTo(200);

        gateway.clock().advance(Duration.ofSeconds(1));
        assertThat(get(KEY).statusCode()).isEqualTo(404);
        assertThat(gateway.send("HEAD", KEY).statusCode()).isEqualTo(404);

        put("/gradle/other", BodyPublishers.ofByteArray(bytes(10, 2)));
        assertThat(gateway.store().holds(bytes(3_000, 1))).isFalse();
        assertThat(gateway.statistics().path("cached_artifacts").asLong()).isEqualTo(1);
    }

    @Test
    void what_is_used_least_goes_when_there_is_no_room() throws Exception {
        start("storage: { max_size: 100kB }");
        for (int i = 0; i < 30; i++) {
            assertThat(put("/gradle/key" + i, BodyPublishers.ofByteArray(bytes(10_000, i)))
                            .statusCode())
                    .isEqualTo(201);
            gateway.clock().advance(Duration.ofSeconds(1));
        }

        assertThat(get("/gradle/key0").statusCode()).isEqualTo(404);
        assertThat(get("/gradle/key29").statusCode()).isEqualTo(200);
        assertThat(gateway.statistics().path("total_size_bytes").asLong()).isLessThanOrEqualTo(100_000);
    }

    @Test
    void an_upload_breaks_off() throws Exception {
        byte[] output = bytes(3_000, 1);
        put(KEY, BodyPublishers.ofByteArray(output));
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gateway.address().getPort())) {
            socket.getOutputStream()
                    .write(("PUT " + KEY + " HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(bytes(100_000, 2));
            socket.getOutputStream().flush();
            await().until(() -> !gateway.store().staged().isEmpty());
        }

        await().untilAsserted(() -> assertThat(gateway.store().staged()).isEmpty());
        assertThat(get(KEY).body()).isEqualTo(output);
    }

    @Test
    void a_client_waits_for_the_word_to_go_on() throws Exception {
        byte[] output = bytes(50_000, 1);
        var answer = client.send(
                request(KEY)
                        .expectContinue(true)
                        .PUT(BodyPublishers.ofByteArray(output))
                        .build(),
                BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(get(KEY).body()).isEqualTo(output);
    }

    @Test
    void the_store_fails_and_the_build_goes_on() throws Exception {
        byte[] output = bytes(300_000, 1);
        put(KEY, BodyPublishers.ofByteArray(output));
        StoreFiles.delete(folder.resolve("store"));
        Files.writeString(folder.resolve("store"), "no folder any more");

        assertThat(put("/gradle/other", BodyPublishers.ofByteArray(output)).statusCode())
                .isEqualTo(413);
        assertThat(get("/gradle/other").statusCode()).isEqualTo(404);
        Files.delete(folder.resolve("store"));
        start("");
    }

    @Test
    void other_methods_and_paths_are_refused() {
        assertThat(gateway.send("DELETE", KEY).statusCode()).isEqualTo(405);
        assertThat(get("/gradle/a/b").statusCode()).isEqualTo(404);
        assertThat(gateway.statusOf("/gradle/..%2f..%2fcanary")).isIn(400, 404);
        assertThat(gateway.store().all()).isEmpty();
    }

    private void start(String configuration) {
        gateway.start("shutdown: { grace: 1s }\n" + configuration);
    }

    private HttpResponse<byte[]> get(String path) {
        return gateway.get(path);
    }

    private HttpResponse<byte[]> put(String path, BodyPublisher body) throws IOException, InterruptedException {
        return client.send(request(path).PUT(body).build(), BodyHandlers.ofByteArray());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(gateway.address() + path))
                .timeout(Duration.ofMinutes(1))
                .header("Content-Type", TYPE);
    }

    private static BodyPublisher chunked(byte[] bytes) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
    }

    private static byte[] bytes(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
