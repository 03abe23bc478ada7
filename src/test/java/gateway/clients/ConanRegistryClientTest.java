package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import gateway.project.Role;
import gateway.support.PrivateProject;
import gateway.support.PrivateProject.Member;
import gateway.support.TestGateway;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** conan 2 before projects: it publishes into one, and installs from it and through the dependency proxy of another. */
@Tag("clients")
class ConanRegistryClientTest {

    private static final Member DANA = new Member("dana", Role.MAINTAINER, "api");
    private static final Member RITA = new Member("rita", Role.REPORTER, "read_api");

    @RegisterExtension
    final ClientProject publisher = new ClientProject(DANA, RITA);

    @SuppressWarnings("NullAway.Init") // before each test
    private TestGateway proxy;

    @BeforeEach
    void start() throws IOException {
        publisher.startElsewhere();
        proxy = new TestGateway(Files.createDirectories(publisher.folder().resolve("proxy")));
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private static String registry(URI gateway, long project) {
        return gateway + "/api/v4/projects/" + project + "/packages/conan";
    }

    private Home home(String name) {
        Home home = publisher.home(name);
        home.set("CONAN_HOME", home.file("conan"));
        home.write("conan/profiles/default", "[settings]\nos=Linux\narch=x86_64\n");
        home.run(Tools.conan(), "remote", "remove", "conancenter");
        return home;
    }

    private Home home(String name, String remote, Member member) {
        Home home = home(name);
        home.run(Tools.conan(), "remote", "add", "gateway", remote);
        home.run(Tools.conan(), "remote", "login", "gateway", member.user(), "-p", member.token());
        return home;
    }

    private Home author() {
        Home home = home("author", publisher.url("packages/conan"), DANA);
        for (String name : new String[] {"leaf", "tree"}) {
            home.write("project/" + name + "/include/" + name + ".h", "int " + name + "();\n".repeat(50));
            home.write("project/" + name + "/conanfile.py", """
                    from conan import ConanFile
                    from conan.tools.files import copy

                    class Recipe(ConanFile):
                        name = "%s"
                        version = "1.0+build"
                        settings = "os"
                        %s
                        exports_sources = "include/*"

                        def package(self):
                            copy(self, "*.h", src=self.source_folder, dst=self.package_folder)
                    """.formatted(
                            name, name.equals("tree") ? "requires = \"leaf/1.0+build\"" : "no_copy_source = True"));
            home.run(Tools.conan(), "create", name);
        }
        home.run(Tools.conan(), "upload", "*", "-r", "gateway", "-c");
        return home;
    }

    private static SortedMap<String, String> installed(Home home) {
        home.run(Tools.conan(), "install", "--requires=tree/1.0+build", "--build=never");
        home.run(Tools.conan(), "cache", "check-integrity", "*");
        return Tree.of(home.file("conan/p"), path -> path.endsWith(".h"));
    }

    @Test
    @DisplayName("conan uploads, searches, lists, installs and removes")
    void registry() {
        Home author = author();

        assertThat(author.run(Tools.conan(), "search", "le*", "-r", "gateway"))
                .contains("leaf/1.0+build")
                .doesNotContain("tree");
        assertThat(author.run(Tools.conan(), "list", "tree/*#*:*", "-r", "gateway"))
                .contains("tree/1.0+build", "os: Linux", "leaf/1.Y.Z");
        author.run(Tools.conan(), "remove", "*", "-c");
        assertThat(installed(author)).hasSize(2);
        Home reader = home("reader", publisher.url("packages/conan"), RITA);
        assertThat(installed(reader)).hasSize(2);
        assertThatThrownBy(() -> reader.run(Tools.conan(), "upload", "*", "-r", "gateway", "-c", "--force"))
                .hasMessageContaining("403");

        author.run(Tools.conan(), "remove", "tree/*", "-r", "gateway", "-c");
        assertThat(author.run(Tools.conan(), "search", "*", "-r", "gateway"))
                .contains("leaf")
                .doesNotContain("tree/");
    }

    @Test
    @DisplayName(
            "conan logs in to a private project's dependency proxy and installs; then from that project's registry")
    void throughTheProxy() throws Exception {
        author();
        String address;
        SortedMap<String, String> cold;
        try (Relay remote = new Relay(publisher.gateway().address(), "no file")) {
            remote.heal();
            startProxy(remote.address());
            address = proxy.address() + "/api/v4/projects/43/dependency_proxy/packages/conan";
            cold = installed(home("cold", address, DANA));
            await().until(() -> pulled("leaf") && pulled("tree"));
        }
        assertThat(cold).hasSize(2);

        assertThat(installed(home("warm", address, RITA))).isEqualTo(cold);
        assertThat(installed(home("registry", registry(proxy.address(), 43), RITA)))
                .isEqualTo(cold);
        Home stranger = home("stranger");
        stranger.run(Tools.conan(), "remote", "add", "gateway", address);
        assertThatThrownBy(() -> stranger.run(
                        Tools.conan(), "remote", "login", "gateway", "dana", "-p", "token-of-somebody-else"))
                .hasMessageContaining("Wrong user or password");
    }

    private void startProxy(URI remote) {
        String key = Base64.getEncoder().encodeToString(new byte[32]);
        String settings = new PrivateProject(43, "acme/other", DANA, RITA)
                .settings(
                        "dependency_proxy: { enabled: true, conan: { url: \"%s\", username: rita, password: \"%s\" } }"
                                .formatted(registry(remote, 42), RITA.token()));
        proxy.start("secrets: { key: \"" + key + "\" }\n" + settings);
    }

    private boolean pulled(String name) {
        byte[] found = proxy.get(
                        "/api/v4/projects/43/packages/conan/v2/conans/search?q=" + name, "Private-Token", RITA.token())
                .body();
        return new String(found, StandardCharsets.UTF_8).contains(name + "/");
    }
}
