package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import gateway.project.Role;
import gateway.support.GitRepository;
import gateway.support.PrivateProject;
import gateway.support.PrivateProject.Member;
import gateway.support.StoreFiles;
import gateway.web.ProjectServer;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Case 40 for Composer: versions are made of a project's git repository, and composer installs them. */
@Tag("clients")
class ComposerRegistryClientTest {

    private static final String REGISTRY = "packages/composer";
    private static final String PROXY = "dependency_proxy/packages/composer";
    private static final String REFERENCE = "0123456789012345678901234567890123456789";

    private static final Member DANA = new Member("dana", Role.DEVELOPER, "api");
    private static final Member RITA = new Member("rita", Role.REPORTER, "api");

    @RegisterExtension
    final ClientProject project = new ClientProject(DANA, RITA);

    @SuppressWarnings("NullAway.Init") // before each test
    private GitRepository git;

    @SuppressWarnings("NullAway.Init") // before each test
    private LocalRegistry upstream;

    @BeforeEach
    void start() throws Exception {
        git = new GitRepository(project.folder().resolve("lib.git"));
        git.file("composer.json", "{\"name\": \"acme/lib\", \"autoload\": {\"classmap\": [\"src\"]}}")
                .file("src/Lib.php", "<?php class Lib {}\n")
                .commit("2026-01-01T10:00:00Z");
        git.tag("v1.0.0");
        git.file("src/Lib.php", "<?php class Lib { const NEWER = 1; }\n").commit("2026-01-02T10:00:00Z");
        upstream = new LocalRegistry(project.folder());
        project.start(
                "git: { url: \"" + git.uri() + "\", module: gateway.example/acme/app }",
                PrivateProject.proxy("composer", upstream.address()));
    }

    @AfterEach
    void stop() {
        upstream.close();
        git.close();
    }

    private Home home(String name, String repository, String credentials) {
        Home home = project.home(name);
        home.set("COMPOSER_HOME", home.folder("composer"))
                .set("COMPOSER_CACHE_DIR", home.file("composer/cache"))
                .set("COMPOSER_ALLOW_SUPERUSER", "1")
                .set("COMPOSER_DISABLE_XDEBUG_WARN", "1");
        home.write("composer/auth.json", credentials);
        home.write("composer/config.json", """
                {
                  "config": {"secure-http": false, "gitlab-domains": ["%s"]},
                  "repositories": [{"type": "composer", "url": "%s"}, {"packagist": false}]
                }
                """.formatted(project.authority(), project.url(repository)));
        return home;
    }

    private String basic(Member member) {
        return """
                {"http-basic": {"%s": {"username": "%s", "password": "%s"}}}
                """.formatted(project.authority(), member.user(), member.token());
    }

    private static void composer(Home home, String... words) {
        home.run(List.of(Tools.composer(), "--no-interaction"), words);
    }

    private void publish(String query) {
        assertThat(project.send(DANA, "POST", REGISTRY + "?" + query).statusCode())
                .isEqualTo(201);
    }

    @Test
    @DisplayName("case 40: composer requires a tag and a branch of the project's repository")
    void required() throws Exception {
        publish("tag=v1.0.0");
        publish("branch=main");
        Home rita = home("rita", REGISTRY, basic(RITA));

        composer(rita, "require", "acme/lib:^1.0");
        assertThat(rita.read("project/vendor/acme/lib/src/Lib.php")).isEqualTo("<?php class Lib {}\n");
        // And once more from the lock file alone, as on another machine.
        rita.run("/bin/sh", "-c", "rm -r vendor ../composer/cache");
        composer(rita, "install");
        assertThat(rita.read("project/vendor/acme/lib/src/Lib.php")).isEqualTo("<?php class Lib {}\n");
        composer(rita, "require", "acme/lib:dev-main");
        assertThat(rita.read("project/vendor/acme/lib/src/Lib.php")).contains("NEWER");
    }

    @Test
    @DisplayName("case 40: composer shows a token as it does to GitLab, and is refused without one")
    void credentials() throws Exception {
        publish("tag=v1.0.0");

        Home token = home(
                "token", REGISTRY, "{\"gitlab-token\": {\"" + project.authority() + "\": \"" + RITA.token() + "\"}}");
        composer(token, "require", "acme/lib:1.0.0");
        assertThat(token.read("project/vendor/acme/lib/composer.json")).contains("acme/lib");

        Home nobody = home("nobody", REGISTRY, "{}");
        assertThatThrownBy(() -> composer(nobody, "require", "acme/lib:1.0.0"))
                .hasMessageContaining("Could not authenticate");
    }

    @Test
    @DisplayName("what was pulled through the dependency proxy is installed from the registry, also without the remote")
    void pulled() throws Exception {
        Home dana = home("dana", PROXY, basic(DANA));
        dana.write("project/left/composer.json", "{\"name\": \"acme/left\"}");
        dana.write("project/left/left.php", "<?php // left\n");
        composer(dana, "archive", "-d", "left", "--format=zip", "--dir=..", "--file=left");
        byte[] archive = Files.readAllBytes(dana.file("project/left.zip"));
        upstream.put("/files/" + REFERENCE + ".zip", archive)
                .put("/packages.json", "{\"packages\": [], \"metadata-url\": \"/p2/%package%.json\"}")
                .put("/p2/acme/left~dev.json", "{\"packages\": {\"acme/left\": []}}")
                .put("/p2/acme/left.json", """
                        {"packages": {"acme/left": [
                          {"name": "acme/left", "version": "1.0.0", "version_normalized": "1.0.0.0",
                           "dist": {"type": "zip", "url": "%s/files/%s.zip", "reference": "%2$s", "shasum": "%s"}}
                        ]}}""".formatted(
                                upstream.address(), REFERENCE, StoreFiles.hex("SHA-1", archive)));
        composer(dana, "require", "acme/left:1.0.0");
        await().untilAsserted(() -> assertThat(ProjectServer.text(project.send(RITA, "GET", "packages")))
                .contains("acme/left"));
        upstream.close();

        Home rita = home("rita", REGISTRY, basic(RITA));
        composer(rita, "require", "acme/left:1.0.0");

        assertThat(rita.read("project/vendor/acme/left/left.php")).isEqualTo("<?php // left\n");
    }
}
