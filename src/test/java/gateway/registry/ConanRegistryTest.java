package gateway.registry;

import static gateway.registry.RegistryFixture.assertCreated;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.cache.Shelf;
import gateway.support.StoreFiles;
import gateway.web.ProjectServer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What conan asks of a project's registry. */
class ConanRegistryTest {

    private static final String TINY = "/v2/conans/tiny/1.0+b/_/_";

    @RegisterExtension
    final RegistryFixture registry = new RegistryFixture("conan");

    private final Asker maintainer = registry.as("maintainer");
    private final Asker developer = registry.as("developer");
    private final Asker reporter = registry.as("reporter");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static HttpResponse<byte[]> put(Asker asker, String path, String text) {
        return asker.put(path, bytes(text), "X-Checksum-Sha1", StoreFiles.hex("SHA-1", bytes(text)));
    }

    private void publish(String path, String text) {
        registry.server().clock().advance(Duration.ofSeconds(1));
        assertCreated(put(developer, path, text));
    }

    private void recipe(String reference, String revision) {
        publish(reference + "/revisions/" + revision + "/files/conanfile.py", "of " + revision);
        publish(reference + "/revisions/" + revision + "/files/conanmanifest.txt", "1\n" + revision);
    }

    private void binary(String reference, String recipe, String id, String revision, String info) {
        String files = reference + "/revisions/" + recipe + "/packages/" + id + "/revisions/" + revision + "/files/";
        publish(files + "conan_package.tgz", "bytes of " + revision);
        publish(files + "conaninfo.txt", info);
        publish(files + "conanmanifest.txt", "1\n" + revision);
    }

    private JsonNode json(String path) {
        HttpResponse<byte[]> answer = reporter.get(path);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        return RegistryFixture.json(answer);
    }

    private List<String> found(String query) {
        List<String> found = new ArrayList<>();
        json("/v2/conans/search" + query).path("results").forEach(it -> found.add(it.asString("")));
        return found;
    }

    private List<String> revisions(String path) {
        List<String> revisions = new ArrayList<>();
        json(path)
                .path("revisions")
                .forEach(it -> revisions.add(it.path("revision").asString("")));
        return revisions;
    }

    @Test
    @DisplayName("what was uploaded is read as it was, also after a start anew, and is in the list of packages")
    void publishes() {
        recipe(TINY, "r1");
        binary(TINY, "r1", "p1", "b1", "[settings]\nos=Linux\n");
        registry.server().start();

        HttpResponse<byte[]> archive =
                reporter.get(TINY + "/revisions/r1/packages/p1/revisions/b1/files/conan_package.tgz");
        assertThat(ProjectServer.text(archive)).isEqualTo("bytes of b1");
        assertThat(archive.headers().firstValue("Accept-Ranges")).contains("bytes");
        assertThat(json(TINY + "/latest").path("revision").asString("")).isEqualTo("r1");
        assertThat(json(TINY + "/latest").path("time").asString("")).endsWith("Z");
        assertThat(json(TINY + "/revisions/r1/files").toString())
                .isEqualTo("{\"files\":{\"conanfile.py\":{},\"conanmanifest.txt\":{}}}");
        assertThat(json(TINY + "/revisions/r1/packages/p1/latest")
                        .path("revision")
                        .asString(""))
                .isEqualTo("b1");
        assertThat(json(TINY + "/revisions/r1/packages/p1/revisions/b1/files").path("files"))
                .hasSize(3);
        for (int i = 0; i < 2; i++) {
            assertThat(json(TINY + "/revisions/r1/search?list_only=False").toString())
                    .isEqualTo("{\"p1\":{\"content\":\"[settings]\\nos=Linux\\n\"}}");
        }
        assertThat(json(TINY + "/search?list_only=True").toString()).isEqualTo("{\"p1\":{}}");
        assertThat(ProjectServer.text(registry.packages("?package_type=conan")))
                .contains("\"name\":\"tiny\"", "\"version\":\"1.0+b\"");
    }

