package gateway.registry;

import static gateway.registry.RegistryFixture.assertRefused;
import static gateway.registry.RegistryFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.cache.Shelf;
import gateway.support.FormBody;
import gateway.support.PythonFiles;
import gateway.support.StoreFiles;
import gateway.web.ProjectServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Python projects in a project's registry: uploaded, listed, served. */
class PyPiRegistryTest {

    private static final String JSON = "application/vnd.pypi.simple.v1+json";
    private static final String WHEEL = "demo_lib-1.0-py3-none-any.whl";
    private static final byte[] BYTES = PythonFiles.wheel("demo_lib", "1.0");
    private static final String SHA256 = StoreFiles.hex("SHA-256", BYTES);

    @RegisterExtension
    final RegistryFixture registry = new RegistryFixture("pypi");

    private final Asker maintainer = registry.as("maintainer");
    private final Asker developer = registry.as("developer");
    private final Asker reporter = registry.as("reporter");

    private static HttpResponse<byte[]> send(Asker asker, String path, byte[] body) {
        return asker.send("POST", path, BodyPublishers.ofByteArray(body), "Content-Type", FormBody.TYPE);
    }

    private HttpResponse<byte[]> upload(FormBody body) {
        return send(developer, "", body.bytes());
    }

    private static FormBody form() {
        return new FormBody()
                .field(":action", "file_upload")
                .field("name", "Demo.Lib")
                .field("version", "1.0")
                .field("classifiers", "one")
                .field("classifiers", "two");
    }

    private static FormBody wheel() {
        return form().field("sha256_digest", SHA256).file("content", WHEEL, BYTES);
    }

