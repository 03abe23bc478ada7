package gateway.registry;

import static gateway.registry.RegistryFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.project.Role;
import gateway.support.FakeUpstream;
import gateway.support.NuGetFiles;
import gateway.support.PrivateProject;
import gateway.support.PrivateProject.Member;
import gateway.support.PythonFiles;
import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What came through a project's dependency proxy stands in its registry, also when nothing can be read from it.
 *
 * <p>This takes a whole gateway; it shares event loops with other servers of this JVM and ends them when it stops.
 */
class PulledRegistryTest {

    private static final String PROJECT = "/api/v4/projects/42/";
    private static final String JSON = "application/vnd.pypi.simple.v1+json";
    private static final Member DANA = new Member("dana", Role.DEVELOPER, "api");

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path folder;

    private final FakeUpstream upstream = FakeUpstream.start();

    @SuppressWarnings("NullAway.Init") // before each test
    private TestGateway gateway;

    @BeforeEach
    void start() {
        gateway = new TestGateway(folder);
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private void proxy(String format) {
        String proxy = PrivateProject.proxy(format, upstream.url("/r"));
        gateway.start(new PrivateProject(42, "acme/app", DANA).settings(proxy));
    }

    private HttpResponse<byte[]> get(String path, String... headers) {
        return gateway.get(PROJECT + path, headers);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_was_pulled_is_listed_as_what_was_published(boolean readable) {
        String name = "demo_lib-1.0-py3-none-any.whl";
        byte[] wheel = readable ? PythonFiles.wheel("demo_lib", "1.0") : "no zip".getBytes(StandardCharsets.UTF_8);
        String sha256 = StoreFiles.hex("SHA-256", wheel);
        proxy("pypi");
        upstream.serve("/r/simple/demo-lib/", """
                {"meta": {"api-version": "1.1"}, "name": "demo-lib", "versions": ["1.0"],
                 "files": [{"filename": "%s", "url": "%s", "hashes": {"sha256": "%s"}}]}
                """.formatted(name, upstream.url("/r/packages/" + name), sha256))
                .type(JSON);
        upstream.serve("/r/packages/" + name, wheel);
        String[] dana = {"Private-Token", DANA.token(), "Accept", JSON};
        String proxy = "dependency_proxy/packages/pypi";
        assertThat(get(proxy + "/simple/demo-lib/", dana).statusCode()).isEqualTo(200);
        String pulled = "/files/demo-lib/" + sha256.substring(0, 16) + "/" + name;
        assertThat(get(proxy + pulled, dana).body()).isEqualTo(wheel);
        upstream.stop();

        for (int i = 0; i < 2; i++) {
            JsonNode page = json(get("packages/pypi/simple/demo-lib/", dana));
            JsonNode file = page.path("files").get(0);
            assertThat(page.path("files").size()).isEqualTo(1);
            assertThat(file.path("url").asString()).isEqualTo("../../files/" + sha256 + "/" + name);
            assertThat(file.path("requires-python").asString("none")).isEqualTo(readable ? ">=3.8" : "none");
            assertThat(file.has("core-metadata")).isEqualTo(readable);
        }
        String file = "packages/pypi/files/" + sha256 + "/" + name;
        assertThat(get(file, dana).body()).isEqualTo(wheel);
        assertThat(get("packages/pypi" + pulled, dana).body()).isEqualTo(wheel);
        assertThat(get(file + ".metadata", dana).statusCode()).isEqualTo(readable ? 200 : 404);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_was_pulled_is_found_as_what_was_pushed(boolean described) {
        byte[] bytes = described ? NuGetFiles.nupkg("Demo.Lib", "1.0", """
                <dependencies>
                  <group targetFramework="net8.0"><dependency id="Demo.Base" version="2.0" /></group>
                  <group><dependency id="Other" /></group>
                </dependencies>
                """) : PythonFiles.zip(Map.of("a", "b"));
        proxy("nuget");
        upstream.serve("/r/v3/index.json", """
                {"version": "3.0.0", "resources": [{"@id": "%s", "@type": "PackageBaseAddress/3.0.0"}]}
                """.formatted(upstream.url("/r/flat/")));
        upstream.serve("/r/flat/demo.lib/1.0.0/demo.lib.1.0.0.nupkg", bytes);
        String[] dana = {"X-NuGet-ApiKey", DANA.token()};
        String pulled = "/v3/flat/demo.lib/1.0.0/demo.lib.1.0.0.nupkg";
        assertThat(get("dependency_proxy/packages/nuget" + pulled, dana).body()).isEqualTo(bytes);
        upstream.stop();

        for (int i = 0; i < 2; i++) {
            JsonNode page = json(get("packages/nuget/metadata/demo.lib/index.json", dana))
                    .path("items")
                    .get(0);
            JsonNode entry = page.path("items").get(0).path("catalogEntry");
            assertThat(entry.path("id").asString()).isEqualTo(described ? "Demo.Lib" : "demo.lib");
            assertThat(entry.path("dependencyGroups").size()).isEqualTo(described ? 2 : 0);
        }
        assertThat(get("packages/nuget/download/demo.lib/1.0.0/demo.lib.1.0.0.nupkg", dana)
                        .body())
                .isEqualTo(bytes);
        assertThat(get("packages/nuget" + pulled, dana).body()).isEqualTo(bytes);
    }
}
