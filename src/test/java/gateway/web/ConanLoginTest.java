package gateway.web;

import static gateway.web.ProjectServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.cache.ProjectTraffic;
import gateway.cache.Refusals;
import gateway.project.Caller;
import gateway.project.Project;
import gateway.project.Role;
import gateway.project.Scope;
import gateway.project.Visibility;
import gateway.settings.Rules;
import gateway.support.FakeProjects;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** conan logs in to a project. */
class ConanLoginTest {

    private static final String REGISTRY = "/api/v4/projects/42/packages/conan";
    private static final String PROXY = "/api/v4/projects/42/dependency_proxy/packages/conan";

    private final ProjectTraffic traffic = request -> Mono.just(Refusals.json(200, Map.of("served", "below")));
    private final FakeProjects projects = new FakeProjects()
            .token("dana's", new Caller.User("dana", Map.of(42L, Role.REPORTER), true))
            .token("guest's", new Caller.User("gil", Map.of(42L, Role.GUEST), true))
            .token("farm's", new Caller.Deploy("ci", new Caller.Opens.One(42), Set.of(Scope.READ_PACKAGE_REGISTRY)));
    private final ProjectServer server = ProjectServer.start(projects, Map.of("conan", traffic), traffic);

    @AfterEach
    void stop() {
        server.close();
    }

    private void project(Visibility visibility) {
        var remote = new Project.Remote(URI.create("http://upstream.test/c"), null, false, Rules.NONE);
        projects.add(new Project(
                42,
                "acme/app",
                visibility,
                Project.Switches.ALL,
                new Project.Proxy(true, Map.of("conan", List.of(remote))),
                null));
    }

    private HttpResponse<byte[]> login(String path, String user, String token) {
        String pair = Base64.getEncoder().encodeToString((user + ":" + token).getBytes(StandardCharsets.UTF_8));
        return server.get(path, "Authorization", "Basic " + pair);
    }

    @ParameterizedTest
    @ValueSource(strings = {REGISTRY + "/v1", REGISTRY + "/v2", PROXY + "/v1", PROXY + "/v2"})
    @DisplayName("whoever shows a token by Basic is answered that token, and is known by it afterwards")
    void answered(String api) {
        project(Visibility.PRIVATE);

        HttpResponse<byte[]> answer = login(api + "/users/authenticate", "dana", "dana's");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(text(answer)).isEqualTo("dana's");
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(text(login(api + "/users/authenticate", "ci", "farm's"))).isEqualTo("farm's");
        assertThat(text(server.get(api + "/users/check_credentials", "Authorization", "Bearer dana's")))
                .isEqualTo("dana");
        assertThat(text(server.get(api + "/users/check_credentials", "Authorization", "Bearer farm's")))
                .isEqualTo("ci");
    }

    @ParameterizedTest
    @ValueSource(strings = {REGISTRY, PROXY})
    @DisplayName("who may not read, or shows nothing or nobody's token, is refused, also by a public project")
    void refused(String root) {
        for (Visibility visibility : Visibility.values()) {
            project(visibility);
            assertThat(login(root + "/v2/users/authenticate", "dana", "else's").statusCode())
                    .isEqualTo(401);
            HttpResponse<byte[]> nobody = server.get(root + "/v2/users/authenticate");
            assertThat(nobody.statusCode()).isEqualTo(401);
            assertThat(nobody.headers().firstValue("WWW-Authenticate")).isPresent();
            assertThat(server.get(root + "/v2/users/check_credentials", "Authorization", "Bearer unset")
                            .statusCode())
                    .isEqualTo(401);
            assertThat(server.get(root + "/v2/users/check_credentials").statusCode())
                    .isEqualTo(401);
        }
        project(Visibility.PRIVATE);
        assertThat(login(root + "/v2/users/authenticate", "gil", "guest's").statusCode())
                .isEqualTo(401);
    }

    @Test
    @DisplayName("all other questions are those of the registry")
    void others() {
        project(Visibility.PUBLIC);

        assertThat(text(server.get(REGISTRY + "/v1/ping"))).contains("below");
        assertThat(text(server.get(REGISTRY + "/v2/users/others"))).contains("below");
    }
}
