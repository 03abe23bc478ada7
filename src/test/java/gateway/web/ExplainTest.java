package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.settings.Credentials;
import gateway.settings.Rules;
import gateway.settings.Secret;
import gateway.settings.Upstream;
import gateway.support.FakeClock;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineGateway;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code /explain} says, compared with what then happens. */
class ExplainTest {

    private static final String JAR = "/maven/g/a/1/a-1.jar";
    private static final String METADATA = "/maven/g/a/maven-metadata.xml";

    private final FakeUpstream upstream = FakeUpstream.start();
    private final FakeUpstream mirror = FakeUpstream.at("127.0.0.2");
    private final FakeClock clock = new FakeClock();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void start() throws Exception {
        Upstream withSecrets = new Upstream(
                "central",
                upstream.url(),
                Map.of(),
                new Credentials("hidden-user", new Secret("hidden-password")),
                null,
                Map.of("X-Key", new Secret("hidden-key")),
                null,
                false);
        gateway = PipelineGateway.in(folder)
                .mount("/maven", "maven", withSecrets)
                .mount("/two", "maven", mirrored("first", upstream), mirrored("second", mirror))
                .mount(
                        "/ruled",
                        "maven",
                        denying("first", upstream, "com.acme*"),
                        denying("second", mirror, "com.acme:*"))
                .mount("/gradle", "gradle")
                .clock(clock)
                .start();
    }

    private static Upstream mirrored(String name, FakeUpstream where) {
        return new Upstream(name, where.url(), Map.of(), null, null, Map.of(), "mirrors", false);
    }

    private static Upstream denying(String name, FakeUpstream where, String pattern) {
        Rules rules = new Rules(List.of(), List.of(pattern));
        return new Upstream(name, where.url(), Map.of(), null, null, Map.of(), null, false, rules);
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
        mirror.close();
    }

