package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.project.Caller;
import gateway.project.Project;
import gateway.project.Role;
import gateway.project.Scope;
import gateway.project.Visibility;
import gateway.support.FakeProjects;
import gateway.support.StoreFiles;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is published is listed, shown and deleted. */
class PackagesApiTest {

    private static final String ROOT = "/api/v4/projects/42/packages";
    private static final String TOKEN = "Private-Token";
    private static final byte[] BYTES = "something".getBytes(StandardCharsets.UTF_8);

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path folder;

    private final FakeProjects projects = new FakeProjects()
            .add(project(42, "acme/app", Visibility.PRIVATE))
            .add(project(43, "acme/sub/lib", Visibility.PUBLIC))
            .add(project(44, "other/app", Visibility.PUBLIC))
            .token("developer", member(Role.DEVELOPER))
            .token("maintainer", member(Role.MAINTAINER))
            .token("reporter", member(Role.REPORTER))
            .token("guest", member(Role.GUEST))
            .token("stranger", new Caller.User("sam", Map.of(), true))
            .token("deploy", new Caller.Deploy("ci", new Caller.Opens.One(42), Set.of(Scope.WRITE_PACKAGE_REGISTRY)));

    @SuppressWarnings("NullAway.Init") // before each test
    private RegistryServer server;

    @BeforeEach
    void start() {
        server = new RegistryServer(folder, projects).start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static Project project(long id, String path, Visibility visibility) {
        return new Project(id, path, visibility, Project.Switches.ALL, Project.Proxy.OFF, null);
    }

    private static Caller member(Role role) {
        return new Caller.User("dana", Map.of(42L, role, 43L, role), true);
    }

    private void publish(String path) {
        publish(42, path);
    }

    private void publish(long project, String path) {
        server.clock().advance(Duration.ofSeconds(1));
        HttpResponse<byte[]> stored =
                server.put("/api/v4/projects/" + project + "/packages/" + path, BYTES, TOKEN, "developer");
        assertThat(stored.statusCode()).isLessThan(300);
    }

    private void publishThree() {
        publish("maven/com/acme/beta/1.0/beta-1.0.jar");
        publish("maven/com/acme/beta/1.0/beta-1.0.pom");
        publish("maven/com/acme/beta/maven-metadata.xml");
        publish("maven/com/acme/alpha/2.0/alpha-2.0.jar");
        publish("generic/tool/3.0/tool.bin");
    }

    private HttpResponse<byte[]> get(String path) {
        return server.get(path, TOKEN, "reporter");
    }

    private static JsonNode json(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).as(ProjectServer.text(answer)).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        return JsonMapper.shared().readTree(answer.body());
    }

    private List<String> names(String query) {
        return json(get(ROOT + query))
                .valueStream()
                .map(row -> row.path("name").asString())
                .toList();
    }

    private HttpResponse<byte[]> delete(String path, String token) {
        return server.server().send("DELETE", path, BodyPublishers.noBody(), TOKEN, token);
    }