    @Test
    @DisplayName("the newest revision is the one whose manifest came last, and none is there without its manifest")
    void revisions() {
        recipe(TINY, "r2");
        recipe(TINY, "r1");
        publish(TINY + "/revisions/r3/files/conanfile.py", "not all of it yet");
        binary(TINY, "r1", "p1", "b1", "");
        binary(TINY, "r1", "p1", "b2", "");
        binary(TINY, "r2", "p1", "b3", "");

        assertThat(revisions(TINY + "/revisions")).containsExactly("r1", "r2");
        assertThat(json(TINY + "/latest").path("revision").asString("")).isEqualTo("r1");
        assertThat(revisions(TINY + "/revisions/r1/packages/p1/revisions")).containsExactly("b2", "b1");
        assertThat(revisions(TINY + "/revisions/r2/packages/p1/revisions")).containsExactly("b3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/conans/none/1.0/_/_/latest",
                "/v2/conans/tiny/1.0+b/_/_/revisions/r9/files",
                "/v2/conans/tiny/1.0+b/acme/stable/latest",
                "/v2/conans/tiny/1.0+b/_/_/revisions/r9/search",
                "/v2/conans/tiny/1.0+b/_/_/revisions/r1/packages/p9/latest",
                "/v2/conans/tiny/1.0+b/_/_/revisions/r1/files/other.txt",
                "/v2/conans/tiny/1.0+b/_/_/revisions/r1",
                "/v1/conans/tiny/1.0+b/_/_/digest"
            })
    @DisplayName("what is not there is 404")
    void absent(String path) {
        recipe(TINY, "r1");

        assertThat(reporter.get(path).statusCode()).isEqualTo(404);
    }

    @Test
    @DisplayName("a search finds by name, by name and version, and by the whole reference, in any case")
    void searches() {
        recipe(TINY, "r1");
        recipe(TINY, "r2");
        recipe("/v2/conans/Tin/2.0/acme/stable", "r1");
        publish("/v2/conans/timid/1.0/_/_/revisions/r1/files/conanfile.py", "no manifest");

        assertThat(found("")).containsExactlyInAnyOrder("tiny/1.0+b", "Tin/2.0@acme/stable");
        assertThat(found("?q=ti*")).containsExactlyInAnyOrder("tiny/1.0+b", "Tin/2.0@acme/stable");
        assertThat(found("?q=ti*&ignorecase=False")).containsExactly("tiny/1.0+b");
        assertThat(found("?q=tiny%2F1.%3F%2Bb")).containsExactly("tiny/1.0+b");
        assertThat(found("?q=tin%2F*%40acme%2F*")).containsExactly("Tin/2.0@acme/stable");
        assertThat(found("?q=in*")).isEmpty();
        assertThat(reporter.get("/v2/conans/search?q=" + "*".repeat(600)).statusCode())
                .isEqualTo(400);
    }

