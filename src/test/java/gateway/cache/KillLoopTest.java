package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.ChildGateway;
import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.StoreFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The gateway is killed at moments that a seed chooses, while many clients fill its store, and started again on what is
 * left; in between its database is cut, flipped or deleted.
 *
 * <p>{@code -Dgateway.seed=7} plays other rounds, {@code -Dgateway.long.rounds=50} another number of them.
 */
class KillLoopTest {

    private static final int CLIENTS = 6;
    private static final int FILES = 24;
    /** A store is checked as a whole after each kill: it is begun anew before that takes long. */
    private static final int ROUNDS_OF_A_STORE = 20;

    private final FakeUpstream upstream = FakeUpstream.start();
    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    private final Random random = new Random(Long.getLong("gateway.seed", 20_260_301));
    private final Map<String, byte[]> bodies = new ConcurrentHashMap<>();
    private int aborted;

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        threads.shutdownNow();
        upstream.close();
    }

    @Test
    void it_is_killed_again_and_again() throws Exception {
        play(2);
    }

    @Test
    @Tag("long")
    void it_is_killed_hundreds_of_times() throws Exception {
        int rounds = Integer.getInteger("gateway.long.rounds", 200);
        play(rounds);
        System.out.println("kill loop: " + rounds + " rounds, " + aborted + " answers broken off");
    }

    private void play(int rounds) throws Exception {
        upstream.otherwise(this::answer);
        for (int round = 0; round < rounds; round++) {
            if (round % ROUNDS_OF_A_STORE == 0) {
                StoreFiles.delete(Files.createDirectories(place()));
                Files.createDirectories(place());
                bodies.clear();
            }
            round(round);
            // Every other time, so that a database that was only killed is opened as well.
            if (round % 2 == 1) {
                damageTheDatabase();
            }
        }
        // What is left of the last round is looked at by one more start.
        round(rounds);
    }

    /** It forgets what a store that was begun anew cannot hold: hundreds of rounds have gigabytes. */
    private FakeAnswer answer(FakeUpstream.Request request) {
        byte[] body = bodies.get(request.path());
        return body == null ? FakeUpstream.with(404) : FakeUpstream.ok(body).pieces(32 << 10);
    }

    private void round(int round) throws Exception {
        ChildGateway gateway = ChildGateway.start(place(), upstream);
        try {
            int port = gateway.port();
            assertThat(files().staged()).isEmpty();
            assertThatAllThatIsHeldIsServed(port);
            List<String> paths = stock(round);
            Semaphore answers = new Semaphore(0);
            List<Future<Integer>> clients = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                clients.add(threads.submit(client(port, paths, new Random(random.nextLong()), answers)));
            }
            assertThat(answers.tryAcquire(1 + random.nextInt(2 * FILES), 1, TimeUnit.MINUTES))
                    .isTrue();
            TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
            gateway.kill();
            for (Future<Integer> client : clients) {
                aborted += client.get(1, TimeUnit.MINUTES);
            }
        } finally {
            gateway.kill();
        }
        assertThatTheStoreIsRight();
    }

    private List<String> stock(int round) {
        List<String> paths = new ArrayList<>();
        for (int file = 0; file < FILES; file++) {
            String path = "/g/round" + round + "/" + file + "/round" + round + "-" + file + ".jar";
            byte[] body = new byte[1 + random.nextInt(1 << (10 + random.nextInt(12)))];
            random.nextBytes(body);
            bodies.put(path, body);
            paths.add(path);
        }
        return paths;
    }

    /** Asks until the gateway is gone; tells how many answers were broken off. */
    private Callable<Integer> client(int port, List<String> fresh, Random choice, Semaphore answers) {
        List<String> held = List.copyOf(bodies.keySet());
        return () -> {
            int broken = 0;
            while (true) {
                String path = choice.nextInt(4) == 0
                        ? held.get(choice.nextInt(held.size()))
                        : fresh.get(choice.nextInt(fresh.size()));
                try {
                    PipelineAnswer answer = PipelineClient.get(port, "/maven" + path);
                    if (answer.whole()) {
                        assertRight(path, answer);
                    } else {
                        broken++;
                    }
                    answers.release();
                } catch (IOException killed) {
                    return broken;
                }
            }
        };
    }

    private void assertRight(String path, PipelineAnswer answer) {
        byte[] body = Objects.requireNonNull(bodies.get(path));
        assertThat(answer.status()).as(path).isEqualTo(200);
        assertThat(answer.length()).as(path).isEqualTo(body.length);
        assertThat(answer.sha256()).as(path).isEqualTo(PipelineAnswer.sha256(body));
    }

    /** Whatever a manifest tells of is there as it was, whoever lost the database, and the upstream is not asked. */
    private void assertThatAllThatIsHeldIsServed(int port) throws IOException {
        int asked = upstream.requests().size();
        for (JsonNode manifest : manifests()) {
            String path = manifest.path("key").path("path").asString();
            PipelineAnswer answer = PipelineClient.get(port, "/maven" + path);
            assertThat(answer.whole()).as(path).isTrue();
            assertRight(path, answer);
            assertThat(answer.cacheStatus()).as(path).isEqualTo("gateway; hit");
        }
        assertThat(upstream.requests()).hasSize(asked);
    }

    private void assertThatTheStoreIsRight() throws Exception {
        for (String path : files().all()) {
            if (path.startsWith(".blobs/")) {
                byte[] bytes = Files.readAllBytes(files().root().resolve(path));
                assertThat(path).endsWith("/" + PipelineAnswer.sha256(bytes));
            }
        }
        for (JsonNode manifest : manifests()) {
            String digest = manifest.path("sha256").asString();
            Path blob = files().root().resolve(".blobs/sha256/" + digest.substring(0, 2) + "/" + digest);
            assertThat(blob).hasSize(manifest.path("size").asLong());
            byte[] body = Objects.requireNonNull(
                    bodies.get(manifest.path("key").path("path").asString()));
            assertThat(digest).isEqualTo(PipelineAnswer.sha256(body));
        }
    }

    private List<JsonNode> manifests() throws IOException {
        List<JsonNode> manifests = new ArrayList<>();
        for (String path : files().all()) {
            if (path.endsWith(".meta")) {
                manifests.add(JsonMapper.shared()
                        .readTree(Files.readAllBytes(files().root().resolve(path))));
            }
        }
        return manifests;
    }

    private void damageTheDatabase() throws IOException {
        Path file = place().resolve("proxy.db.mv.db");
        try (RandomAccessFile database = new RandomAccessFile(file.toFile(), "rw")) {
            long length = database.length();
            switch (random.nextInt(3)) {
                case 0 -> database.setLength(random.nextLong(length));
                case 1 -> {
                    for (int flip = 0; flip < 32; flip++) {
                        long at = random.nextLong(length);
                        database.seek(at);
                        int old = database.read();
                        database.seek(at);
                        database.write(~old);
                    }
                }
                default -> Files.delete(file);
            }
        }
    }

    private StoreFiles files() {
        return new StoreFiles(place().resolve("artifacts"));
    }

    private Path place() {
        return folder.resolve("place");
    }
}