    private static String header(HttpResponse<byte[]> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @Test
    @DisplayName("cases 1 and 39: a list, a package, its files with their digests")
    void shown() {
        publishThree();
        publish("maven/com/acme/beta/1.1/beta-1.1.jar");

        JsonNode rows = json(get(ROOT));
        assertThat(rows.size()).isEqualTo(4);
        JsonNode beta = rows.get(0);
        assertThat(beta.path("name").asString()).isEqualTo("com/acme/beta");
        assertThat(beta.path("version").asString()).isEqualTo("1.0");
        assertThat(beta.path("package_type").asString()).isEqualTo("maven");
        assertThat(beta.path("status").asString()).isEqualTo("default");
        assertThat(beta.path("created_at").asString()).isEqualTo("2026-03-01T12:00:01Z");
        assertThat(beta.path("last_downloaded_at").isNull()).isTrue();
        assertThat(beta.path("tags").isArray()).isTrue();
        long id = beta.path("id").asLong();
        assertThat(beta.path("_links").path("delete_api_path").asString())
                .isEqualTo(ProjectServer.BASE + ROOT + "/" + id);
        assertThat(beta.path("_links").path("web_path").asString()).isEqualTo("/acme/app/-/packages/" + id);

        JsonNode shown = json(get(ROOT + "/" + id));
        assertThat(shown.path("name").asString()).isEqualTo("com/acme/beta");
        assertThat(shown.path("versions").size()).isEqualTo(1);
        assertThat(shown.path("versions").get(0).path("version").asString()).isEqualTo("1.1");

        JsonNode files = json(get(ROOT + "/" + id + "/package_files"));
        assertThat(files.size()).isEqualTo(2);
        JsonNode jar = files.get(0);
        assertThat(jar.path("file_name").asString()).isEqualTo("beta-1.0.jar");
        assertThat(jar.path("package_id").asLong()).isEqualTo(id);
        assertThat(jar.path("size").asLong()).isEqualTo(BYTES.length);
        assertThat(jar.path("file_sha1").asString()).isEqualTo(StoreFiles.hex("SHA-1", BYTES));
        assertThat(jar.path("file_sha256").asString()).isEqualTo(StoreFiles.hex("SHA-256", BYTES));
        assertThat(jar.path("file_md5").asString()).isEqualTo(StoreFiles.hex("MD5", BYTES));
    }

    @ParameterizedTest
    @DisplayName("case 39: filters and orders")
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | com/acme/beta com/acme/alpha tool",
                "?sort=desc | tool com/acme/alpha com/acme/beta",
                "?order_by=name | com/acme/alpha com/acme/beta tool",
                "?order_by=version&sort=desc | tool com/acme/alpha com/acme/beta",
                "?order_by=type | tool com/acme/beta com/acme/alpha",
                "?package_type=generic | tool",
                "?package_name=LPH | com/acme/alpha",
                "?package_version=1.0 | com/acme/beta",
                "?include_versionless=true | com/acme/beta com/acme/beta com/acme/alpha tool",
                "?status=hidden | ''",
                "?package_name=%25 | ''",
                "?page=2&per_page=2 | tool",
                "?page=9 | ''",
            })
    void filtered(String query, String expected) {
        publishThree();
        assertThat(String.join(" ", names(query))).isEqualTo(expected);
    }

    @Test
    @DisplayName("case 39: headers lead from page to page")
    void pages() {
        publishThree();
        HttpResponse<byte[]> answer = get(ROOT + "?per_page=1&page=2&order_by=name");

        json(answer);
        assertThat(header(answer, "X-Total")).isEqualTo("3");
        assertThat(header(answer, "X-Total-Pages")).isEqualTo("3");
        assertThat(header(answer, "X-Page")).isEqualTo("2");
        assertThat(header(answer, "X-Per-Page")).isEqualTo("1");
        assertThat(header(answer, "X-Next-Page")).isEqualTo("3");
        assertThat(header(answer, "X-Prev-Page")).isEqualTo("1");
        String url = "<" + ProjectServer.BASE + ROOT + "?per_page=1&page=";
        assertThat(header(answer, "Link"))
                .isEqualTo(url + "1&order_by=name>; rel=\"prev\", " + url + "3&order_by=name>; rel=\"next\", " + url
                        + "1&order_by=name>; rel=\"first\", " + url + "3&order_by=name>; rel=\"last\"");
        assertThat(header(get(ROOT + "?per_page=500"), "X-Per-Page")).isEqualTo("100");
        assertThat(header(get(ROOT), "X-Next-Page")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "page=0",
                "page=x",
                "per_page=-1",
                "order_by=size",
                "order_by=project_path",
                "sort=up",
                "package_type=floppy",
                "status=gone",
                "include_versionless=maybe"
            })
    void a_question_that_is_none(String query) {
        HttpResponse<byte[]> answer = get(ROOT + "?" + query);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(ProjectServer.text(answer))
                .startsWith("{\"error\":\"" + query.substring(0, query.indexOf('=')) + " ");
    }

    @Test
    @DisplayName("case 39: a maintainer deletes a package, a developer does not")
    void deleted() {
        publishThree();
        JsonNode beta = json(get(ROOT)).get(0);
        String path = ROOT + "/" + beta.path("id").asLong();

        assertThat(delete(path, "developer").statusCode()).isEqualTo(403);
        assertThat(delete(path, "deploy").statusCode()).isEqualTo(401);
        assertThat(delete(path, "stranger").statusCode()).isEqualTo(404);
        assertThat(delete(path, "wrong").statusCode()).isEqualTo(401);
        assertThat(names("")).contains("com/acme/beta");
        assertThat(delete(path, "maintainer").statusCode()).isEqualTo(204);

        assertThat(names("")).containsExactly("com/acme/alpha", "tool");
        assertThat(get(ROOT + "/maven/com/acme/beta/1.0/beta-1.0.jar").statusCode())
                .isEqualTo(404);
        assertThat(get(ROOT + "/maven/com/acme/alpha/2.0/alpha-2.0.jar").statusCode())
                .isEqualTo(200);
        assertThat(delete(path, "maintainer").statusCode()).isEqualTo(404);
        publish("maven/com/acme/beta/1.0/beta-1.0.jar");
        assertThat(get(ROOT + "/maven/com/acme/beta/1.0/beta-1.0.jar").statusCode())
                .isEqualTo(200);
    }

    @Test
    void the_bytes_go_with_the_last_file_that_has_them() {
        publish("generic/tool/1/a.bin");
        publish("generic/tool/2/b.bin");
        for (JsonNode row : json(get(ROOT))) {
            assertThat(server.files().holds(BYTES)).isTrue();
            delete(ROOT + "/" + row.path("id").asLong(), "maintainer");
        }
        assertThat(server.files().all()).isEmpty();
    }

    @Test
    @DisplayName("case 39: a single file is deleted, and its package stays")
    void deletedFile() {
        publishThree();
        String path = ROOT + "/" + json(get(ROOT)).get(0).path("id").asLong() + "/package_files";
        JsonNode jar = json(get(path)).get(0);
        String file = path + "/" + jar.path("id").asLong();

        assertThat(delete(file, "developer").statusCode()).isEqualTo(403);
        assertThat(delete(file, "maintainer").statusCode()).isEqualTo(204);
        assertThat(delete(file, "maintainer").statusCode()).isEqualTo(404);
        assertThat(json(get(path)).size()).isEqualTo(1);
        assertThat(get(ROOT + "/maven/com/acme/beta/1.0/beta-1.0.jar").statusCode())
                .isEqualTo(404);
        delete(path + "/" + json(get(path)).get(0).path("id").asLong(), "maintainer");
        assertThat(names("")).contains("com/acme/beta");
    }

    @Test
    void what_is_published_hidden_is_listed_only_for_those_who_ask_for_it() {
        publish("generic/tool/1/a.bin?status=hidden");
        publish("generic/other/1/a.bin");

        assertThat(names("")).containsExactly("other");
        assertThat(names("?status=hidden")).containsExactly("tool");
        assertThat(get(ROOT + "/generic/tool/1/a.bin").statusCode()).isEqualTo(200);
        publish("generic/tool/1/a.bin?status=default");
        assertThat(names("")).containsExactly("tool", "other");
        assertThat(server.put(ROOT + "/generic/tool/1/a.bin?status=lost", BYTES, TOKEN, "developer")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void a_download_is_noted() {
        publish("generic/tool/1/a.bin");
        server.clock().advance(Duration.ofHours(1));
        get(ROOT + "/generic/tool/1/a.bin");
        server.packages().flush().block(Duration.ofSeconds(60));

        assertThat(json(get(ROOT)).get(0).path("last_downloaded_at").asString()).isEqualTo("2026-03-01T13:00:01Z");
    }

    @ParameterizedTest
    @DisplayName("case 15: who may list")
    @CsvSource({
        "42, -, 401",
        "42, wrong, 401",
        "42, stranger, 404",
        "42, guest, 401",
        "42, deploy, 401",
        "42, reporter, 200",
        "43, -, 200",
        "43, wrong, 401",
        "43, stranger, 200",
        "99, -, 401",
        "99, reporter, 404"
    })
    void permissions(long project, String token, int status) {
        String path = "/api/v4/projects/" + project + "/packages";
        HttpResponse<byte[]> answer = token.equals("-") ? server.get(path) : server.get(path, TOKEN, token);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(header(answer, "WWW-Authenticate").isEmpty()).isEqualTo(status != 401);
    }

    @Test
    void a_group_lists_what_the_caller_may_see_of_it() {
        publish(42, "generic/tool/1/a.bin");
        publish(43, "generic/tool/2/a.bin");
        String path = "/api/v4/groups/acme/packages";

        JsonNode rows = json(get(path + "?order_by=project_path&sort=desc"));
        assertThat(rows.valueStream().map(row -> row.path("project_path").asString()))
                .containsExactly("acme/sub/lib", "acme/app");
        assertThat(rows.get(0).path("project_id").asLong()).isEqualTo(43);
        assertThat(json(get(path + "?exclude_subgroups=true")).size()).isEqualTo(1);
        assertThat(json(get("/api/v4/groups/acme%2Fsub/packages")).size()).isEqualTo(1);
        assertThat(json(server.get(path)).size()).isEqualTo(1);
        assertThat(server.get(path, TOKEN, "wrong").statusCode()).isEqualTo(401);
        assertThat(get("/api/v4/groups/none/packages").statusCode()).isEqualTo(404);
        assertThat(server.get("/api/v4/groups/none/packages").statusCode()).isEqualTo(401);
    }

    @Test
    void a_project_is_named_by_its_path_too() {
        publish("generic/tool/1/a.bin");
        assertThat(json(get("/api/v4/projects/acme%2Fapp/packages")).size()).isEqualTo(1);
        assertThat(get(ROOT + "/x").statusCode()).isEqualTo(404);
        assertThat(get(ROOT + "/99999999999999999999").statusCode()).isEqualTo(404);
    }
}
