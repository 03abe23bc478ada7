package gateway.web;

import static gateway.web.ProjectServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.cache.ProjectRequest;
import gateway.cache.ProjectTraffic;
import gateway.cache.Refusals;
import gateway.project.Caller;
import gateway.project.Project;
import gateway.project.Project.Proxy;
import gateway.project.Project.Remote;
import gateway.project.Project.Switches;
import gateway.project.Role;
import gateway.project.Scope;
import gateway.project.Visibility;
import gateway.settings.Features;
import gateway.settings.Rules;
import gateway.support.FakeProjects;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Who gets through the gates of a project, and what the others are told. */
class ProjectPlaneTest {

    private static final String REGISTRY = "/api/v4/projects/42/packages/maven/g/a/1/a-1.jar";
    private static final String PROXY = "/api/v4/projects/42/dependency_proxy/packages/maven/g/a/1/a-1.jar";
    private static final String GO = "/api/v4/projects/42/packages/go/example.test/m/@v/list";

    private final List<ProjectRequest> served = Collections.synchronizedList(new ArrayList<>());
    private final ProjectTraffic traffic = request -> {
        served.add(request);
        return Mono.just(Refusals.json(200, Map.of("served", request.format())));
    };
    private final FakeProjects projects = new FakeProjects()
            .token("guest", member(Role.GUEST))
            .token("reporter", member(Role.REPORTER))
            .token("developer", member(Role.DEVELOPER))
            .token("maintainer", member(Role.MAINTAINER))
            .token("stranger", new Caller.User("sam", Map.of(), true))
            .token("reads", deploy(new Caller.Opens.One(42), Scope.READ_PACKAGE_REGISTRY))
            .token("writes", deploy(new Caller.Opens.One(42), Scope.WRITE_PACKAGE_REGISTRY))
            .token("group", deploy(new Caller.Opens.Group("acme"), Scope.READ_PACKAGE_REGISTRY))
            .token("others", deploy(new Caller.Opens.Group("other"), Scope.READ_PACKAGE_REGISTRY));

    private ProjectServer server = started(Features.ALL);

    @AfterEach
    void stop() {
        server.close();
    }

    private static Caller member(Role role) {
        return new Caller.User("dana", Map.of(42L, role), true);
    }

    private static Caller deploy(Caller.Opens opens, Scope scope) {
        return new Caller.Deploy("ci", opens, Set.of(scope));
    }

    private ProjectServer started(Features features) {
        return ProjectServer.start(
                projects, features, Map.of("maven", traffic, "generic", traffic, "go", traffic), traffic);
    }

    private void project(Visibility visibility) {
        projects.add(project(visibility, Switches.ALL, true));
    }

    private static Project project(Visibility visibility, Switches switches, boolean enabled) {
        Remote remote = new Remote(URI.create("http://upstream.test/m2"), null, false, Rules.NONE);
        return new Project(
                42,
                "acme/app",
                visibility,
                switches,
                new Proxy(enabled, Map.of("maven", List.of(remote))),
                new Project.Git("file:///srv/git/app.git", "example.test/m", null));
    }

    private int status(String path, String token) {
        return token.equals("-")
                ? server.get(path).statusCode()
                : server.get(path, "Private-Token", token).statusCode();
    }

    @ParameterizedTest
    @DisplayName("cases 11 to 15 and 17: who reads the registry, who pulls through the proxy, who publishes")
    @CsvSource({
        "PUBLIC, -, 200, 401, 401",
        "PUBLIC, wrong, 401, 401, 401",
        "PUBLIC, stranger, 200, 200, 403",
        "PUBLIC, guest, 200, 200, 403",
        "PUBLIC, developer, 200, 200, 200",
        "INTERNAL, -, 401, 401, 401",
        "INTERNAL, wrong, 401, 401, 401",
        "INTERNAL, stranger, 200, 200, 403",
        "PRIVATE, -, 401, 401, 401",
        "PRIVATE, wrong, 401, 401, 401",
        "PRIVATE, stranger, 404, 404, 404",
        "PRIVATE, guest, 401, 401, 401",
        "PRIVATE, reporter, 200, 200, 403",
        "PRIVATE, developer, 200, 200, 200",
        "PRIVATE, maintainer, 200, 200, 200",
        "PRIVATE, reads, 200, 200, 403",
        "PRIVATE, writes, 200, 200, 200",
        "PRIVATE, group, 200, 200, 403",
        "PRIVATE, others, 404, 404, 404",
    })
    void permissions(Visibility visibility, String token, int reads, int pulls, int publishes) {
        project(visibility);

        assertThat(status(REGISTRY, token)).isEqualTo(reads);
        assertThat(status(PROXY, token)).isEqualTo(pulls);
        String[] headers = token.equals("-") ? new String[0] : new String[] {"Private-Token", token};
        HttpResponse<byte[]> put = server.put(REGISTRY, new byte[100_000], headers);
        assertThat(put.statusCode()).isEqualTo(publishes);
        int let = (reads == 200 ? 1 : 0) + (pulls == 200 ? 1 : 0) + (publishes == 200 ? 1 : 0);
        assertThat(served).hasSize(let);
    }

