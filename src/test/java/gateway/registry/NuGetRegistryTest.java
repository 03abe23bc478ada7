package gateway.registry;

import static gateway.registry.RegistryFixture.assertCreated;
import static gateway.registry.RegistryFixture.assertRefused;
import static gateway.registry.RegistryFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.project.Audit;
import gateway.support.FormBody;
import gateway.support.NuGetFiles;
import gateway.support.PythonFiles;
import gateway.web.ProjectServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Packages of NuGet in a project's registry: pushed, found, served, deleted. */
class NuGetRegistryTest {

    private static final byte[] BYTES = NuGetFiles.nupkg("Demo.Lib", "1.0", """
            <title>A title</title>
            <tags>one, two</tags>
            <license type="expression">MIT</license>
            <requireLicenseAcceptance>true</requireLicenseAcceptance>
            <packageTypes><packageType name="DotnetTool" /></packageTypes>
            <dependencies>
              <group targetFramework="net8.0"><dependency id="Demo.Base" version="2.0" /></group>
              <group><dependency id="Demo.Base" version="[1.0,2.0)" /><dependency id="Other" /></group>
            </dependencies>
            """);

    @RegisterExtension
    final RegistryFixture registry = new RegistryFixture("nuget");

    private final Asker maintainer = registry.as("maintainer");
    private final Asker developer = registry.as("developer");
    private final Asker reporter = registry.as("reporter");

    private Asker key(String key) {
        return registry.with("X-NuGet-ApiKey", key);
    }

    private static HttpResponse<byte[]> push(Asker asker, String path, byte[] bytes) {
        byte[] body = new FormBody().file("package", "package.nupkg", bytes).bytes();
        return asker.put(path, body, "Content-Type", FormBody.TYPE);
    }

    private HttpResponse<byte[]> push(byte[] bytes) {
        return push(developer, "/", bytes);
    }

