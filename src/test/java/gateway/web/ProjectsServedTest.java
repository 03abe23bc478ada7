package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.FakeUpstream;
import gateway.support.TestGateway;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway whose configuration names a project serves all of it. */
class ProjectsServedTest {

    private static final String ROOT = "/api/v4/projects/42/packages";
    private static final String FILE = ROOT + "/generic/tool/1.0/tool.bin";
    private static final String JAR = "/org/example/lib/1.0/lib-1.0.jar";
    private static final String TOKEN = "Private-Token";
    private static final String DEVELOPER = "developer-0123456789";
    private static final String MAINTAINER = "maintainer-0123456789";
    private static final String ADMINISTRATOR = "administrator-0123456789";

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path folder;

    private final FakeUpstream remote = FakeUpstream.start();

    @SuppressWarnings("NullAway.Init") // before each test
    private TestGateway gateway;

    @BeforeEach
    void start() {
        gateway = new TestGateway(folder);
        restart("packages: { duplicates: refuse, max_size: 1MB }");
    }

    @AfterEach
    void stop() {
        gateway.close();
        remote.close();
    }

    private void restart(String more) {
        gateway.start("""
                shutdown: { grace: 1s }
                %s
                admin: { token: %s }
                projects:
                  - id: 42
                    path: acme/app
                    visibility: private
                    members:
                      - { user: dana, role: developer, tokens: [ { kind: personal, scopes: [api], value: %s } ] }
                      - { user: mira, role: maintainer, tokens: [ { kind: personal, scopes: [api], value: %s } ] }
                    dependency_proxy: { enabled: true, maven: { url: "%s/m2" } }
                """.formatted(more, ADMINISTRATOR, DEVELOPER, MAINTAINER, remote.url()));
    }

    private HttpResponse<byte[]> send(String method, String path, String token) {
        return gateway.send(method, path, TOKEN, token);
    }

    private JsonNode json(String path, String token) {
        HttpResponse<byte[]> answer = send("GET", path, token);
        assertThat(answer.statusCode()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    @Test
    void a_file_is_published_listed_and_deleted() {
        assertThat(gateway.send("PUT", FILE).statusCode()).isEqualTo(401);
        assertThat(send("PUT", FILE, DEVELOPER).statusCode()).isEqualTo(201);
        assertThat(send("PUT", FILE, DEVELOPER).statusCode()).isEqualTo(400);
        restart("");
        assertThat(send("PUT", FILE, DEVELOPER).statusCode()).isEqualTo(201);
        assertThat(new String(send("GET", FILE, DEVELOPER).body(), StandardCharsets.UTF_8))
                .isEqualTo("something");

        JsonNode rows = json(ROOT, DEVELOPER);
        assertThat(rows.size()).isEqualTo(1);
        assertThat(json("/api/v4/groups/acme/packages", DEVELOPER).size()).isEqualTo(1);
        String path = ROOT + "/" + rows.get(0).path("id").asLong();
        assertThat(send("DELETE", path, DEVELOPER).statusCode()).isEqualTo(403);
        assertThat(send("DELETE", path, MAINTAINER).statusCode()).isEqualTo(204);
        assertThat(send("GET", FILE, DEVELOPER).statusCode()).isEqualTo(404);
        assertThat(json(ROOT, DEVELOPER).size()).isZero();
        assertThat(gateway.store().all()).isEmpty();
    }

    @Test
    void what_is_pulled_through_is_in_the_registry_too() {
        remote.serve("/m2" + JAR, "a jar").etag("\"1\"");
        String pulled = "/api/v4/projects/acme%2Fapp/dependency_proxy/packages/maven" + JAR;

        assertThat(send("GET", pulled, DEVELOPER).statusCode()).isEqualTo(200);
        Awaitility.await()
                .until(() -> send("GET", ROOT + "/maven" + JAR, DEVELOPER).statusCode() == 200);
        assertThat(json(ROOT, DEVELOPER).get(0).path("name").asString()).isEqualTo("org/example/lib");

        String path = ROOT + "/" + json(ROOT, DEVELOPER).get(0).path("id").asLong();
        assertThat(send("DELETE", path, MAINTAINER).statusCode()).isEqualTo(204);
        assertThat(send("GET", pulled, DEVELOPER).statusCode()).isEqualTo(200);
        assertThat(remote.requests("/m2" + JAR).stream()
                        .filter(request -> request.method().equals("GET"))
                        .count())
                .isEqualTo(2);
    }

    @Test
    void refusals_and_deletions_are_in_the_audit_log() {
        send("PUT", FILE, DEVELOPER);
        gateway.get(FILE);
        String path = ROOT + "/" + json(ROOT, DEVELOPER).get(0).path("id").asLong();
        send("DELETE", path, MAINTAINER);

        Awaitility.await()
                .untilAsserted(() -> assertThat(new String(
                                send("GET", "/api/v4/audit_events", ADMINISTRATOR)
                                        .body(),
                                StandardCharsets.UTF_8))
                        .contains("delete package")
                        .contains("user mira")
                        .doesNotContain(MAINTAINER));
    }
}