    @Test
    void who_is_not_known_is_asked_for_credentials_and_told_nothing_else() {
        project(Visibility.PRIVATE);
        for (String path : List.of(REGISTRY, PROXY, GO, "/api/v4/projects/43/packages/maven/g/a/1/a-1.jar")) {
            HttpResponse<byte[]> answer = server.get(path);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(text(answer)).isEqualTo("{\"message\":\"401 Unauthorized\"}");
            assertThat(answer.headers().firstValue("WWW-Authenticate"))
                    .contains("Basic realm=\"GitLab Packages Registry\"");
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        }
    }

    @Test
    void what_is_not_there_and_what_may_not_be_seen_look_alike() {
        project(Visibility.PRIVATE);
        HttpResponse<byte[]> unseen = server.get(REGISTRY, "Private-Token", "stranger");
        HttpResponse<byte[]> unknown = server.get(REGISTRY.replace("/42/", "/43/"), "Private-Token", "stranger");

        assertThat(unseen.statusCode()).isEqualTo(404);
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(text(unseen)).isEqualTo(text(unknown)).isEqualTo("{\"message\":\"404 Project Not Found\"}");
    }

    @Test
    @DisplayName("case 16: every way to send a credential")
    void forms() {
        project(Visibility.PRIVATE);
        String[][] ways = {
            {"Private-Token", "developer"},
            {"Deploy-Token", "reads"},
            {"Job-Token", "developer"},
            {"Authorization", "Bearer developer"},
            {"Authorization", basic("dana:developer")},
            {"Authorization", basic("ci:reads")},
            {"Authorization", basic("ci:group")},
            {"Authorization", basic("gitlab-ci-token:developer")},
            // The first of several counts.
            {"Private-Token", "developer", "Authorization", basic("dana:wrong")},
        };
        for (String[] headers : ways) {
            assertThat(server.get(PROXY, headers).statusCode()).as(headers[0]).isEqualTo(200);
        }
        for (String bad : List.of("Basic !!!", basic("nocolon"), "Digest x", "Basic ", basic("dana:"))) {
            assertThat(server.get(PROXY, "Authorization", bad).statusCode()).isEqualTo(401);
        }
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("cases 20 and 21: switched off, not set up, not granted")
    void switches() {
        projects.add(project(Visibility.PRIVATE, Switches.ALL, false));
        assertThat(status(PROXY, "developer")).isEqualTo(404);
        assertThat(status(REGISTRY, "developer")).isEqualTo(200);
        project(Visibility.PRIVATE);
        assertThat(status(PROXY.replace("maven", "npm"), "developer")).isEqualTo(404);
        projects.add(project(Visibility.PRIVATE, new Switches(false, true, true), true));
        assertThat(status(PROXY, "developer")).isEqualTo(404);
        assertThat(status(REGISTRY, "developer")).isEqualTo(404);
        projects.add(project(Visibility.PRIVATE, new Switches(true, false, false), true));
        assertThat(status(GO, "developer")).isEqualTo(404);
        HttpResponse<byte[]> ungranted = server.get(PROXY, "Private-Token", "developer");
        assertThat(ungranted.statusCode()).isEqualTo(403);
        assertThat(text(ungranted)).contains("403 Forbidden - the dependency proxy is not granted");

        project(Visibility.PRIVATE);
        restart(new Features(false, true, true));
        assertThat(status(REGISTRY, "developer")).isEqualTo(404);
        assertThat(status(PROXY, "developer")).isEqualTo(404);
        assertThat(status(PROXY, "-")).isEqualTo(401);
        restart(new Features(true, false, false));
        assertThat(status(REGISTRY, "developer")).isEqualTo(200);
        assertThat(status(PROXY, "developer")).isEqualTo(404);
        assertThat(status(GO, "developer")).isEqualTo(404);
    }

    private void restart(Features features) {
        server.close();
        server = started(features);
    }

    @ParameterizedTest
    @DisplayName("case 30: a path that is none")
    @ValueSource(
            strings = {
                "g/a/../1/a-1.jar",
                "g/%2e%2e/1/a-1.jar",
                "g/a%0d%0aX-Evil:1/1/a-1.jar",
                "g/a%00/1/a-1.jar",
                "g//a/1/a-1.jar",
                "%2e%2e%2f%2e%2e%2fetc/passwd",
            })
    void bad_path(String path) {
        project(Visibility.PUBLIC);
        for (String root : List.of("packages/maven/", "dependency_proxy/packages/maven/")) {
            HttpResponse<byte[]> answer =
                    server.get("/api/v4/projects/42/" + root + path, "Private-Token", "developer");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(text(answer)).isEqualTo("{\"error\":\"path should be a valid file path\"}");
        }
        assertThat(served).isEmpty();
    }

    @Test
    @DisplayName("case 30: a file name that is none")
    void bad_file_name() {
        project(Visibility.PUBLIC);
        for (String name : List.of("a%0d%0a.jar", "..", "a%5c.jar", "%ff")) {
            HttpResponse<byte[]> answer =
                    server.get("/api/v4/projects/42/packages/maven/g/a/1/" + name, "Private-Token", "developer");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(text(answer)).isEqualTo("{\"error\":\"file_name should be a valid file path\"}");
        }
        assertThat(server.get("/api/v4/projects/..%2f42/packages/maven/a/b/1/c").statusCode())
                .isEqualTo(400);
        assertThat(served).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"42", "acme%2Fapp", "acme%2fapp", "ACME%2FApp"})
    void a_project_is_named_by_its_number_or_path(String id) {
        project(Visibility.PRIVATE);
        HttpResponse<byte[]> answer = server.get(
                "/api/v4/projects/" + id + "/dependency_proxy/packages/maven/g/a/1/a%2Db%20c.jar?x=%2F",
                "Private-Token",
                "developer");

        assertThat(answer.statusCode()).isEqualTo(200);
        ProjectRequest request = served.getFirst();
        assertThat(request.ask().path()).isEqualTo("/g/a/1/a-b c.jar");
        assertThat(request.ask().query()).isEqualTo("x=%2F");
        assertThat(request.base())
                .isEqualTo(URI.create("http://packages.example/api/v4/projects/42/dependency_proxy/packages/maven"));
    }