    @Test
    @DisplayName("who may not write does not publish; only Maintainers remove")
    void rights() {
        recipe(TINY, "r1");
        String file = TINY + "/revisions/r2/files/conanfile.py";

        assertThat(put(reporter, file, "text").statusCode()).isEqualTo(403);
        assertThat(put(registry.as("nobody"), file, "text").statusCode()).isEqualTo(401);
        assertThat(registry.with().put(file, bytes("text")).statusCode()).isEqualTo(401);
        assertThat(registry.with().get(TINY + "/latest").statusCode()).isEqualTo(401);
        assertThat(developer.delete(TINY + "/revisions/r1").statusCode()).isEqualTo(403);
        assertThat(reporter.get(file).statusCode()).isEqualTo(404);
        assertThat(revisions(TINY + "/revisions")).containsExactly("r1");
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/conans/tiny/1.0/_/_/revisions/r1/files/.hidden, 400",
        "/v2/conans/tiny/1.0/_/_/revisions/r1/files/a%2F..%2Fb, 400",
        "/v2/conans/tiny/1.0/_/_/revisions/r%20/files/conanfile.py, 400",
        "/v2/conans/-tiny/1.0/_/_/revisions/r1/files/conanfile.py, 400",
        "/v2/conans/tiny/1.0/_/_/revisions/r1/files/a%00b, 400",
        "/v1/conans/tiny/1.0/_/_/upload_urls, 400",
        "/v2/conans/tiny/1.0/_/_/revisions/r1/files, 405",
        "/v2/conans/tiny/1.0/_/_/revisions/r1, 405"
    })
    @DisplayName("what is no path of a file is not published")
    void badPaths(String path, int status) {
        assertThat(put(developer, path, "text").statusCode()).isEqualTo(status);
        assertThat(found("")).isEmpty();
    }

    @Test
    @DisplayName("bytes that are not those that were promised are refused, and a promise alone is no upload")
    void checksums() {
        String file = TINY + "/revisions/r1/files/conanfile.py";

        assertThat(developer
                        .put(file, bytes("text"), "X-Checksum-Sha1", "0".repeat(40))
                        .statusCode())
                .isEqualTo(400);
        assertThat(developer
                        .put(
                                file,
                                new byte[0],
                                "X-Checksum-Deploy",
                                "true",
                                "X-Checksum-Sha1",
                                StoreFiles.hex("SHA-1", new byte[0]))
                        .statusCode())
                .isEqualTo(404);
        assertThat(reporter.get(file).statusCode()).isEqualTo(404);
    }

    @Test
    @DisplayName("a file without bytes is a file")
    void empty() {
        String file = TINY + "/revisions/r1/packages/p1/revisions/b1/files/conaninfo.txt";
        publish(file, "");

        assertThat(reporter.get(file).statusCode()).isEqualTo(200);
        assertThat(reporter.get(file).body()).isEmpty();
        assertThat(reporter.get(file).headers().firstValue("Content-Length")).contains("0");
    }

    @Test
    @DisplayName("removing a revision takes its files away and leaves the others")
    void removes() {
        recipe(TINY, "r1");
        recipe(TINY, "r10");
        binary(TINY, "r1", "p1", "b1", "");
        binary(TINY, "r1", "p1", "b2", "");
        binary(TINY, "r10", "p1", "b3", "");

        assertThat(maintainer
                        .delete(TINY + "/revisions/r1/packages/p1/revisions/b2")
                        .statusCode())
                .isEqualTo(200);
        assertThat(revisions(TINY + "/revisions/r1/packages/p1/revisions")).containsExactly("b1");
        assertThat(maintainer.delete(TINY + "/revisions/r1/packages").statusCode())
                .isEqualTo(200);
        assertThat(json(TINY + "/revisions/r1/search?list_only=True")).isEmpty();
        assertThat(maintainer.delete(TINY + "/revisions/r1").statusCode()).isEqualTo(200);
        assertThat(maintainer.delete(TINY + "/revisions/r1").statusCode()).isEqualTo(404);

        assertThat(revisions(TINY + "/revisions")).containsExactly("r10");
        assertThat(reporter.get(TINY + "/revisions/r1/files/conanfile.py").statusCode())
                .isEqualTo(404);
        assertThat(json(TINY + "/revisions/r10/search?list_only=True")).hasSize(1);

        String list = "?package_type=conan";
        assertThat(ProjectServer.text(registry.packages(list))).contains("tiny");
        assertThat(maintainer.delete(TINY + "/revisions/r10").statusCode()).isEqualTo(200);
        assertThat(ProjectServer.text(registry.packages(list))).isEqualTo("[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/packages/p1/revisions/b1"})
    @DisplayName("where duplicates are refused, an upload that broke off is begun anew until the manifest is there")
    void duplicates(String binary) {
        registry.server().start(new Shelf.Terms(1 << 20, false), Long.MAX_VALUE);
        String files = TINY + "/revisions/r1" + binary + "/files/";
        publish(files + "conan_export.tgz", "broke off after this");
        publish(files + "conan_export.tgz", "packed anew");
        publish(files + "conanmanifest.txt", "1\nmanifest");
        publish(files + "metadata/logs/build.log", "one");
        publish(files + "metadata/logs/build.log", "two");

        for (String file : List.of("conan_export.tgz", "conanmanifest.txt")) {
            HttpResponse<byte[]> again = put(developer, files + file, "other");
            RegistryFixture.assertRefused(again, "duplicates are not allowed");
        }
        assertThat(ProjectServer.text(reporter.get(files + "conan_export.tgz"))).isEqualTo("packed anew");
        assertThat(ProjectServer.text(reporter.get(files + "conanmanifest.txt")))
                .isEqualTo("1\nmanifest");
        assertThat(ProjectServer.text(reporter.get(files + "metadata/logs/build.log")))
                .isEqualTo("two");
    }

    @Test
    @DisplayName("the capabilities, which clients ask first")
    void ping() {
        assertThat(reporter.get("/v1/ping").headers().firstValue("X-Conan-Server-Capabilities"))
                .contains("revisions");
    }
}
