package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.support.FakeUpstream;
import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code dart pub get} asks, step by step as its specification has it, since no SDK is to be had to run it. */
class PubGetTest {

    private static final String JSON = "application/vnd.pub.v2+json";
    private static final String HOSTED = TestGateway.BASE + "/pub";
    private static final int ATTEMPTS = 7;
    private static final int PARALLEL = 16;

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path folder;

    private final FakeUpstream registry = FakeUpstream.start();
    private final FakeUpstream storage = FakeUpstream.at("127.0.0.2");
    private final Map<String, byte[]> published = new TreeMap<>();

    @SuppressWarnings("NullAway.Init") // before each test
    private TestGateway gateway;

    @BeforeEach
    void open() {
        gateway = new TestGateway(folder);
        gateway.start("""
                upstream: { pub: { url: "%s", token: "secret" } }
                network: { allow_private_upstreams: ["127.0.0.2/32"] }
                shutdown: { grace: 1s }
                """.formatted(registry.url()));
        for (int i = 0; i < 20; i++) {
            publish("leaf_" + i, List.of(), i);
        }
        publish("left", List.of("leaf_0", "leaf_1", "leaf_2"), 21);
        List<String> all = new ArrayList<>(List.of("left"));
        for (int i = 0; i < 20; i++) {
            all.add("leaf_" + i);
        }
        publish("app", all, 22);
    }

    @AfterEach
    void close() {
        gateway.close();
        registry.close();
        storage.close();
    }

    @Test
    void packages_are_resolved_and_downloaded() throws Exception {
        assertThat(get("app")).containsExactlyInAnyOrderElementsOf(digests());

        assertThat(registry.requests()).allMatch(request -> "Bearer secret".equals(request.header("authorization")));
        assertThat(storage.requests()).hasSize(22).allMatch(request -> request.header("authorization") == null);
    }

    @Test
    void an_empty_client_gets_all_of_it_without_the_registry() throws Exception {
        get("app");
        registry.stop();
        storage.stop();

        assertThat(get("app")).containsExactlyInAnyOrderElementsOf(digests());
    }

    @Test
    void a_damaged_archive_is_not_kept_and_the_next_attempt_heals() throws Exception {
        byte[] damaged = published.getOrDefault("left", new byte[0]).clone();
        damaged[damaged.length / 2]++;
        byte[] right = published.getOrDefault("left", new byte[0]);
        int[] asked = new int[1];
        storage.answer("/store/left.tar.gz", request -> FakeUpstream.ok(asked[0]++ < 3 ? damaged : right));

        assertThat(get("app")).containsExactlyInAnyOrderElementsOf(digests());
        assertThat(asked[0]).isEqualTo(4);
        assertThat(gateway.store().holds(damaged)).isFalse();
    }

    @Test
    void a_damaged_archive_that_stays_is_never_installed() {
        byte[] damaged = published.getOrDefault("left", new byte[0]).clone();
        damaged[damaged.length / 2]++;
        storage.serve("/store/left.tar.gz", damaged);

        assertThatThrownBy(() -> get("app")).hasMessageContaining("left");
        assertThat(gateway.store().holds(damaged)).isFalse();
    }

    @Test
    void a_package_is_unknown() {
        assertThatThrownBy(() -> get("nothing")).hasMessageContaining("NotFound");
    }

