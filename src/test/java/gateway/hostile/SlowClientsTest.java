package gateway.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.settings.Limits;
import gateway.support.FakeAnswer;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that take their time, in order to take the gateway's. */
class SlowClientsTest {

    /** Long for a thread that must wait for its turn between two lines of a test, short for who waits for the end. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String PATH = "/org/example/demo/1.0/demo-1.0.jar";
    private static final String UPLOAD = "/gradle/0123456789abcdef0123456789abcdef";

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private AllMounts mounts;

    @BeforeEach
    void start() throws Exception {
        start(PATIENCE, LONG);
    }

    private void start(Duration patience, Duration sendTimeout) throws Exception {
        mounts = AllMounts.start(folder, new Limits(100, 16 << 10, 32 << 10, patience, patience, LONG, sendTimeout));
    }

    @AfterEach
    void stop() {
        mounts.close();
    }

    /** What a client does until it is sent away. */
    private interface Dripping {
        void on(PipelineClient client) throws Exception;
    }

    @Test
    void clients_drip_each_in_its_own_way() throws Exception {
        mounts.upstream().serve(AllMounts.registry("maven") + PATH, "held");
        String slow = "GET /maven" + PATH + " HTTP/1.1\r\nX-Slow: " + "a".repeat(5_000);
        String upload = "PUT " + UPLOAD + " HTTP/1.1\r\nHost: gateway.test\r\n";
        Dripping second = client -> {
            client.send("GET", "/maven" + PATH);
            assertThat(client.head("GET").whole().text()).isEqualTo("held");
            drip(client, slow);
        };
        together(
                client -> drip(client, slow),
                client -> drip(client, "\r\n".repeat(5_000)),
                client -> assertThat(AllMounts.converse(client, "")).isEmpty(),
                second,
                client -> {
                    client.raw(upload + "Content-Length: 5000\r\n\r\n");
                    drip(client, "a".repeat(5_000));
                },
                client -> {
                    client.raw(upload + "Transfer-Encoding: chunked\r\n\r\n1388\r\n");
                    drip(client, "a".repeat(5_000));
                },
                client -> {
                    client.raw(
                            "GET /maven/org/example/none HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 5000\r\n\r\n");
                    drip(client, "a".repeat(5_000));
                });
        // The first time it was fetched, now it is held.
        together(second, second);

        await().until(() -> mounts.gateway().files().stream().noneMatch(file -> file.startsWith(".staging")));
        assertThat(mounts.gateway().files()).noneMatch(file -> file.startsWith("gradle"));
        assertThat(mounts.status("GET", UPLOAD)).isEqualTo(404);
        assertServed();
    }

    private void together(Dripping... clients) throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Callable<Void>> all = new ArrayList<>();
            for (Dripping dripping : clients) {
                all.add(() -> {
                    try (PipelineClient client = connect()) {
                        dripping.on(client);
                    }
                    return null;
                });
            }
            for (Future<Void> end : threads.invokeAll(all)) {
                end.get();
            }
        }
    }

    /** Sends a byte now and then until the connection is closed, which must be before all is sent. */
    private static void drip(PipelineClient client, String bytes) throws InterruptedException {
        int sent = 0;
        try {
            for (; sent < bytes.length(); sent++) {
                client.raw(bytes.substring(sent, sent + 1));
                Thread.sleep(100);
            }
        } catch (IOException closed) {
            // As it should be.
        }
        assertThat(sent).isLessThan(bytes.length());
    }

    @Test
    void an_answer_is_not_taken() throws Exception {
        mounts.close();
        start(LONG, Duration.ofSeconds(1));
        byte[] body = new byte[30_000_000];
        mounts.upstream().serve(AllMounts.registry("maven") + PATH, body);
        assertThat(mounts.gateway().get("/maven" + PATH).length()).isEqualTo(body.length);
        await().until(() -> mounts.gateway().holds("maven" + PATH));
        try (PipelineClient client = connect()) {
            client.send("GET", "/maven" + PATH);
            await().until(() -> connections() == 1);

            // The one that asks for this number.
            await().until(() -> connections() == 0);

            assertThat(client.head("GET").whole().whole()).isFalse();
        }
    }

    @Test
    void a_slow_answer_is_no_fault_of_the_clients() throws Exception {
        byte[] body = new byte[700_000];
        new Random(1).nextBytes(body);
        FakeAnswer answer = mounts.upstream()
                .serve(AllMounts.registry("maven") + PATH, body)
                .pauseAfter(400_000);
        try (PipelineClient client = connect();
                PipelineClient clock = connect()) {
            client.send("GET", "/maven" + PATH);
            // The next request is begun while the first is not answered: its rest comes when the client has time.
            client.raw("GET /maven" + PATH + " HT");
            PipelineAnswer.Body begun = client.head("GET").read(100_000);
            // Both deadlines have passed when this one is sent away.
            assertThat(AllMounts.converse(clock, "")).isEmpty();
            answer.release();

            assertThat(begun.whole().sha256()).isEqualTo(PipelineAnswer.sha256(body));
            client.raw("TP/1.1\r\nHost: gateway.test\r\n\r\n");
            assertThat(client.head("GET").whole().sha256()).isEqualTo(PipelineAnswer.sha256(body));
        }
    }

    @Test
    void a_crowd_is_idle() throws Exception {
        mounts.close();
        mounts = AllMounts.start(folder, new Limits(10_000, 16 << 10, 32 << 10, LONG, LONG, LONG, LONG));
        List<PipelineClient> crowd = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                crowd.add(connect());
                if (i % 3 == 0) {
                    crowd.getLast().raw("GET /maven" + PATH + " HTTP/1.1\r\nHost:");
                }
            }
            await().until(() -> connections() >= 1_000);
            assertServed();
        } finally {
            for (PipelineClient client : crowd) {
                client.close();
            }
        }
        await().until(() -> connections() == 0);
    }

    @Test
    void a_crowd_is_larger_than_the_limit() throws Exception {
        mounts.close();
        start(LONG, LONG);
        List<PipelineClient> crowd = new ArrayList<>();
        try {
            for (int i = 0; i < 80; i++) {
                crowd.add(connect());
                assertThat(asks(crowd.getLast())).isTrue();
            }
            assertServed();
            int entered = 0;
            for (int i = 0; i < 60; i++) {
                crowd.add(connect());
                entered += asks(crowd.getLast()) ? 1 : 0;
            }

            // Some of the connections before may not have gone yet.
            assertThat(entered).isBetween(5, 20);
            // Those who are in are served.
            assertThat(asks(crowd.getFirst())).isTrue();
        } finally {
            for (PipelineClient client : crowd) {
                client.close();
            }
        }
        await().ignoreExceptions().untilAsserted(this::assertServed);
    }

    private static boolean asks(PipelineClient client) {
        try {
            client.send("GET", "/health/live");
            return client.head("GET").whole().status() == 200;
        } catch (IOException sentAway) {
            return false;
        }
    }

    private PipelineClient connect() throws IOException {
        return PipelineClient.connect(mounts.gateway().port());
    }

    /** Without the one that asks. */
    private long connections() throws IOException {
        return mounts.gateway()
                .get("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith("gateway_connections "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))) - 1)
                .sum();
    }

    private void assertServed() throws IOException {
        assertThat(mounts.gateway().get("/health/live").status()).isEqualTo(200);
    }
}