    private JsonNode explain(String path) throws IOException {
        PipelineAnswer answer = gateway.get("/explain?path=" + URLEncoder.encode(path, StandardCharsets.UTF_8));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).startsWith("application/json");
        return JsonMapper.shared().readTree(answer.text());
    }

    /** Compares the decision, and the status and the Cache-Status with those of the answer that follows. */
    private JsonNode foretold(String path, String decision) throws IOException {
        JsonNode told = explain(path);
        assertThat(told.path("decision").asString()).isEqualTo(decision);
        PipelineAnswer answer = gateway.get(path);
        assertThat(told.path("status").asInt()).isEqualTo(answer.status());
        assertThat(told.path("cache_status").asString()).isEqualTo(answer.cacheStatus());
        return told;
    }

    @Test
    void rules_keep_upstreams_from_being_asked() throws Exception {
        String nowhere = "/ruled/com/acme/lib/1/lib-1.jar";
        JsonNode denied = explain(nowhere);

        assertThat(denied.path("decision").asString()).isEqualTo("refuse");
        assertThat(denied.path("upstreams").size()).isZero();
        PipelineAnswer answer = gateway.get(nowhere);
        assertThat(answer.status()).isEqualTo(denied.path("status").asInt());
        assertThat(answer.cacheStatus()).isEqualTo(denied.path("cache_status").asString());

        JsonNode upstreams = explain("/ruled/com/acme/tools/lib/1/lib-1.jar").path("upstreams");
        assertThat(upstreams.size()).isEqualTo(1);
        assertThat(upstreams.path(0).path("name").asString()).isEqualTo("second");
        assertThat(upstream.requests()).isEmpty();
        assertThat(mirror.requests()).isEmpty();
    }

    @Test
    void it_is_not_held() throws Exception {
        JsonNode told = explain(JAR + "?token=hidden");

        assertThat(told.path("decision").asString()).isEqualTo("fetch");
        assertThat(told.path("path").asString()).isEqualTo(JAR);
        assertThat(told.path("format").asString()).isEqualTo("maven");
        assertThat(told.path("resource").asString()).isEqualTo("artifact");
        assertThat(told.path("checksum").asString()).contains("/g/a/1/a-1.jar.sha1");
        assertThat(told.has("status")).isFalse();
        JsonNode asked = told.path("upstreams").path(0);
        assertThat(asked.path("name").asString()).isEqualTo("central");
        assertThat(asked.path("host").asString()).isEqualTo("127.0.0.1:" + upstream.port());
        assertThat(asked.path("credentials").asBoolean()).isTrue();
        assertThat(asked.path("breaker").asString()).isEqualTo("closed");
        assertThat(asked.has("entry")).isFalse();
        assertThat(told.toString()).doesNotContain("hidden");
        assertThat(upstream.requests()).isEmpty();
        assertThat(gateway.files()).isEmpty();
        assertThat(statistics("misses")).isZero();
    }

    @Test
    void it_is_held() throws Exception {
        upstream.serve("/g/a/1/a-1.jar", "bytes").etag("\"tag\"");
        assertThat(gateway.get(JAR).text()).isEqualTo("bytes");
        int asked = upstream.requests().size();
        clock.advance(Duration.ofHours(1));

        JsonNode told = foretold(JAR, "hit");

        JsonNode entry = told.path("upstreams").path(0).path("entry");
        assertThat(entry.path("size").asLong()).isEqualTo(5);
        assertThat(entry.path("sha256").asString())
                .isEqualTo(PipelineAnswer.sha256("bytes".getBytes(StandardCharsets.UTF_8)));
        assertThat(entry.path("etag").asString()).isEqualTo("\"tag\"");
        assertThat(entry.path("age_seconds").asLong()).isEqualTo(3600);
        assertThat(entry.path("bytes").asBoolean()).isTrue();
        assertThat(entry.has("fresh_until")).isFalse();
        assertThat(upstream.requests()).hasSize(asked);
        // One hit is the request that followed.
        await().untilAsserted(() -> assertThat(statistics("hits")).isEqualTo(1));
    }

    @Test
    void an_index_grows_old() throws Exception {
        upstream.serve("/g/a/maven-metadata.xml", "<metadata/>").etag("\"1\"");
        assertThat(gateway.get(METADATA).status()).isEqualTo(200);

        JsonNode fresh = foretold(METADATA, "hit");
        assertThat(fresh.path("resource").asString()).isEqualTo("index");
        JsonNode entry = fresh.path("upstreams").path(0).path("entry");
        assertThat(java.time.Instant.parse(entry.path("fresh_until").asString()))
                .isAfter(clock.instant());

        clock.advance(Duration.between(
                clock.instant(),
                java.time.Instant.parse(entry.path("stale_until").asString())));
        clock.advance(Duration.ofSeconds(-1));
        int asked = upstream.count("/g/a/maven-metadata.xml");
        JsonNode stale = explain(METADATA);
        assertThat(stale.path("decision").asString()).isEqualTo("stale");
        assertThat(stale.path("cache_status").asString()).isEqualTo("gateway; hit; detail=stale-while-revalidate");
        clock.advance(Duration.ofDays(1));
        JsonNode old = explain(METADATA);
        assertThat(old.path("decision").asString()).isEqualTo("revalidate");
        assertThat(old.has("status")).isFalse();
        assertThat(upstream.count("/g/a/maven-metadata.xml")).isEqualTo(asked);

        upstream.status("/g/a/maven-metadata.xml", 429).header("Retry-After", "30");
        assertThat(gateway.get(METADATA).cacheStatus()).contains("stale-if-error");
        JsonNode throttled = foretold(METADATA, "stale");
        assertThat(throttled.path("upstreams").path(0).path("throttled_until").asString())
                .isEqualTo(clock.instant().plusSeconds(30).toString());
    }

    @Test
    void the_upstream_does_not_have_it() throws Exception {
        assertThat(gateway.get(JAR).status()).isEqualTo(404);

        assertThat(foretold(JAR, "negative").path("why").asString()).contains("the upstream said so");

        clock.advance(Duration.ofMinutes(2));
        assertThat(explain(JAR).path("decision").asString()).isEqualTo("fetch");
    }

    @Test
    void its_bytes_were_deleted_by_hand() throws Exception {
        upstream.serve("/g/a/1/a-1.jar", "bytes");
        assertThat(gateway.get(JAR).status()).isEqualTo(200);
        gateway.close();
        java.nio.file.Files.delete(
                folder.resolve("artifacts/maven/g/a/1/a-1.jar").toRealPath());
        gateway.start();

        JsonNode told = explain(JAR);

        assertThat(told.path("decision").asString()).isEqualTo("fetch");
        assertThat(told.path("upstreams").path(0).path("entry").path("bytes").asBoolean(true))
                .isFalse();
    }

    @Test
    void the_upstream_failed_too_often() throws Exception {
        upstream.serve("/g/held/1/held-1.jar", "held");
        assertThat(gateway.get("/maven/g/held/1/held-1.jar").status()).isEqualTo(200);
        for (int i = 0; i < 20; i++) {
            upstream.status("/g/b/" + i + "/b.jar", 500);
            assertThat(gateway.get("/maven/g/b/" + i + "/b.jar").status()).isEqualTo(502);
        }
        int asked = upstream.requests().size();

        JsonNode told = foretold(JAR, "refuse");

        assertThat(told.path("upstreams").path(0).path("breaker").asString()).isEqualTo("open");
        assertThat(told.path("why").asString()).contains("failed too often");
        foretold("/maven/g/held/1/held-1.jar", "hit");
        assertThat(upstream.requests()).hasSize(asked);
        clock.advance(Duration.ofSeconds(11));
        assertThat(explain(JAR).path("decision").asString()).isEqualTo("fetch");
        assertThat(explain(JAR).path("upstreams").path(0).path("breaker").asString())
                .isEqualTo("half_open");
    }

    @Test
    void a_mirror_stands_in() throws Exception {
        upstream.status("/g/a/1/a-1.jar", 429).header("Retry-After", "30");
        mirror.serve("/g/a/1/a-1.jar", "bytes");
        assertThat(explain("/two/g/a/1/a-1.jar").path("decision").asString()).isEqualTo("fetch");
        assertThat(gateway.get("/two/g/a/1/a-1.jar").text()).isEqualTo("bytes");

        JsonNode told = foretold("/two/g/a/1/a-1.jar", "hit");

        assertThat(told.path("upstreams").path(0).path("decision").asString()).isEqualTo("refuse");
        assertThat(told.path("upstreams").path(1).path("decision").asString()).isEqualTo("hit");
    }

    @Test
    void no_upstream_has_a_say() throws Exception {
        foretold("/maven/", "refuse");
        assertThat(explain("/two/g/a/maven-metadata.xml").path("decision").asString())
                .isEqualTo("merge");
        foretold("/gradle/94a1f4e87cd045323fab26d62e7ef883", "refuse");
        assertThat(gateway.get("/explain").status()).isEqualTo(400);
        assertThat(gateway.get("/explain?path=/maven/../etc/passwd").status()).isEqualTo(400);
        assertThat(gateway.get("/explain?path=/nowhere").status()).isEqualTo(404);
    }

    @Test
    void a_terminal_asks() throws Exception {
        upstream.serve("/g/a/1/a-1.jar", "bytes");
        assertThat(gateway.get(JAR).status()).isEqualTo(200);

        PipelineAnswer asked = gateway.get("/explain?path=" + JAR, "Accept: text/plain");
        PipelineAnswer named = gateway.get("/explain?format=text&path=" + JAR);

        assertThat(asked.header("content-type")).startsWith("text/plain");
        assertThat(asked.text())
                .isEqualTo(named.text())
                .containsPattern("(?m)^decision +hit$")
                .containsPattern("(?m)^upstreams$")
                .containsPattern("(?m)^  name +central$")
                .containsPattern("(?m)^    size +5$")
                .doesNotContain("hidden");
        // A name that would turn the rest of its line round.
        assertThat(gateway.get("/explain?format=text&path=/maven/g/%E2%80%AEa").text())
                .containsPattern("(?m)^path +/maven/g/\\?a$");
    }

    private long statistics(String field) throws IOException {
        return JsonMapper.shared()
                .readTree(gateway.get("/stats").text())
                .path(field)
                .asLong();
    }
}
