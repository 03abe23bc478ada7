package gateway.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.project.Caller;
import gateway.project.Project;
import gateway.project.Role;
import gateway.project.Visibility;
import gateway.support.FakeProjects;
import gateway.support.TestFolder;
import gateway.web.ProjectServer;
import gateway.web.RegistryServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A private project's registry of one format, with a server and files of its own for each test, after which nothing may be left
 * in staging. Its tokens are called as the roles that they give: {@code maintainer}, {@code developer}, {@code reporter}.
 */
final class RegistryFixture implements BeforeEachCallback, AfterEachCallback {

    /** Where the project's packages of all formats are listed. */
    static final String PACKAGES = "/api/v4/projects/42/packages";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String root;
    private final FakeProjects projects = new FakeProjects()
            .add(new Project(42, "acme/app", Visibility.PRIVATE, Project.Switches.ALL, Project.Proxy.OFF, null))
            .token("maintainer", new Caller.User("mary", Map.of(42L, Role.MAINTAINER), true))
            .token("developer", new Caller.User("dana", Map.of(42L, Role.DEVELOPER), true))
            .token("reporter", new Caller.User("rita", Map.of(42L, Role.REPORTER), true));

    @SuppressWarnings("NullAway.Init") // before each test
    private TestFolder folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private RegistryServer server;

    RegistryFixture(String format) {
        this.root = PACKAGES + "/" + format;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        folder = TestFolder.create();
        server = new RegistryServer(folder.make("registry"), projects).start();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        try {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(server.files().staged()).isEmpty());
        } finally {
            server.close();
            folder.close();
        }
    }

    RegistryServer server() {
        return server;
    }

    FakeProjects projects() {
        return projects;
    }

    /** Gone after the test. */
    Path folder() {
        return folder.path();
    }

    /** Who shows the token as most clients do. */
    Asker as(String token) {
        return with("Private-Token", token);
    }

    /** Who sends these headers, names and values; nobody in particular when there are none. */
    Asker with(String... headers) {
        return new Asker(this::server, root, List.of(headers));
    }

    /** What the project lists, of all formats unless the query names one. */
    HttpResponse<byte[]> packages(String query) {
        return as("reporter").at(PACKAGES).get(query);
    }

    /** Where clients are told that the registry is. */
    String base() {
        return ProjectServer.BASE + root;
    }

    /** Files of the store that hold what was published. */
    List<String> blobs() {
        return server.files().all().stream()
                .filter(path -> path.startsWith(".blobs/"))
                .toList();
    }

    static String header(HttpResponse<byte[]> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    /** Of an answer that is as it should be. */
    static JsonNode json(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).as(ProjectServer.text(answer)).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    static void assertCreated(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).as(ProjectServer.text(answer)).isEqualTo(201);
    }

    static void assertRefused(HttpResponse<byte[]> answer, String why) {
        assertThat(ProjectServer.text(answer)).contains(why);
        assertThat(answer.statusCode()).isEqualTo(400);
    }
}