    @Test
    void a_wheel_is_uploaded_listed_and_served() {
        HttpResponse<byte[]> created = upload(wheel());

        assertThat(ProjectServer.text(created)).isEqualTo("{\"message\":\"201 Created\"}");
        assertThat(created.statusCode()).isEqualTo(201);
        HttpResponse<byte[]> page = reporter.get("/simple/demo-lib/", "Accept", JSON);
        assertThat(page.headers().firstValue("Content-Type")).contains(JSON);
        JsonNode file = json(page).path("files").get(0);
        assertThat(file.path("filename").asString()).isEqualTo(WHEEL);
        assertThat(file.path("url").asString()).isEqualTo("../../files/" + SHA256 + "/" + WHEEL);
        assertThat(file.path("hashes").path("sha256").asString()).isEqualTo(SHA256);
        assertThat(file.path("size").asInt()).isEqualTo(BYTES.length);
        assertThat(file.path("requires-python").asString()).isEqualTo(">=3.8");
        assertThat(file.path("upload-time").asString()).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(json(page).path("versions").get(0).asString()).isEqualTo("1.0");
        assertThat(reporter.get("/files/" + SHA256 + "/" + WHEEL).body()).isEqualTo(BYTES);
        HttpResponse<byte[]> metadata = reporter.get("/files/" + SHA256 + "/" + WHEEL + ".metadata");
        assertThat(ProjectServer.text(metadata)).isEqualTo(PythonFiles.metadata("demo_lib", "1.0"));
        assertThat(file.path("core-metadata").path("sha256").asString())
                .isEqualTo(StoreFiles.hex("SHA-256", metadata.body()));
        assertThat(reporter.get("/files/" + "0".repeat(64) + "/" + WHEEL).statusCode())
                .isEqualTo(404);
        assertThat(reporter.get("/files/" + SHA256 + "/" + WHEEL.replace("1.0", "1.1"))
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void pages_are_html_for_those_who_do_not_ask_for_more() {
        upload(wheel());
        String digest = StoreFiles.hex(
                "SHA-256", PythonFiles.metadata("demo_lib", "1.0").getBytes(StandardCharsets.UTF_8));
        String rest = "files/" + SHA256 + "/" + WHEEL + "#sha256=" + SHA256
                + "\" data-requires-python=\"&gt;=3.8\" data-core-metadata=\"sha256=" + digest
                + "\" data-dist-info-metadata=\"sha256=" + digest + "\">" + WHEEL + "</a>";

        HttpResponse<byte[]> page = reporter.get("/simple/demo-lib/");
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html");
        assertThat(ProjectServer.text(page)).contains("<a href=\"../../" + rest);
        assertThat(ProjectServer.text(reporter.get("/simple/demo-lib"))).contains("<a href=\"../" + rest);
        assertThat(ProjectServer.text(reporter.get("/simple"))).contains("<a href=\"simple/demo-lib/\">demo-lib</a>");
        assertThat(ProjectServer.text(reporter.get("/simple/"))).contains("<a href=\"demo-lib/\">demo-lib</a>");
        assertThat(json(reporter.get("/simple/", "Accept", JSON))
                        .path("projects")
                        .get(0)
                        .path("name")
                        .asString())
                .isEqualTo("demo-lib");
        assertThat(reporter.get("/simple/demo-lib/", "Accept", "image/png").statusCode())
                .isEqualTo(406);
        assertThat(reporter.get("/simple/other/").statusCode()).isEqualTo(404);
    }

    @Test
    void another_spelling_leads_to_the_one_that_clients_ask() {
        HttpResponse<byte[]> moved = reporter.get("/simple/Demo._-Lib/");

        assertThat(moved.statusCode()).isEqualTo(301);
        assertThat(moved.headers().firstValue("Location")).contains(registry.base() + "/simple/demo-lib/");
    }

    @Test
    void a_source_distribution_whose_fields_come_behind_it() {
        byte[] bytes = PythonFiles.sdist("demo-lib", "1.0rc1");
        FormBody body = new FormBody()
                .file("content", "demo-lib-1.0rc1.tar.gz", bytes)
                .field("name", "demo-lib")
                .field("version", "1.0-RC1")
                .field("md5_digest", StoreFiles.hex("MD5", bytes));

        assertThat(send(developer, "/", body.bytes()).statusCode()).isEqualTo(201);

        JsonNode page = json(reporter.get("/simple/demo-lib/", "Accept", JSON));
        assertThat(page.path("versions").get(0).asString()).isEqualTo("1.0rc1");
        JsonNode file = page.path("files").get(0);
        assertThat(file.path("requires-python").asString()).isEqualTo(">=3.8");
        assertThat(file.has("core-metadata")).isFalse();
        String path = "/files/" + StoreFiles.hex("SHA-256", bytes) + "/demo-lib-1.0rc1.tar.gz";
        assertThat(reporter.get(path).body()).isEqualTo(bytes);
        assertThat(reporter.get(path + ".metadata").statusCode()).isEqualTo(404);
    }

    @Test
    void a_file_is_published_once() {
        upload(wheel());
        byte[] other = PythonFiles.wheel("demo_lib", "1.0 ");
        HttpResponse<byte[]> same = upload(wheel());
        HttpResponse<byte[]> changed = upload(form().file("content", WHEEL, other));

        // By these words twine knows what it may skip.
        assertRefused(same, "already exists");
        assertRefused(changed, "already exists");
        assertThat(json(reporter.get("/simple/demo-lib/", "Accept", JSON))
                        .path("files")
                        .size())
                .isEqualTo(1);
        assertThat(registry.server().files().holds(other)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'',       1.0, demo_lib-1.0-py3-none-any.whl,  name is missing",
        "demo-lib, '',  demo_lib-1.0-py3-none-any.whl,  version is missing",
        "../etc,   1.0, demo_lib-1.0-py3-none-any.whl,  name is invalid",
        "demo-lib, ..,  demo_lib-1.0-py3-none-any.whl,  version is invalid",
        "demo-lib, 1.0, ../demo_lib-1.0.tar.gz,         must be a wheel or a source distribution",
        "demo-lib, 1.0, demo_lib-1.0.txt,               must be a wheel or a source distribution",
        "demo-lib, 1.0, demo_lib-1.0.tar.gz.metadata,   must be a wheel or a source distribution",
        "demo-lib, 1.1, demo_lib-1.0-py3-none-any.whl,  is not called as one of demo-lib 1.1",
        "other,    1.0, demo_lib-1.0-py3-none-any.whl,  is not called as one of other 1.0",
    })
    void names_that_do_not_fit(String name, String version, String file, String why) {
        FormBody body = new FormBody().field("name", name).field("version", version);

        assertRefused(upload(body.file("content", file, BYTES)), why);
        assertThat(registry.server().files().all()).isEmpty();
    }

    @Test
    void digests_that_do_not_fit() {
        assertRefused(upload(form().field("sha256_digest", "00".repeat(32)).file("content", WHEEL, BYTES)), SHA256);
        assertRefused(
                upload(form().field("md5_digest", "00").file("content", WHEEL, BYTES)), StoreFiles.hex("MD5", BYTES));
        assertThat(registry.server().files().all()).isEmpty();
    }

    @Test
    void files_that_are_not_what_they_are_called() {
        assertRefused(upload(form().file("content", WHEEL, "no zip".getBytes(StandardCharsets.UTF_8))), "METADATA");
        assertRefused(upload(form().file("content", WHEEL, PythonFiles.zip(Map.of("a", "b")))), "METADATA");
        assertRefused(upload(form().file("content", WHEEL, PythonFiles.wheel("other", "1.0"))), "METADATA is of other");
        for (int length : new int[] {60, BYTES.length / 2, BYTES.length - 30}) {
            assertRefused(upload(form().file("content", WHEEL, Arrays.copyOf(BYTES, length))), "cannot be read");
        }
        assertRefused(
                upload(form().file("content", "demo_lib-1.0.tar.gz", BYTES)), "cannot be read as what its name says");
        assertThat(registry.server().files().all()).isEmpty();
    }

    @Test
    void bodies_that_are_no_forms() {
        HttpResponse<byte[]> plain =
                developer.send("POST", "", BodyPublishers.ofByteArray(BYTES), "Content-Type", "a/b");

        assertRefused(plain, "multipart/form-data");
        assertRefused(send(developer, "", BYTES), "no whole multipart/form-data");
        assertRefused(send(developer, "", wheel().open()), "no whole multipart/form-data");
        assertRefused(upload(form()), "no file named content");
        assertRefused(upload(form().field("content", "text")), "no file named content");
        assertRefused(upload(wheel().file("content", WHEEL, BYTES)), "two files named content");
        assertRefused(upload(form().field(":action", "submit")), "no file named content");
        byte[] long_ = new byte[5 << 20];
        Arrays.fill(long_, (byte) 'a');
        assertRefused(
                upload(form().field("description", new String(long_, StandardCharsets.US_ASCII))),
                "a field of the form");
        assertThat(registry.server().files().all()).isEmpty();
    }

    @Test
    void a_file_is_too_large() {
        registry.server().start(new Shelf.Terms(100_000, true), Long.MAX_VALUE);
        byte[] large = new byte[3_000_000];
        new Random(1).nextBytes(large);
        byte[] body = form().file("content", "demo_lib-1.0.tar.gz", large).bytes();

        HttpResponse<byte[]> refused = developer.send(
                "POST",
                "",
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)),
                "Content-Type",
                FormBody.TYPE);
        assertRefused(refused, "100000 bytes");
        assertThat(upload(wheel()).statusCode()).isEqualTo(201);
    }