    private void pushed(String version) {
        assertCreated(push(NuGetFiles.nupkg("Demo.Lib", version, "")));
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    @Test
    void the_service_index_leads_to_what_clients_look_for() {
        JsonNode resources = json(reporter.get("/index.json")).path("resources");
        String base = registry.base();

        assertThat(resources
                        .valueStream()
                        .map(one -> one.path("@type").asString() + " "
                                + one.path("@id").asString()))
                .contains(
                        "PackageBaseAddress/3.0.0 " + base + "/download/",
                        "RegistrationsBaseUrl/3.4.0 " + base + "/metadata/",
                        "RegistrationsBaseUrl/Versioned " + base + "/metadata/",
                        "SearchQueryService/3.0.0-beta " + base + "/query",
                        "PackagePublish/2.0.0 " + base,
                        "SymbolPackagePublish/4.9.0 " + base + "/symbolpackage");
    }

    @Test
    void a_package_is_pushed_found_and_served() {
        HttpResponse<byte[]> created = push(key("developer"), "", BYTES);

        assertThat(ProjectServer.text(created)).isEqualTo("{\"message\":\"201 Created\"}");
        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(texts(json(reporter.get("/download/Demo.Lib/index.json")).path("versions")))
                .containsExactly("1.0.0");
        assertThat(reporter.get("/download/demo.lib/1.0.0/demo.lib.1.0.0.nupkg").body())
                .isEqualTo(BYTES);
        assertThat(reporter.get("/download/Demo.Lib/1.0/Demo.Lib.1.0.nupkg").body())
                .isEqualTo(BYTES);
        assertThat(ProjectServer.text(reporter.get("/download/demo.lib/1.0.0/demo.lib.nuspec")))
                .contains("<id>Demo.Lib</id>");
        JsonNode leaf = json(reporter.get("/metadata/demo.lib/1.0.0.json"));
        assertThat(leaf.path("packageContent").asString())
                .isEqualTo(registry.base() + "/download/demo.lib/1.0.0/demo.lib.1.0.0.nupkg");
        JsonNode entry = leaf.path("catalogEntry");
        assertThat(entry.path("id").asString()).isEqualTo("Demo.Lib");
        assertThat(entry.path("version").asString()).isEqualTo("1.0.0");
        assertThat(entry.path("authors").asString()).isEqualTo("Dana & Rita");
        assertThat(entry.path("description").asString()).isEqualTo("What it is");
        assertThat(entry.path("title").asString()).isEqualTo("A title");
        assertThat(texts(entry.path("tags"))).containsExactly("one", "two");
        assertThat(entry.path("licenseExpression").asString()).isEqualTo("MIT");
        assertThat(entry.path("requireLicenseAcceptance").asBoolean()).isTrue();
        assertThat(entry.path("packageTypes").get(0).path("name").asString()).isEqualTo("DotnetTool");
        assertThat(entry.path("dependencyGroups").toString())
                .isEqualTo(
                        "[{\"targetFramework\":\"net8.0\",\"dependencies\":[{\"id\":\"Demo.Base\",\"range\":\"[2.0, )\"}]},"
                                + "{\"dependencies\":[{\"id\":\"Demo.Base\",\"range\":\"[1.0,2.0)\"},{\"id\":\"Other\",\"range\":\"(, )\"}]}]");
    }

    @Test
    void versions_are_in_their_order() {
        for (String version : List.of("2.0.0", "10.0.0-beta.11", "10.0.0-beta.2", "10.0.0", "10.0.0-beta", "2.0.0.1")) {
            pushed(version);
        }

        List<String> ordered = List.of("2.0.0", "2.0.0.1", "10.0.0-beta", "10.0.0-beta.2", "10.0.0-beta.11", "10.0.0");
        assertThat(texts(json(reporter.get("/download/demo.lib/index.json")).path("versions")))
                .isEqualTo(ordered);
        JsonNode index = json(reporter.get("/metadata/demo.lib/index.json"));
        JsonNode page = index.path("items").get(0);
        assertThat(index.path("count").asInt()).isEqualTo(1);
        assertThat(page.path("lower").asString()).isEqualTo("2.0.0");
        assertThat(page.path("upper").asString()).isEqualTo("10.0.0");
        assertThat(page.path("count").asInt()).isEqualTo(6);
        assertThat(page.path("items")
                        .valueStream()
                        .map(leaf -> leaf.path("catalogEntry").path("version").asString()))
                .isEqualTo(ordered);
    }

    @Test
    void a_search() {
        pushed("1.0.0");
        pushed("2.0.0-rc");
        push(NuGetFiles.nupkg("Other", "1.0.0-rc", ""));

        JsonNode found = json(reporter.get("/query?q=DEMO"));
        assertThat(found.path("totalHits").asInt()).isEqualTo(1);
        JsonNode one = found.path("data").get(0);
        assertThat(one.path("id").asString()).isEqualTo("Demo.Lib");
        assertThat(one.path("version").asString()).isEqualTo("1.0.0");
        assertThat(one.path("versions").size()).isEqualTo(1);
        JsonNode all =
                json(reporter.get("/query?prerelease=true&semVerLevel=2.0.0")).path("data");
        assertThat(all.valueStream()
                        .map(each -> each.path("id").asString() + " "
                                + each.path("version").asString()))
                .containsExactly("Demo.Lib 2.0.0-rc", "Other 1.0.0-rc");
        assertThat(json(reporter.get("/query")).path("data").size()).isEqualTo(1);
        assertThat(json(reporter.get("/query?prerelease=true&skip=1&take=1"))
                        .path("data")
                        .get(0)
                        .path("id")
                        .asString())
                .isEqualTo("Other");
        assertThat(json(reporter.get("/query?take=0")).path("data").size()).isZero();
        assertRefused(reporter.get("/query?take=many"), "take is no number");
    }

    @Test
    void a_version_is_pushed_once() {
        pushed("1.0");
        HttpResponse<byte[]> again = push(NuGetFiles.nupkg("demo.LIB", "1.0.0.0", "<title>other</title>"));

        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(json(reporter.get("/metadata/demo.lib/index.json"))
                        .path("items")
                        .get(0)
                        .path("count")
                        .asInt())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"../x, 1.0", "Demo/Lib, 1.0", "'', 1.0", "Demo, ''", "Demo, ..", "Demo, one"})
    void names_that_are_none(String id, String version) {
        byte[] package_ = PythonFiles.zip(Map.of(
                "x.nuspec",
                "<package><metadata><id>" + id + "</id><version>" + version + "</version></metadata></package>"));

        assertRefused(push(package_), "no id or version that is one");
        assertThat(registry.server().files().all()).isEmpty();
    }