    @Test
    @DisplayName("case 31: nothing acts in a browser")
    void defused() {
        project(Visibility.PRIVATE);
        for (HttpResponse<byte[]> answer : List.of(server.get(PROXY), server.get(PROXY, "Private-Token", "reads"))) {
            assertThat(answer.headers().firstValue("Content-Disposition")).contains("attachment");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(answer.headers().allValues("Content-Security-Policy"))
                    .containsExactly("sandbox; default-src 'none'; require-trusted-types-for 'script'");
        }
    }

    @Test
    void a_head_has_no_body() {
        project(Visibility.PRIVATE);
        HttpResponse<byte[]> answer = server.send("HEAD", PROXY, BodyPublishers.noBody());
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("Content-Length")).contains("30");
        assertThat(answer.body()).isEmpty();
        assertThat(server.get(REGISTRY, "Private-Token", "reporter").statusCode())
                .isEqualTo(200);
    }

    @Test
    void the_projects_cannot_be_read() {
        projects.fail();
        HttpResponse<byte[]> answer = server.get(PROXY, "Private-Token", "developer");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void what_is_refused_is_counted_by_reason() {
        project(Visibility.PRIVATE);
        status(PROXY, "-");
        status(PROXY, "wrong");
        status(PROXY, "guest");
        status(PROXY, "developer");

        for (String reason : List.of("anonymous", "invalid_token", "no_right")) {
            assertThat(counted("refused", reason)).as(reason).isEqualTo(1);
        }
        assertThat(counted("read", "")).isEqualTo(1);
    }

    private double counted(String outcome, String reason) {
        return server.meters()
                .get("gateway.project.requests")
                .tags("project", "acme/app", "format", "maven", "outcome", outcome, "reason", reason)
                .counter()
                .count();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v4/projects/42/packages",
                "/api/v4/projects/42/packages/7",
                "/api/v4/projects/42/packages/7/package_files",
                "/api/v4/projects/42/dependency_proxy/packages/settings",
                "/api/v4/projects/acme/app/packages/maven/g/a/1/a-1.jar",
                "/api/v4/projects",
            })
    void what_is_no_registry_traffic_is_left_to_others(String path) {
        project(Visibility.PUBLIC);
        assertThat(ProjectTarget.parse(path) == null
                        || server.get(path, "Private-Token", "developer").statusCode() == 404)
                .isTrue();
        assertThat(served).isEmpty();
    }
}
