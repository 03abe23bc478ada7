package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.project.Role;
import gateway.support.FakeUpstream;
import gateway.support.PrivateProject;
import gateway.support.PrivateProject.Member;
import gateway.support.PythonFiles;
import gateway.support.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Case 40 for PyPI: twine and uv upload to a project's registry, pip and uv install from it. */
@Tag("clients")
class PyPiRegistryClientTest {

    private static final Member DANA = new Member("dana", Role.DEVELOPER, "api");
    private static final Member RITA = new Member("rita", Role.REPORTER, "read_api");

    @RegisterExtension
    final ClientProject project = new ClientProject(DANA, RITA);

    private final FakeUpstream upstream = FakeUpstream.start();

    @BeforeEach
    void start() {
        project.startElsewhere(PrivateProject.proxy("pypi", upstream.url("/r")));
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    private Home home(String name, Member member) {
        Home home = project.home(name);
        home.write(".netrc", "machine 127.0.0.1 login " + member.user() + " password " + member.token() + "\n");
        return home.set("PIP_CONFIG_FILE", "/dev/null")
                .set("PIP_NO_CACHE_DIR", "1")
                .set("PIP_RETRIES", "1")
                .set("PIP_DISABLE_PIP_VERSION_CHECK", "1")
                .set("UV_NO_CONFIG", "1")
                .set("UV_CACHE_DIR", home.file("cache"))
                .set("UV_LINK_MODE", "copy")
                .set("UV_HTTP_RETRIES", "1")
                .set("UV_PYTHON", Tools.python().resolve("bin/python"))
                .set("UV_PYTHON_DOWNLOADS", "never");
    }

    private String registry() {
        return project.url("packages/pypi");
    }

    private String registry(Member member) {
        return registry().replace("://", "://" + member.user() + ":" + member.token() + "@");
    }

    private static void write(Home home, String file, byte[] bytes) throws IOException {
        home.folder("project/dist");
        Files.write(home.file("project/dist/" + file), bytes);
    }

    private void twine(Home home, String... more) {
        home.write(".pypirc", """
                [distutils]
                index-servers = gateway

                [gateway]
                repository = %s
                username = dana
                password = %s
                """.formatted(registry(), DANA.token()));
        home.run(
                List.of(Tools.twine(), "upload", "--non-interactive", "--disable-progress-bar", "-r", "gateway"), more);
    }

    private static String pip(Home home, String index, String... what) {
        return home.run(
                List.of(Tools.pip(), "install", "--no-compile", "--index-url", index + "/simple", "--target"), what);
    }

    @Test
    @DisplayName("case 40: twine uploads a wheel and a source distribution; pip and uv install both")
    void twine() throws Exception {
        Home publisher = home("publisher", DANA);
        write(publisher, "demo_lib-1.0-py3-none-any.whl", PythonFiles.wheel("demo_lib", "1.0"));
        write(publisher, "demo_lib-1.1.tar.gz", PythonFiles.sdist("demo_lib", "1.1"));
        twine(publisher, "dist/demo_lib-1.0-py3-none-any.whl", "dist/demo_lib-1.1.tar.gz");

        assertThatThrownBy(() -> twine(publisher, "dist/demo_lib-1.1.tar.gz")).hasMessageContaining("400 Bad Request");

        Home consumer = home("consumer", RITA);
        pip(consumer, registry(), "old", "demo-lib==1.0");
        assertThat(consumer.read("project/old/demo_lib.py")).isEqualTo("VERSION = '1.0'\n");
        pip(consumer, registry(), "new", "Demo.Lib");
        assertThat(consumer.read("project/new/demo_lib.py")).isEqualTo("VERSION = '1.1 from source'\n");
        String url = registry(RITA);
        pip(consumer, url, "by-url", "demo-lib<1.1");
        assertThat(consumer.read("project/by-url/demo_lib.py")).isEqualTo("VERSION = '1.0'\n");

        for (String version : new String[] {"1.0", "1.1"}) {
            consumer.run(
                    Tools.uv(),
                    "pip",
                    "install",
                    "--default-index",
                    url + "/simple",
                    "--target",
                    "uv-" + version,
                    "demo-lib==" + version);
            assertThat(consumer.read("project/uv-" + version + "/demo_lib.py")).startsWith("VERSION = '" + version);
        }
    }

    @Test
    @DisplayName("case 40: uv publishes, also what is there already, and pip installs")
    void uv() throws Exception {
        Home publisher = home("publisher", DANA);
        write(publisher, "demo_lib-1.0-py3-none-any.whl", PythonFiles.wheel("demo_lib", "1.0"));
        for (int i = 0; i < 2; i++) {
            publisher.run(
                    Tools.uv(),
                    "publish",
                    "--publish-url",
                    registry(),
                    "--check-url",
                    registry(DANA) + "/simple",
                    "--username",
                    "dana",
                    "--password",
                    DANA.token(),
                    "dist/*");
        }

        Home consumer = home("consumer", RITA);
        pip(consumer, registry(), "installed", "demo-lib");
        assertThat(consumer.read("project/installed/demo_lib.py")).isEqualTo("VERSION = '1.0'\n");
    }

    @Test
    @DisplayName("what pip pulled through the dependency proxy installs from the project's registry alone")
    void pulled() throws Exception {
        String file = "demo_lib-1.0-py3-none-any.whl";
        byte[] wheel = PythonFiles.wheel("demo_lib", "1.0");
        upstream.serve("/r/simple/demo-lib/", """
                {"meta": {"api-version": "1.1"}, "name": "demo-lib", "versions": ["1.0"],
                 "files": [{"filename": "%s", "url": "%s", "hashes": {"sha256": "%s"}}]}
                """.formatted(
                                file, upstream.url("/r/packages/" + file), StoreFiles.hex("SHA-256", wheel)))
                .type("application/vnd.pypi.simple.v1+json");
        upstream.serve("/r/packages/" + file, wheel);
        Home developer = home("developer", DANA);
        pip(developer, project.url("dependency_proxy/packages/pypi"), "pulled", "demo-lib");
        upstream.stop();

        Home consumer = home("consumer", RITA);
        assertThat(pip(consumer, registry(), "installed", "demo-lib")).contains("Downloading", ".metadata");
        assertThat(consumer.read("project/installed/demo_lib.py"))
                .isEqualTo(developer.read("project/pulled/demo_lib.py"));
    }
}
