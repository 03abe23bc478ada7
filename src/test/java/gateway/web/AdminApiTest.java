package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.TestGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Administration over HTTP: statuses, bodies, and what is kept where. */
class AdminApiTest {
    private static final String ADMIN = "the administrator's own token";
    private static final String SETTINGS = """
            admin: { token: "the administrator's own token" }
            secrets: { key: "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=" }
            network: { allow_private_upstreams: [10.1.0.0/16] }
            """;

    @TempDir
    Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private TestGateway gateway;

    @BeforeEach
    void start() {
        gateway = new TestGateway(folder);
        gateway.start(SETTINGS);
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        gateway.close();
    }

    /** An answer with its JSON, if it has any. */
    private record Answer(int status, JsonNode json, HttpResponse<String> response) {}

    @Test
    void a_project_lives_from_its_creation_to_its_deletion_and_over_a_restart() {
        Answer made = admin("POST", "/projects", """
                {"path": "acme/App", "visibility": "internal"}""");
        assertThat(made.status()).isEqualTo(201);
        long id = made.json().path("id").asLong();

        gateway.start(SETTINGS);

        assertThat(admin("GET", "/projects/acme%2Fapp", null).json()).isEqualTo(made.json());
        assertThat(admin("GET", "/projects", null).json()).hasSize(1);
        Answer changed = admin("PUT", "/projects/" + id, """
                {"visibility": "public", "packages": false}""");
        assertThat(changed.json().path("visibility").asString("")).isEqualTo("public");
        assertThat(changed.json().path("packages").asBoolean(true)).isFalse();
        assertThat(changed.json().path("path").asString("")).isEqualTo("acme/App");
        assertThat(admin("DELETE", "/projects/" + id, null).status()).isEqualTo(204);
        assertThat(admin("GET", "/projects/" + id, null).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | /projects                                  | {}                                             | 400",
                "POST | /projects                                  | {\"path\": \"app\"}                            | 400",
                "POST | /projects                                  | {\"path\": \"acme/app\"}                       | 409",
                "POST | /projects                                  | {\"path\": \"acme/x\", \"colour\": \"red\"}    | 400",
                "POST | /projects                                  | [                                              | 400",
                "PUT  | /projects/acme%2Fapp                       | {\"visibility\": \"secret\"}                   | 400",
                "PUT  | /projects/acme%2Fapp                       | {\"visibility\": 7}                            | 400",
                "GET  | /projects/acme%2Fother                     |                                                | 404",
                "PUT  | /projects/acme%2Fapp/members/dana          | {\"role\": \"king\"}                           | 400",
                "PUT  | /projects/acme%2Fapp/members/da%2Fna       | {\"role\": \"guest\"}                          | 400",
                "DELETE | /projects/acme%2Fapp/members/nobody      |                                                | 404",
                "POST | /projects/acme%2Fapp/deploy_tokens         | {\"username\": \"ci\"}                         | 400",
                "POST | /projects/acme%2Fapp/deploy_tokens         | {\"username\": \"ci\", \"scopes\": [\"api\"]}  | 400",
                "POST | /projects/acme%2Fapp/deploy_tokens         | {\"username\": \"c:i\", \"scopes\": [\"read_package_registry\"]} | 400",
                "POST | /users/dana/personal_access_tokens         | {\"name\": \"x\", \"scopes\": [\"read_package_registry\"]}       | 400",
                "POST | /users/dana/personal_access_tokens         | {\"name\": \"x\", \"scopes\": [\"api\"], \"expires_at\": \"soon\"} | 400",
                "POST | /groups/acme%2F..%2Fx/deploy_tokens        | {\"username\": \"ci\", \"scopes\": [\"read_package_registry\"]} | 400",
                "DELETE | /projects/acme%2Fapp/deploy_tokens/99    |                                                | 404",
                "DELETE | /projects/acme%2Fapp/deploy_tokens/x     |                                                | 404",
            })
    void what_cannot_be_done_says_why(String method, String path, @Nullable String body, int status) {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");

        Answer answer = admin(method, path, body);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().has("message")).isTrue();
    }

    @Test
    void a_body_that_is_too_long_is_refused() {
        assertThat(admin("POST", "/projects", "{\"path\": \"" + "a".repeat(1_000_000) + "\"}")
                        .status())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /projects",
                "POST /projects",
                "GET /projects/1",
                "GET /projects/99",
                "GET /audit_events",
                "POST /users/dana/personal_access_tokens",
                "GET /projects/1/dependency_proxy/packages/settings"
            })
    void nobody_and_wrong_tokens_are_asked_for_credentials(String line) {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        String[] parts = line.split(" ");

        for (String[] headers : new String[][] {{}, {"Private-Token", "guessed"}, {"Authorization", "Basic x"}}) {
            Answer answer = send(parts[0], parts[1], null, headers);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.json().path("message").asString("")).isEqualTo("401 Unauthorized");
            assertThat(answer.response()
                            .headers()
                            .firstValue("WWW-Authenticate")
                            .orElse(""))
                    .startsWith("Basic realm=");
        }
    }

    @Test
    void members_may_what_their_role_says() {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        String maintainer = member("mia", "maintainer", "api");
        String developer = member("dana", "developer", "api");
        String stranger = token("/users/sam/personal_access_tokens", "{\"name\": \"x\", \"scopes\": [\"api\"]}");
        String reader = token("/users/mia/personal_access_tokens", "{\"name\": \"x\", \"scopes\": [\"read_api\"]}");
        String proxy = "/projects/acme%2Fapp/dependency_proxy/packages/settings";
        String body = "{\"enabled\": true, \"maven_external_registry_url\": \"http://upstream.test/m2\"}";

        assertThat(as(maintainer, "PUT", proxy, body)).isEqualTo(200);
        assertThat(as(maintainer, "PUT", "/projects/1/members/new", "{\"role\": \"developer\"}"))
                .isEqualTo(200);
        assertThat(as(maintainer, "PUT", "/projects/1/members/new", "{\"role\": \"owner\"}"))
                .isEqualTo(400);
        assertThat(as(maintainer, "PUT", "/projects/1", "{\"entitled\": true}")).isEqualTo(400);
        assertThat(as(maintainer, "DELETE", "/projects/1", null)).isEqualTo(403);
        assertThat(as(maintainer, "GET", "/projects", null)).isEqualTo(403);
        assertThat(as(reader, "PUT", proxy, body)).isEqualTo(403);
        assertThat(as(developer, "PUT", proxy, body)).isEqualTo(403);
        assertThat(as(developer, "GET", proxy, null)).isEqualTo(403);
        assertThat(as(developer, "GET", "/projects/acme%2Fapp", null)).isEqualTo(200);
        assertThat(as(stranger, "GET", "/projects/acme%2Fapp", null)).isEqualTo(404);
        assertThat(as(stranger, "PUT", proxy, body)).isEqualTo(404);
    }

    @Test
    void a_maintainer_cannot_remove_or_lower_an_owner() {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        String maintainer = member("mia", "maintainer", "api");
        member("olga", "owner", "api");

        assertThat(as(maintainer, "DELETE", "/projects/1/members/olga", null)).isEqualTo(400);
        assertThat(as(maintainer, "PUT", "/projects/1/members/olga", "{\"role\": \"guest\"}"))
                .isEqualTo(400);

        assertThat(admin("GET", "/projects/1/members", null).json().toString())
                .isEqualTo("[{\"user\":\"mia\",\"role\":\"maintainer\"},{\"user\":\"olga\",\"role\":\"owner\"}]");
    }

    @Test
    void a_token_is_shown_once_and_ends_when_it_is_revoked() {
        admin("POST", "/projects", "{\"path\": \"acme/app\", \"visibility\": \"private\"}");
        Answer made = admin("POST", "/projects/1/deploy_tokens", """
                {"username": "ci", "scopes": ["read_package_registry"], "expires_at": "2026-03-02"}""");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().path("expires_at").asString("")).isEqualTo("2026-03-02T00:00:00Z");
        String token = made.json().path("token").asString("");
        assertThat(token).startsWith("gwd-").hasSizeGreaterThan(30);

        Answer listed = admin("GET", "/projects/1/deploy_tokens", null);
        assertThat(listed.response().body()).contains("\"username\":\"ci\"").doesNotContain(token);
        assertThat(send("GET", "/projects/1", null, "Deploy-Token", token).status())
                .isEqualTo(200);
        long id = made.json().path("id").asLong();
        assertThat(admin("DELETE", "/projects/1/deploy_tokens/" + id, null).status())
                .isEqualTo(204);
        assertThat(send("GET", "/projects/1", null, "Deploy-Token", token).status())
                .isEqualTo(401);
        assertThat(admin("DELETE", "/projects/1/deploy_tokens/" + id, null).status())
                .isEqualTo(404);
    }

    @Test
    void a_deploy_token_ends_at_midnight_before_its_day() {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        String token = token("/projects/1/deploy_tokens", """
                {"username": "ci", "scopes": ["read_package_registry"], "expires_at": "2026-03-02"}""");
        gateway.clock().advance(Duration.ofHours(12).minusSeconds(1));
        assertThat(send("GET", "/projects/1", null, "Deploy-Token", token).status())
                .isEqualTo(200);

        gateway.clock().advance(Duration.ofSeconds(1));

        assertThat(send("GET", "/projects/1", null, "Deploy-Token", token).status())
                .isEqualTo(401);
    }

    @Test
    void a_group_token_sees_the_projects_of_its_group() {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        admin("POST", "/projects", "{\"path\": \"acmes/app\"}");
        String token = token("/groups/acme/deploy_tokens", """
                {"username": "all", "scopes": ["read_package_registry"]}""");

        assertThat(send("GET", "/projects/acme%2Fapp", null, "Deploy-Token", token)
                        .status())
                .isEqualTo(200);
        assertThat(send("GET", "/projects/acmes%2Fapp", null, "Deploy-Token", token)
                        .status())
                .isEqualTo(404);
        assertThat(admin("GET", "/groups/acme/deploy_tokens", null).json()).hasSize(1);
    }

    @Test
    void a_job_is_over_when_it_is_finished_or_forgotten() {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        member("dana", "developer", "api");
        Answer job = admin("POST", "/projects/1/job_tokens", "{\"user\": \"dana\"}");
        String other = token("/projects/1/job_tokens", "{\"user\": \"dana\"}");
        String token = job.json().path("token").asString("");
        assertThat(send("GET", "/projects/1", null, "Job-Token", token).status())
                .isEqualTo(200);

        assertThat(admin(
                                "DELETE",
                                "/projects/1/job_tokens/"
                                        + job.json().path("id").asLong(),
                                null)
                        .status())
                .isEqualTo(204);

        assertThat(send("GET", "/projects/1", null, "Job-Token", token).status())
                .isEqualTo(401);
        assertThat(send("GET", "/projects/1", null, "Job-Token", other).status())
                .isEqualTo(200);
        gateway.clock().advance(Duration.ofDays(1));
        assertThat(send("GET", "/projects/1", null, "Job-Token", other).status())
                .isEqualTo(401);
    }

    @Test
    void a_password_goes_in_and_never_out() throws IOException {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        String path = "/projects/1/dependency_proxy/packages/settings";
        Answer saved = admin("PUT", path, """
                {"enabled": true, "maven_external_registry_url": "https://upstream.test/m2/",
                 "maven_external_registry_username": "robot", "maven_external_registry_password": "zwölf Boxkämpfer"}""");
        assertThat(saved.status()).isEqualTo(200);

        Answer half = admin("PUT", path, "{\"maven_external_registry_username\": \"other\"}");
        Answer otherHalf = admin("PUT", path, "{\"maven_external_registry_password\": \"other\"}");
        Answer read = admin("GET", path, null);

        assertThat(half.status()).isEqualTo(400);
        assertThat(otherHalf.status()).isEqualTo(400);
        assertThat(read.json()).isEqualTo(saved.json());
        assertThat(read.json().path("maven_external_registry_url").asString("")).isEqualTo("https://upstream.test/m2");
        assertThat(read.json().path("maven_external_registry_username").asString(""))
                .isEqualTo("robot");
        assertThat(read.response().body()).doesNotContain("Boxk", "password");
        gateway.stop();
        assertThat(databases()).contains("upstream.test").doesNotContain("Boxk", "robot");
    }

    @Test
    void another_url_alone_takes_the_credentials_away() {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        String path = "/projects/1/dependency_proxy/packages/settings";
        admin("PUT", path, """
                {"enabled": true, "npm_external_registry_url": "https://upstream.test/npm",
                 "npm_external_registry_username": "robot", "npm_external_registry_password": "secret"}""");

        Answer moved = admin("PATCH", path, "{\"npm_external_registry_url\": \"https://other.test/npm\"}");

        assertThat(moved.json().path("npm_external_registry_url").asString("")).isEqualTo("https://other.test/npm");
        assertThat(moved.json().path("npm_external_registry_username").isNull()).isTrue();
        assertThat(moved.json().path("enabled").asBoolean(false)).isTrue();
    }

    @Test
    void several_remotes_are_set_in_their_order_and_keep_what_is_not_said() {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        String path = "/projects/1/dependency_proxy/packages/settings";
        Answer set = admin("PUT", path, """
                {"npm_external_registries": [
                  {"url": "https://own.test/npm", "username": "robot", "password": "secret", "allow": ["@acme/*"]},
                  {"url": "https://upstream.test/npm/"}]}""");
        assertThat(set.status()).isEqualTo(200);
        assertThat(set.json().path("npm_external_registry_url").isNull()).isTrue();
        assertThat(set.response().body()).doesNotContain("secret");
        assertThat(set.json().path("npm_external_registries").toString())
                .isEqualTo(
                        "[{\"url\":\"https://own.test/npm\",\"username\":\"robot\",\"allow\":[\"@acme/*\"],\"deny\":null},"
                                + "{\"url\":\"https://upstream.test/npm\",\"username\":null,\"allow\":null,\"deny\":null}]");

        Answer turned = admin("PATCH", path, """
                {"npm_external_registries": [{"url": "https://upstream.test/npm"}, {"url": "https://own.test/npm"}]}""");
        assertThat(turned.json().path("npm_external_registries").path(1))
                .isEqualTo(set.json().path("npm_external_registries").path(0));

        Answer unclear = admin("PATCH", path, "{\"npm_external_registry_deny\": [\"@acme/*\"]}");
        assertThat(unclear.status()).isEqualTo(400);
        assertThat(unclear.response().body()).contains("has 2 remote registries here");
        assertThat(admin("GET", path, null).json()).isEqualTo(turned.json());

        Answer one = admin("PATCH", path, """
                {"npm_external_registries": null, "npm_external_registry_url": "https://own.test/npm"}""");
        assertThat(one.json().path("npm_external_registries").isNull()).isTrue();
        assertThat(one.json().path("npm_external_registry_username").asString(""))
                .isEqualTo("robot");
        admin("PATCH", path, "{\"npm_external_registries\": []}");
        assertThat(admin("GET", path, null)
                        .json()
                        .path("npm_external_registry_url")
                        .isNull())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"npm_external_registries": {}}                                                | "npm_external_registries":["must be a list of JSON objects
            {"npm_external_registries": ["https://a.test"]}                                | "npm_external_registries":["must be a list of JSON objects
            {"npm_external_registries": [{}]}                                              | npm_external_registries[0].url":["is missing
            {"npm_external_registries": [{"url": "https://a.test"}, {"uri": "x"}]}         | npm_external_registries[1].uri":["is not known here
            {"npm_external_registries": [{"url": "https://a.test"}, {"url": "ftp://b.test"}]} | npm_external_registries[1].url
            {"npm_external_registries": [{"url": "http://127.0.0.1:1/x"}]}                 | npm_external_registries[0].url":["leads to a private address
            {"npm_external_registries": [{"url": "https://a.test"}, {"url": "https://a.test/"}]} | "npm":["has the same URL twice
            {"npm_external_registries": [{"url": "https://a.test", "username": "u"}]}      | "password":["is missing
            {"npm_external_registries": [{"url": "https://a.test"}], "npm_external_registry_url": "https://a.test"} | comes with fields of npm_external_registry
            """)
    void lists_of_remotes_that_are_none_are_refused_and_nothing_is_saved(String body, String why) {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        String path = "/projects/1/dependency_proxy/packages/settings";
        admin("PUT", path, "{\"npm_external_registry_url\": \"https://before.test\"}");

        Answer refused = admin("PUT", path, body);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.response().body()).contains(why);
        assertThat(admin("GET", path, null)
                        .json()
                        .path("npm_external_registry_url")
                        .asString(""))
                .isEqualTo("https://before.test");
    }

    @Test
    void rules_of_a_remote_are_set_kept_and_taken_away() {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        String path = "/projects/1/dependency_proxy/packages/settings";
        Answer set = admin("PUT", path, """
                {"npm_external_registry_url": "https://upstream.test/npm",
                 "npm_external_registry_allow": ["@acme/*", "left-pad"], "npm_external_registry_deny": ["@acme/old"]}""");
        assertThat(set.json().path("npm_external_registry_allow").toString()).isEqualTo("[\"@acme/*\",\"left-pad\"]");
        assertThat(set.json().path("npm_external_registry_deny").toString()).isEqualTo("[\"@acme/old\"]");

        Answer moved = admin("PATCH", path, """
                {"npm_external_registry_url": "https://other.test/npm", "npm_external_registry_allow": null}""");

        assertThat(moved.json().path("npm_external_registry_allow").isNull()).isTrue();
        assertThat(moved.json().path("npm_external_registry_deny").toString()).isEqualTo("[\"@acme/old\"]");
        assertThat(admin("GET", path, null).json()).isEqualTo(moved.json());
        assertThat(admin("GET", "/audit_events", null).response().body())
                .contains("\"event\":\"change proxy settings\",\"project\":\"acme/app\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "\"@acme/*\"", "[1]", "[\"\"]", "[\"a b\"]", "[\"%2e\"]"})
    void rules_that_are_none_are_refused_and_nothing_is_saved(String rules) {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        String path = "/projects/1/dependency_proxy/packages/settings";

        Answer answer = admin(
                "PUT",
                path,
                "{\"npm_external_registry_url\": \"https://upstream.test/npm\", \"npm_external_registry_allow\": "
                        + rules + "}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("message").toString()).contains("allow\":");
        assertThat(admin("GET", path, null)
                        .json()
                        .path("npm_external_registry_url")
                        .isNull())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/m2",
                "http://127.1/m2",
                "http://0x7f.1/m2",
                "http://2130706433/",
                "http://169.254.169.254/",
                "http://[::1]/m2",
                "http://[::ffff:10.0.0.1]/",
                "http://10.2.0.1/",
                "http://192.168.1.1/",
                "http://localhost/m2",
                "http://registry.localhost:8081/",
                "file:///etc/passwd",
                "ftp://upstream.test/",
                "upstream.test/m2",
                "http://user:password@upstream.test/m2",
                "http://upstream.test/m2?token=1",
                "http:///m2"
            })
    void a_url_that_leads_nowhere_good_is_refused_and_nothing_is_saved(String url) {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        String path = "/projects/1/dependency_proxy/packages/settings";

        Answer answer = admin("PUT", path, "{\"enabled\": true, \"maven_external_registry_url\": \"" + url + "\"}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("message").has("maven_external_registry_url"))
                .isTrue();
        JsonNode settings = admin("GET", path, null).json();
        assertThat(settings.path("enabled").asBoolean(true)).isFalse();
        assertThat(settings.path("maven_external_registry_url").isNull()).isTrue();
    }

    @Test
    void a_private_network_that_the_operator_allows_is_accepted() {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");

        assertThat(admin(
                                "PUT",
                                "/projects/1/dependency_proxy/packages/settings",
                                "{\"maven_external_registry_url\": \"http://10.1.2.3/m2\"}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void who_did_what_and_who_was_refused_is_remembered() {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        String developer = member("dana", "developer", "api");
        as(developer, "DELETE", "/projects/acme%2Fapp", null);
        send("GET", "/projects/acme%2Fapp", null);

        String events = admin("GET", "/audit_events", null).response().body();

        assertThat(events)
                .contains("\"author\":\"administrator\",\"event\":\"create project\"")
                .contains("\"event\":\"set member dana\",\"project\":\"acme/app\"")
                .contains("\"author\":\"user dana\",\"event\":\"delete project\",\"project\":\"acme/app\"")
                .contains("\"event\":\"create personal token dana\",\"project\":\"\"")
                .contains("\"author\":\"anonymous\",\"event\":\"show project\"")
                .contains("\"ip_address\":\"127.0.0.1\"")
                .doesNotContain(developer);
    }

    @Test
    void without_an_administrator_there_is_nothing_to_administer_and_no_database() throws IOException {
        gateway.stop();
        try (Stream<Path> files = Files.list(folder.resolve("database"))) {
            for (Path file :
                    files.filter(it -> it.toString().contains("projects")).toList()) {
                Files.delete(file);
            }
        }

        gateway.start("listen: 127.0.0.1:0");

        assertThat(admin("GET", "/projects", null).status()).isEqualTo(404);
        assertThat(Files.exists(folder.resolve("database/projects.db.mv.db"))).isFalse();
    }

    @Test
    void with_a_broken_database_the_gateway_runs_and_says_why_projects_do_not() throws IOException {
        admin("POST", "/projects", "{\"path\": \"acme/app\"}");
        gateway.stop();
        Path file = folder.resolve("database/projects.db.mv.db");
        byte[] zeros = new byte[(int) Files.size(file)];
        Files.write(file, zeros);

        gateway.start(SETTINGS);

        assertThat(admin("GET", "/projects/1", null).status()).isEqualTo(503);
        assertThat(admin("POST", "/projects", "{\"path\": \"acme/new\"}").status())
                .isEqualTo(503);
        var health = gateway.get("/health");
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(new String(health.body(), StandardCharsets.UTF_8)).contains("projects database");
        assertThat(gateway.get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(Files.readAllBytes(file)).isEqualTo(zeros);
    }

    private String member(String user, String role, String scope) {
        admin("PUT", "/projects/1/members/" + user, "{\"role\": \"" + role + "\"}");
        return token(
                "/users/" + user + "/personal_access_tokens",
                "{\"name\": \"laptop\", \"scopes\": [\"" + scope + "\"]}");
    }

    private String token(String path, String body) {
        return admin("POST", path, body).json().path("token").asString("");
    }

    private Answer admin(String method, String path, @Nullable String body) {
        return send(method, path, body, "Private-Token", ADMIN);
    }

    private int as(String token, String method, String path, @Nullable String body) {
        return send(method, path, body, "Authorization", "Bearer " + token).status();
    }

    private Answer send(String method, String path, @Nullable String body, String... headers) {
        var request = HttpRequest.newBuilder(gateway.address().resolve("/api/v4" + path))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            boolean json = response.headers()
                    .firstValue("Content-Type")
                    .filter(type -> type.startsWith("application/json"))
                    .isPresent();
            return new Answer(
                    response.statusCode(),
                    json
                            ? JsonMapper.shared().readTree(response.body())
                            : JsonMapper.shared().createObjectNode(),
                    response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String databases() throws IOException {
        return new String(
                Files.readAllBytes(folder.resolve("database/projects.db.mv.db")), StandardCharsets.ISO_8859_1);
    }
}
