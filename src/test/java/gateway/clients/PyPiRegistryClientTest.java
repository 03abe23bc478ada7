package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.support.FakeUpstream;
import gateway.support.PythonFiles;
import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Case 40 for PyPI: twine and uv upload to a project's registry, pip and uv install from it. */
@Tag("clients")
class PyPiRegistryClientTest {

    private static final String DEVELOPER = "the-developers-own-token";
    private static final String REPORTER = "the-reporters-own-token";

    @TempDir
    Path temporary;

    private final FakeUpstream upstream = FakeUpstream.start();
    private Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init") // before each test
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        folder = temporary.toRealPath();
        gateway = new TestGateway(Files.createDirectories(folder.resolve("gateway")));
        gateway.start("""
                projects:
                  - id: 42
                    path: acme/app
                    visibility: private
                    members:
                      - { user: dana, role: developer, tokens: [ { kind: personal, scopes: [api], value: "%s" } ] }
                      - { user: rita, role: reporter, tokens: [ { kind: personal, scopes: [read_api], value: "%s" } ] }
                    dependency_proxy: { enabled: true, pypi: { url: "%s" } }
                """.formatted(DEVELOPER, REPORTER, upstream.url("/r")));
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private Home home(String name) throws IOException {
        Home home = new Home(Files.createDirectories(folder.resolve(name)));
        home.write(".netrc", "machine 127.0.0.1 login rita password " + REPORTER + "\n");
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

    private String root(String what) {
        return gateway.address() + "/api/v4/projects/42/" + what + "packages/pypi";
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
                """.formatted(root(""), DEVELOPER));
        Object[] command = new Object[6 + more.length];
        System.arraycopy(
                new Object[] {Tools.twine(), "upload", "--non-interactive", "--disable-progress-bar", "-r", "gateway"},
                0,
                command,
                0,
                6);
        System.arraycopy(more, 0, command, 6, more.length);
        home.run(command);
    }

    private String pip(Home home, String index, String... what) {
        Object[] command = new Object[6 + what.length];
        System.arraycopy(
                new Object[] {Tools.pip(), "install", "--no-compile", "--index-url", index + "/simple", "--target"},
                0,
                command,
                0,
                6);
        System.arraycopy(what, 0, command, 6, what.length);
        return home.run(command);
    }

    @Test
    @DisplayName("case 40: twine uploads a wheel and a source distribution; pip and uv install both")
    void twine() throws Exception {
        Home publisher = home("publisher");
        write(publisher, "demo_lib-1.0-py3-none-any.whl", PythonFiles.wheel("demo_lib", "1.0"));
        write(publisher, "demo_lib-1.1.tar.gz", PythonFiles.sdist("demo_lib", "1.1"));
        twine(publisher, "dist/demo_lib-1.0-py3-none-any.whl", "dist/demo_lib-1.1.tar.gz");

        assertThatThrownBy(() -> twine(publisher, "dist/demo_lib-1.1.tar.gz")).hasMessageContaining("400 Bad Request");

        Home consumer = home("consumer");
        pip(consumer, root(""), "old", "demo-lib==1.0");
        assertThat(consumer.read("project/old/demo_lib.py")).isEqualTo("VERSION = '1.0'\n");
        pip(consumer, root(""), "new", "Demo.Lib");
        assertThat(consumer.read("project/new/demo_lib.py")).isEqualTo("VERSION = '1.1 from source'\n");
        String url = root("").replace("://", "://rita:" + REPORTER + "@");
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
        Home publisher = home("publisher");
        write(publisher, "demo_lib-1.0-py3-none-any.whl", PythonFiles.wheel("demo_lib", "1.0"));
        for (int i = 0; i < 2; i++) {
            publisher.run(
                    Tools.uv(),
                    "publish",
                    "--publish-url",
                    root(""),
                    "--check-url",
                    root("").replace("://", "://dana:" + DEVELOPER + "@") + "/simple",
                    "--username",
                    "dana",
                    "--password",
                    DEVELOPER,
                    "dist/*");
        }

        Home consumer = home("consumer");
        pip(consumer, root(""), "installed", "demo-lib");
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
        Home developer = home("developer");
        developer.write(".netrc", "machine 127.0.0.1 login dana password " + DEVELOPER + "\n");
        pip(developer, root("dependency_proxy/"), "pulled", "demo-lib");
        upstream.stop();

        Home consumer = home("consumer");
        assertThat(pip(consumer, root(""), "installed", "demo-lib")).contains("Downloading", ".metadata");
        assertThat(consumer.read("project/installed/demo_lib.py"))
                .isEqualTo(developer.read("project/pulled/demo_lib.py"));
    }
}