    @Test
    void what_is_no_package() {
        assertRefused(push("no zip".getBytes(StandardCharsets.UTF_8)), ".nuspec");
        assertRefused(push(PythonFiles.zip(Map.of("a", "b"))), "the package has no .nuspec");
        assertRefused(push(Arrays.copyOf(BYTES, 60)), "cannot be read");
        assertRefused(push(Arrays.copyOf(BYTES, BYTES.length - 30)), "cannot be read");
        assertRefused(push(PythonFiles.zip(Map.of("a.nuspec", "nothing"))), "no id or version that is one");
        assertRefused(
                developer.put("/", new FormBody().file("other", "a", BYTES).bytes(), "Content-Type", FormBody.TYPE),
                "no file named package");
        assertThat(registry.server().files().all()).isEmpty();
    }

    @Test
    void symbols_are_kept_and_listed_nowhere() {
        pushed("1.0.0");
        assertThat(push(developer, "/symbolpackage/", BYTES).statusCode()).isEqualTo(201);
        assertThat(push(developer, "/symbolpackage", BYTES).statusCode()).isEqualTo(409);

        assertThat(texts(json(reporter.get("/download/demo.lib/index.json")).path("versions")))
                .containsExactly("1.0.0");
        assertThat(reporter.get("/symbols/demo.lib/1.0.0/demo.lib.1.0.0.snupkg").body())
                .isEqualTo(BYTES);
    }

    @Test
    void a_version_is_deleted_by_those_who_may() {
        pushed("1.0.0");
        pushed("2.0.0");
        push(developer, "/symbolpackage", BYTES);

        assertThat(developer.delete("/Demo.Lib/1.0").statusCode()).isEqualTo(403);
        assertThat(maintainer.delete("/Demo.Lib/1.0").statusCode()).isEqualTo(204);
        Audit.Event act = registry.server().audit().events().getLast();
        assertThat(List.of(act.who(), act.act(), act.project(), act.outcome()))
                .containsExactly("user mary", "delete nuget /Demo.Lib/1.0", "acme/app", "done");
        assertThat(maintainer.delete("/Demo.Lib/1.0").statusCode()).isEqualTo(404);
        assertThat(reporter.get("/download/demo.lib/1.0.0/demo.lib.1.0.0.nupkg").statusCode())
                .isEqualTo(404);
        assertThat(reporter.get("/symbols/demo.lib/1.0.0/demo.lib.1.0.0.snupkg").statusCode())
                .isEqualTo(404);
        assertThat(texts(json(reporter.get("/download/demo.lib/index.json")).path("versions")))
                .containsExactly("2.0.0");
        maintainer.delete("/demo.lib/2.0.0");
        assertThat(reporter.get("/metadata/demo.lib/index.json").statusCode()).isEqualTo(404);
        assertThat(json(registry.packages("")).size()).isZero();
        assertThat(registry.server().files().all()).isEmpty();
        pushed("1.0.0");
    }

    @Test
    void who_may() {
        assertThat(push(registry.with(), "/", BYTES).statusCode()).isEqualTo(401);
        assertThat(push(key("wrong"), "/", BYTES).statusCode()).isEqualTo(401);
        assertThat(push(reporter, "/", BYTES).statusCode()).isEqualTo(403);
        assertThat(registry.with().get("/index.json").statusCode()).isEqualTo(401);
        assertThat(key("reporter").get("/index.json").statusCode()).isEqualTo(200);
        assertThat(developer.send("POST", "/", BodyPublishers.noBody()).statusCode())
                .isEqualTo(405);
    }

    @Test
    void it_is_in_the_packages_api_and_outlives_a_restart() {
        push(BYTES);
        registry.server().start();

        JsonNode row = json(registry.packages("?package_type=nuget")).get(0);
        assertThat(row.path("name").asString()).isEqualTo("demo.lib");
        assertThat(row.path("version").asString()).isEqualTo("1.0.0");
        assertThat(reporter.get("/download/demo.lib/1.0.0/demo.lib.1.0.0.nupkg").body())
                .isEqualTo(BYTES);
    }
}