    /** The solver's walk with listings in parallel, then the archives; what was downloaded, by digest. */
    private List<String> get(String root) throws Exception {
        Map<String, JsonNode> chosen = new TreeMap<>();
        List<String> digests = new ArrayList<>();
        try (ExecutorService workers = Executors.newFixedThreadPool(PARALLEL)) {
            List<String> open = List.of(root);
            while (!open.isEmpty()) {
                Map<String, Future<JsonNode>> asked = new TreeMap<>();
                for (String name : open) {
                    if (!chosen.containsKey(name)) {
                        asked.putIfAbsent(name, workers.submit(() -> newest(name)));
                    }
                }
                List<String> next = new ArrayList<>();
                for (var listing : asked.entrySet()) {
                    JsonNode version = listing.getValue().get();
                    chosen.put(listing.getKey(), version);
                    next.addAll(version.path("pubspec").path("dependencies").propertyNames());
                }
                open = next;
            }
            List<Future<String>> downloads = new ArrayList<>();
            chosen.forEach((name, version) -> downloads.add(workers.submit(() -> download(name, version))));
            for (Future<String> download : downloads) {
                digests.add(download.get());
            }
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getMessage()), e);
        }
        return digests;
    }

    private JsonNode newest(String name) throws IOException {
        JsonNode listing = json("/pub/api/packages/" + name);
        if (listing.has("advisoriesUpdated")) {
            JsonNode advisories = json("/pub/api/packages/" + name + "/advisories");
            assertThat(advisories.path("advisoriesUpdated")).isEqualTo(listing.path("advisoriesUpdated"));
        }
        JsonNode newest = listing.path("latest");
        for (JsonNode version : listing.path("versions")) {
            assertThat(version.path("archive_url").asString()).startsWith(HOSTED + "/");
            if (!version.path("retracted").asBoolean(false)) {
                newest = version;
            }
        }
        return newest;
    }

    private JsonNode json(String path) throws IOException {
        HttpResponse<byte[]> answer = gateway.get(path, "Accept", JSON, "User-Agent", "Dart pub 3.10.0");
        if (answer.statusCode() != 200) {
            throw new IOException(path + " " + new String(answer.body(), StandardCharsets.UTF_8));
        }
        assertThat(Stage.header(answer, "Content-Type")).isEqualTo(JSON);
        return JsonMapper.shared().readTree(answer.body());
    }

    private String download(String name, JsonNode version) throws IOException {
        String path = version.path("archive_url").asString().substring(TestGateway.BASE.length());
        String last = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                HttpResponse<byte[]> answer = gateway.attempt("GET", path, "User-Agent", "Dart pub 3.10.0");
                last = answer.statusCode() + " " + new String(answer.body(), StandardCharsets.UTF_8);
                String digest = StoreFiles.hex("SHA-256", answer.body());
                if (answer.statusCode() == 200
                        && digest.equals(version.path("archive_sha256").asString())) {
                    assertThat(answer.headers().firstValue("x-goog-hash")).isEmpty();
                    return digest;
                }
                if (answer.statusCode() < 500) {
                    break;
                }
            } catch (IOException cut) {
                last = cut.toString();
            }
        }
        throw new IOException(name + ": " + last);
    }

    private Collection<String> digests() {
        return published.values().stream()
                .map(bytes -> StoreFiles.hex("SHA-256", bytes))
                .toList();
    }

    /** As the public service does: archives below the API lead on to a store with another name. */
    private void publish(String name, List<String> dependencies, int seed) {
        byte[] archive = new byte[seed % 2 == 0 ? 2_000 : 400_000];
        new Random(seed).nextBytes(archive);
        published.put(name, archive);
        String needs = String.join(
                ",",
                dependencies.stream()
                        .map(other -> "\"" + other + "\":\"^1.0.0\"")
                        .toList());
        String version = """
                {"version":"%s","retracted":%s,"pubspec":{"name":"%s","dependencies":{%s}},
                 "archive_url":"%s","archive_sha256":"%s","published":"2026-01-01T00:00:00.000000Z"}""";
        String at = "/api/archives/" + name + "-1.0.0.tar.gz";
        String right =
                version.formatted("1.0.0", false, name, needs, registry.url(at), StoreFiles.hex("SHA-256", archive));
        String retracted = version.formatted("1.1.0", true, name, needs, registry.url("/gone"), "0".repeat(64));
        registry.serve(
                        "/api/packages/" + name,
                        "{\"name\":\"" + name + "\",\"latest\":" + retracted + ",\"versions\":[" + right + ","
                                + retracted + "],\"advisoriesUpdated\":\"2026-01-01T00:00:00.000Z\"}")
                .type(JSON);
        registry.serve(
                        "/api/packages/" + name + "/advisories",
                        "{\"advisories\":[],\"advisoriesUpdated\":\"2026-01-01T00:00:00.000Z\"}")
                .type("application/json");
        registry.redirect(at, 303, storage.url("/store/" + name + ".tar.gz").toString());
        storage.serve("/store/" + name + ".tar.gz", archive).header("x-goog-hash", "crc32c=AAAAAA==");
    }
}