    @Test
    void a_client_leaves_while_it_uploads() throws Exception {
        byte[] large = new byte[3_000_000];
        new Random(1).nextBytes(large);
        byte[] body = form().file("content", "demo_lib-1.0.tar.gz", large).bytes();
        try (Socket socket = socket(body.length)) {
            socket.getOutputStream().write(body, 0, 2_000_000);
            socket.getOutputStream().flush();
            await().until(() -> !registry.server().files().staged().isEmpty());
        }

        await().untilAsserted(
                        () -> assertThat(registry.server().files().staged()).isEmpty());
        assertThat(reporter.get("/simple/demo-lib/").statusCode()).isEqualTo(404);
    }

    @Test
    void a_form_comes_in_small_pieces() throws Exception {
        byte[] body = wheel().bytes();
        try (Socket socket = socket(body.length)) {
            socket.setTcpNoDelay(true);
            for (int from = 0; from < body.length; from += 7) {
                socket.getOutputStream().write(body, from, Math.min(7, body.length - from));
                socket.getOutputStream().flush();
            }
            byte[] status = socket.getInputStream().readNBytes(12);
            assertThat(new String(status, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 201");
        }
        assertThat(reporter.get("/files/" + SHA256 + "/" + WHEEL).body()).isEqualTo(BYTES);
    }

    @Test
    void a_large_file_is_the_same_when_it_is_read_back() {
        byte[] large = new byte[20 << 20];
        new Random(1).nextBytes(large);
        String file = "demo_lib-1.0.tar.bz2";

        assertThat(upload(form().file("content", file, large)).statusCode()).isEqualTo(201);

        assertThat(reporter.get("/files/" + StoreFiles.hex("SHA-256", large) + "/" + file)
                        .body())
                .isEqualTo(large);
    }

    private Socket socket(int length) throws IOException {
        return developer.begin("POST", "", length, "Content-Type", FormBody.TYPE);
    }

    @Test
    void who_may() {
        assertThat(send(registry.with(), "", wheel().bytes()).statusCode()).isEqualTo(401);
        assertThat(send(registry.as("wrong"), "", wheel().bytes()).statusCode()).isEqualTo(401);
        assertThat(send(reporter, "", wheel().bytes()).statusCode()).isEqualTo(403);
        assertThat(registry.with().get("/simple/demo-lib/").statusCode()).isEqualTo(401);
        assertThat(upload(wheel()).statusCode()).isEqualTo(201);
        assertThat(registry.with().get("/files/" + SHA256 + "/" + WHEEL).statusCode())
                .isEqualTo(401);
        assertThat(developer.put("/simple/", new byte[0]).statusCode()).isEqualTo(405);
    }

    @Test
    void it_is_in_the_packages_api_outlives_a_restart_and_goes_when_it_is_deleted() {
        upload(wheel());
        registry.server().start();
        JsonNode row = json(registry.packages("?package_type=pypi")).get(0);
        assertThat(row.path("name").asString()).isEqualTo("demo-lib");
        assertThat(row.path("version").asString()).isEqualTo("1.0");
        assertThat(reporter.get("/files/" + SHA256 + "/" + WHEEL).body()).isEqualTo(BYTES);

        HttpResponse<byte[]> deleted = maintainer
                .at(RegistryFixture.PACKAGES)
                .delete("/" + row.path("id").asLong());
        assertThat(deleted.statusCode()).isEqualTo(204);
        assertThat(reporter.get("/files/" + SHA256 + "/" + WHEEL).statusCode()).isEqualTo(404);
        assertThat(reporter.get("/simple/demo-lib/").statusCode()).isEqualTo(404);
        assertThat(upload(wheel()).statusCode()).isEqualTo(201);
    }
}
