package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import gateway.project.Role;
import gateway.support.PrivateProject;
import gateway.support.PrivateProject.Member;
import gateway.support.StoreFiles;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Case 40 for npm: it publishes into a project, and npm and pnpm install from there. */
@Tag("clients")
class NpmRegistryClientTest {

    private static final Member MARY = new Member("mary", Role.MAINTAINER, "api");
    private static final Member DANA = new Member("dana", Role.DEVELOPER, "api");
    private static final Member RITA = new Member("rita", Role.REPORTER, "api");

    @RegisterExtension
    final ClientProject project = new ClientProject(MARY, DANA, RITA);

    @SuppressWarnings("NullAway.Init") // before each test
    private LocalRegistry upstream;

    @BeforeEach
    void start() throws Exception {
        upstream = new LocalRegistry(project.folder());
        project.start(PrivateProject.proxy("npm", upstream.address()));
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    private Home home(Member member) {
        return home(member.user(), member, "packages");
    }

    private Home home(String name, Member member, String registry) {
        Home home = project.home(name);
        String root = project.url(registry + "/npm/").replace("http:", "");
        home.write(".npmrc", """
                registry=http:%1$s
                %1$s:_authToken=%2$s
                fetch-retries=0
                audit=false
                """.formatted(root, member.token()));
        return home.set("npm_config_globalconfig", home.file("nothing"))
                .path(Tools.node().resolveSibling(""));
    }

    private static void pack(Home home, String name, String version, String more) {
        home.write("project/package.json", """
                {"name": "%s", "version": "%s", "main": "index.js"%s}
                """.formatted(name, version, more));
        home.write("project/index.js", "module.exports = '" + name + " " + version + "';\n");
        home.write("project/README.md", "# " + name + "\n");
    }

    private static String npm(Home home, String... words) {
        return home.run(List.of(Tools.npm()), words);
    }

    private JsonNode listed() {
        return JsonMapper.shared()
                .readTree(project.send(RITA, "GET", "packages?order_by=version").body());
    }

    @Test
    @DisplayName("case 40: npm publishes, tags, deprecates and unpublishes; others install what is there")
    void npm() throws Exception {
        Home dana = home(DANA);
        pack(dana, "plain", "1.0.0", "");
        npm(dana, "publish");
        pack(dana, "plain", "1.1.0", "");
        npm(dana, "publish");
        pack(dana, "@acme/pad", "2.0.0", ", \"dependencies\": {\"plain\": \"^1.0.0\"}");
        npm(dana, "publish", "--tag", "next");
        assertThatThrownBy(() -> npm(dana, "publish", "--tag", "next", "--force"))
                .hasMessageContaining("was published before");
        npm(dana, "dist-tag", "add", "plain@1.0.0", "old");
        npm(dana, "deprecate", "plain@1.0.0", "use 1.1.0");

        assertThat(npm(dana, "whoami").strip()).isEqualTo("dana");
        npm(dana, "ping");
        Home rita = home(RITA);
        assertThat(npm(rita, "dist-tag", "ls", "plain"))
                .contains("latest: 1.1.0")
                .contains("old: 1.0.0");
        assertThat(npm(rita, "view", "plain@1.0.0", "deprecated").strip()).isEqualTo("use 1.1.0");
        JsonNode rows = listed();
        assertThat(rows.valueStream().map(row -> row.path("name").asString() + row.path("tags")))
                .containsExactly("plain[\"old\"]", "plain[\"latest\"]", "@acme/pad[\"next\"]");
        assertThatThrownBy(() -> {
                    pack(rita, "other", "1.0.0", "");
                    npm(rita, "publish");
                })
                .hasMessageContaining("403");
        installs(rita);

        assertThatThrownBy(() -> npm(dana, "unpublish", "plain@1.0.0")).hasMessageContaining("maintainers");
        Home mary = home(MARY);
        npm(mary, "unpublish", "plain@1.1.0");
        assertThat(npm(rita, "view", "plain", "versions", "--json"))
                .contains("1.0.0")
                .doesNotContain("1.1.0");
        npm(mary, "unpublish", "--force", "plain");
        assertThat(listed().size()).isEqualTo(1);
    }

    private void installs(Home rita) {
        String manifest = "{\"name\": \"consumer\", \"dependencies\": {\"@acme/pad\": \"^2.0.0\"}}";
        rita.write("project/package.json", manifest);
        npm(rita, "install", "--no-fund");
        assertThat(rita.read("project/node_modules/@acme/pad/index.js"))
                .isEqualTo("module.exports = '@acme/pad 2.0.0';\n");
        assertThat(rita.read("project/node_modules/plain/index.js")).contains("plain 1.1.0");
        rita.run("/bin/sh", "-c", "rm -r node_modules ../.npm");
        npm(rita, "ci", "--no-fund");
        assertThat(rita.read("project/node_modules/plain/index.js")).contains("plain 1.1.0");

        Home other = home("pnpm", RITA, "packages");
        other.write("project/package.json", manifest);
        other.write("project/.npmrc", other.read(".npmrc"));
        other.run(Tools.pnpm(), "install", "--no-frozen-lockfile");
        assertThat(other.read("project/node_modules/@acme/pad/index.js")).contains("@acme/pad 2.0.0");
    }

    @Test
    @DisplayName("what was pulled through the dependency proxy is installed from the registry, also without the remote")
    void pulled() throws Exception {
        Home maker = home(DANA);
        pack(maker, "left", "1.3.0", ", \"bin\": \"index.js\"");
        npm(maker, "pack");
        byte[] tarball = Files.readAllBytes(maker.file("project/left-1.3.0.tgz"));
        upstream.put("/left/-/left-1.3.0.tgz", tarball)
                .put("/left", """
                {"name": "left", "dist-tags": {"latest": "1.3.0"}, "versions": {"1.3.0": {
                  "name": "left", "version": "1.3.0", "dist": {"tarball": "%s/left/-/left-1.3.0.tgz", "shasum": "%s"}}}}
                """.formatted(upstream.address(), StoreFiles.hex("SHA-1", tarball)));
        Home proxied = home("proxied", DANA, "dependency_proxy/packages");
        proxied.write("project/package.json", "{\"dependencies\": {\"left\": \"^1.0.0\"}}");
        npm(proxied, "install", "--no-fund");
        await().untilAsserted(() -> assertThat(listed().size()).isEqualTo(1));
        upstream.close();

        Home rita = home(RITA);
        rita.write("project/package.json", "{\"dependencies\": {\"left\": \"*\"}}");
        npm(rita, "install", "--no-fund");

        assertThat(rita.read("project/node_modules/left/index.js")).isEqualTo("module.exports = 'left 1.3.0';\n");
        assertThat(rita.file("project/node_modules/.bin/left")).exists();
    }
}
