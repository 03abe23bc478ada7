package gateway.registry;

import static gateway.registry.RegistryFixture.assertCreated;
import static gateway.registry.RegistryFixture.header;
import static gateway.registry.RegistryFixture.json;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.cache.Shelf;
import gateway.project.PackageFile;
import gateway.support.StoreFiles;
import gateway.web.ProjectServer;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What npm publishes into a project, and what it reads there. */
class NpmRegistryTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ABBREVIATED = "application/vnd.npm.install-v1+json";

    @RegisterExtension
    final RegistryFixture registry = new RegistryFixture("npm");

    private final Asker maintainer = registry.with("Authorization", "Bearer maintainer");
    private final Asker developer = registry.with("Authorization", "Bearer developer");
    private final Asker reporter = registry.with("Authorization", "Bearer reporter");

    private static HttpResponse<byte[]> send(Asker asker, String method, String path, String body) {
        return asker.send(method, path, BodyPublishers.ofString(body), "Content-Type", "application/json");
    }

    private HttpResponse<byte[]> publish(String path, NpmPublication publication) {
        return developer.put(path, publication.bytes());
    }

    private void published(NpmPublication publication) {
        String name = publication.body().path("name").asString();
        assertCreated(publish("/" + name.replace("/", "%2f"), publication));
        registry.server().clock().advance(Duration.ofSeconds(1));
    }

    private JsonNode packument(String name) {
        return json(reporter.get("/" + name));
    }

    private static String error(HttpResponse<byte[]> answer) {
        return JsonMapper.shared().readTree(answer.body()).path("error").asString();
    }

    @ParameterizedTest
    @CsvSource({
        "left-pad, /left-pad, left-pad",
        "@acme/pad, /@acme%2fpad, @acme%2Fpad",
        "@acme/pad, /@acme%252fpad, @acme/pad",
        "@acme/pad, /@acme/pad, %40acme%2fpad"
    })
    void a_published_version_is_read_back(String name, String path, String asked) {
        NpmPublication publication = new NpmPublication(name, "1.3.0");

        HttpResponse<byte[]> stored = publish(path, publication);

        assertCreated(stored);
        JsonNode packument = packument(asked);
        assertThat(packument.path("name").asString()).isEqualTo(name);
        assertThat(packument.path("dist-tags")).isEqualTo(JsonMapper.shared().readTree("{\"latest\":\"1.3.0\"}"));
        assertThat(packument.path("time").path("1.3.0").asString()).isEqualTo("2026-03-01T12:00:00Z");
        JsonNode manifest = packument.path("versions").path("1.3.0");
        assertThat(manifest.path("dependencies").path("other").asString()).isEqualTo("^1.0.0");
        assertThat(manifest.has("readme")).isFalse();
        JsonNode dist = manifest.path("dist");
        assertThat(dist.path("integrity").asString()).isEqualTo(publication.integrity());
        assertThat(dist.path("shasum").asString()).isEqualTo(StoreFiles.hex("SHA-1", publication.tarball()));
        String tarball = dist.path("tarball").asString();
        assertThat(tarball).isEqualTo(registry.base() + "/" + name + "/-/" + publication.file());
        HttpResponse<byte[]> file = reporter.follow(tarball);
        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.body()).isEqualTo(publication.tarball());
        assertThat(header(file, "Content-Type")).isEqualTo("application/octet-stream");
    }

    @Test
    void a_client_that_installs_gets_the_short_form() {
        published(new NpmPublication("pad", "1.0.0"));

        HttpResponse<byte[]> answer = reporter.get("/pad", "Accept", ABBREVIATED + "; q=1.0, application/json; q=0.8");

        assertThat(header(answer, "Content-Type")).isEqualTo(ABBREVIATED);
        assertThat(header(answer, "Vary")).isEqualTo("Accept");
        JsonNode manifest = json(answer).path("versions").path("1.0.0");
        assertThat(manifest.has("scripts")).isFalse();
        assertThat(manifest.path("hasInstallScript").asBoolean()).isTrue();
        assertThat(manifest.path("dist").path("tarball").asString())
                .isEqualTo(registry.base() + "/pad/-/pad-1.0.0.tgz");
    }

    @Test
    void a_packument_that_did_not_change_is_not_sent_again() {
        published(new NpmPublication("pad", "1.0.0"));
        String tag = header(reporter.get("/pad"), "ETag");

        HttpResponse<byte[]> same = reporter.get("/pad", "If-None-Match", tag);
        published(new NpmPublication("pad", "1.0.1"));
        HttpResponse<byte[]> other = reporter.get("/pad", "If-None-Match", tag);

        assertThat(tag).isNotEmpty();
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(other.statusCode()).isEqualTo(200);
    }

    @Test
    void one_version_is_read_by_its_number_or_a_tag() {
        published(new NpmPublication("pad", "1.0.0"));
        published(new NpmPublication("pad", "1.1.0"));

        assertThat(json(reporter.get("/pad/1.0.0")).path("version").asString()).isEqualTo("1.0.0");
        assertThat(json(reporter.get("/pad/latest")).path("version").asString()).isEqualTo("1.1.0");
        assertThat(reporter.get("/pad/2.0.0").statusCode()).isEqualTo(404);
    }

    @Test
    void a_version_is_published_once() {
        NpmPublication first = new NpmPublication("pad", "1.0.0");
        published(first);

        HttpResponse<byte[]> again = publish("/pad", new NpmPublication("pad", "1.0.0", new byte[] {1, 2, 3}));

        assertThat(again.statusCode()).isEqualTo(403);
        assertThat(error(again)).contains("pad@1.0.0 was published before");
        assertThat(JsonMapper.shared().readTree(again.body()).path("message").asString())
                .startsWith("403 Forbidden");
        assertThat(reporter.get("/pad/-/pad-1.0.0.tgz").body()).isEqualTo(first.tarball());
        assertThat(registry.blobs()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "shasum, 0000000000000000000000000000000000000000",
        "integrity, sha512-AAAA",
        "integrity, sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    })
    void a_tarball_that_is_not_the_promised_one_is_refused(String field, String value) {
        NpmPublication publication = new NpmPublication("pad", "1.0.0");
        String promise =
                value.equals("sha512-AAAA") ? "sha512-" + Base64.getEncoder().encodeToString(new byte[64]) : value;
        ((ObjectNode) publication.manifest().path("dist")).put(field, promise);

        HttpResponse<byte[]> answer = publish("/pad", publication);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer)).contains("dist." + field);
        assertThat(reporter.get("/pad").statusCode()).isEqualTo(404);
        assertThat(registry.blobs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "no json", "{\"_attachments\":{\"x.tgz\":{\"data\":\"%%%\"}}}", "{\"name\":\"pad\""})
    void a_body_that_npm_would_not_send_is_refused(String body) {
        HttpResponse<byte[]> answer = send(developer, "PUT", "/pad", body);

        assertThat(answer.statusCode()).as(ProjectServer.text(answer)).isEqualTo(400);
        assertThat(registry.blobs()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "pad, pad, one, 400",
        "pad, pad, 1.0, 400",
        "pad, pad, 1.0.0/../x, 400",
        "pad, pud, 1.0.0, 400",
        "'p ad', 'p ad', 1.0.0, 400",
        "node_modules, node_modules, 1.0.0, 400",
        "pad, pad, 1.0.0-beta.1, 201"
    })
    void names_and_versions_are_such_as_npm_takes(String asked, String name, String version, int status) {
        HttpResponse<byte[]> answer =
                publish("/" + asked.replace(" ", "%20"), new NpmPublication(name, version, new byte[] {1}));

        assertThat(answer.statusCode()).as(ProjectServer.text(answer)).isEqualTo(status);
    }

    @Test
    void a_version_whose_manifest_is_endless_is_refused() {
        NpmPublication publication = new NpmPublication("pad", "1.0.0");
        for (int i = 0; i < 30; i++) {
            publication.manifest().put("field" + i, "x".repeat(50_000));
        }

        HttpResponse<byte[]> answer = publish("/pad", publication);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer)).contains("960 KiB");
    }

    @Test
    void a_tarball_may_be_as_large_as_uploads_may_be() {
        registry.server().start(new Shelf.Terms(100_000, true), Long.MAX_VALUE);
        byte[] fits = new byte[100_000];
        new Random(1).nextBytes(fits);
        byte[] more = new byte[100_001];

        HttpResponse<byte[]> taken = publish("/pad", new NpmPublication("pad", "1.0.0", fits));
        HttpResponse<byte[]> refused = publish("/pad", new NpmPublication("pad", "1.0.1", more));

        assertCreated(taken);
        assertThat(reporter.get("/pad/-/pad-1.0.0.tgz").body()).isEqualTo(fits);
        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(registry.blobs()).hasSize(1);
    }

    @Test
    void of_an_upload_that_breaks_off_nothing_is_left() throws Exception {
        byte[] tarball = new byte[200_000];
        new Random(1).nextBytes(tarball);
        byte[] body = new NpmPublication("pad", "1.0.0", tarball).bytes();

        try (Socket socket = registry.as("developer").begin("PUT", "/pad", body.length)) {
            socket.getOutputStream().write(body, 0, body.length / 2);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(registry.server().files().staged()).isNotEmpty());
        }

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(registry.server().files().staged()).isEmpty());
        assertThat(registry.blobs()).isEmpty();
        assertThat(reporter.get("/pad").statusCode()).isEqualTo(404);
        published(new NpmPublication("pad", "1.0.0", tarball));
        assertThat(reporter.get("/pad/-/pad-1.0.0.tgz").body()).isEqualTo(tarball);
    }

    @Test
    void of_many_who_publish_a_version_at_once_one_does() throws Exception {
        List<Callable<Integer>> uploads = IntStream.range(0, 8)
                .mapToObj(i -> (Callable<Integer>) () -> publish(
                                "/pad",
                                new NpmPublication("pad", "1.0.0", ("tarball " + i).getBytes(StandardCharsets.UTF_8)))
                        .statusCode())
                .toList();
        List<Integer> statuses = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (Future<Integer> status : threads.invokeAll(uploads)) {
                statuses.add(status.get());
            }
        }

        assertThat(statuses).containsOnlyOnce(201).hasSize(8).containsOnly(201, 403);
        byte[] served = reporter.get("/pad/-/pad-1.0.0.tgz").body();
        assertThat(packument("pad")
                        .path("versions")
                        .path("1.0.0")
                        .path("dist")
                        .path("shasum")
                        .asString())
                .isEqualTo(StoreFiles.hex("SHA-1", served));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(registry.blobs()).hasSize(1));
    }

    @Test
    void the_order_within_the_body_does_not_matter() {
        NpmPublication publication = new NpmPublication("pad", "1.0.0");
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.set("_attachments", publication.body().path("_attachments"));
        body.setAll(publication.body());

        HttpResponse<byte[]> answer =
                send(developer, "PUT", "/pad", JsonMapper.shared().writeValueAsString(body));

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(reporter.get("/pad/-/pad-1.0.0.tgz").body()).isEqualTo(publication.tarball());
    }

    @Test
    void who_may_do_what() {
        byte[] body = new NpmPublication("pad", "1.0.0").bytes();

        assertThat(registry.with().put("/pad", body).statusCode()).isEqualTo(401);
        assertThat(reporter.put("/pad", body).statusCode()).isEqualTo(403);
        assertThat(developer.put("/pad", body).statusCode()).isEqualTo(201);
        assertThat(registry.with().get("/pad").statusCode()).isEqualTo(401);
        assertThat(send(reporter, "PUT", "/-/package/pad/dist-tags/next", "\"1.0.0\"")
                        .statusCode())
                .isEqualTo(403);
        assertThat(developer.delete("/pad/-rev/1").statusCode()).isEqualTo(403);
        assertThat(reporter.get("/pad").statusCode()).isEqualTo(200);
    }

    @Test
    void tags_come_with_versions_and_by_themselves() {
        published(new NpmPublication("@acme/pad", "1.0.0"));
        published(new NpmPublication("@acme/pad", "2.0.0-rc.1").tagged("next"));
        String tags = "/-/package/@acme%2fpad/dist-tags";

        assertThat(json(reporter.get(tags))).isEqualTo(value("{'latest':'1.0.0','next':'2.0.0-rc.1'}"));
        assertThat(send(developer, "PUT", tags + "/old", "\"1.0.0\"").statusCode())
                .isEqualTo(204);
        assertThat(send(developer, "PUT", tags + "/none", "\"3.0.0\"").statusCode())
                .isEqualTo(404);
        assertThat(send(developer, "PUT", tags + "/1.0", "\"1.0.0\"").statusCode())
                .isEqualTo(400);
        assertThat(send(developer, "PUT", tags + "/old", "1").statusCode()).isEqualTo(400);
        assertThat(developer.delete(tags + "/next").statusCode()).isEqualTo(204);

        assertThat(json(reporter.get(tags))).isEqualTo(value("{'latest':'1.0.0','old':'1.0.0'}"));
        JsonNode rows = json(registry.packages(""));
        assertThat(rows.get(0).path("package_type").asString()).isEqualTo("npm");
        assertThat(rows.get(0).path("name").asString()).isEqualTo("@acme/pad");
        assertThat(rows.get(0).path("tags")).isEqualTo(value("['latest','old']"));
        assertThat(rows.get(1).path("tags").isEmpty()).isTrue();
    }

    private static JsonNode value(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    @Test
    void without_a_latest_tag_the_highest_release_is_it() {
        for (String version : List.of("1.9.0", "1.10.0", "2.0.0-beta.2", "1.2.0")) {
            published(new NpmPublication("pad", version).tagged("some"));
        }

        assertThat(packument("pad").path("dist-tags").path("latest").asString()).isEqualTo("1.10.0");
    }

    @Test
    void a_version_is_deprecated_and_not_any_more() {
        published(new NpmPublication("pad", "1.0.0"));
        published(new NpmPublication("pad", "1.0.1"));
        ObjectNode packument = (ObjectNode) packument("pad");
        ObjectNode manifest = (ObjectNode) packument.path("versions").path("1.0.0");

        manifest.put("deprecated", "use 1.0.1");
        assertThat(send(developer, "PUT", "/pad", packument.toString()).statusCode())
                .isEqualTo(200);

        JsonNode now = packument("pad").path("versions");
        assertThat(now.path("1.0.0").path("deprecated").asString()).isEqualTo("use 1.0.1");
        assertThat(now.path("1.0.1").has("deprecated")).isFalse();
        registry.server().start();
        assertThat(packument("pad")
                        .path("versions")
                        .path("1.0.0")
                        .path("deprecated")
                        .asString())
                .isEqualTo("use 1.0.1");
        manifest.put("deprecated", "");
        assertThat(send(developer, "PUT", "/pad", packument.toString()).statusCode())
                .isEqualTo(200);
        assertThat(packument("pad").path("versions").path("1.0.0").has("deprecated"))
                .isFalse();
        assertThat(send(developer, "PUT", "/pud", packument.toString()).statusCode())
                .isEqualTo(404);
        manifest.put("deprecated", "x".repeat(5000));
        assertThat(send(developer, "PUT", "/pad", packument.toString()).statusCode())
                .isEqualTo(400);
    }

    @Test
    void a_maintainer_unpublishes_versions_and_packages() {
        published(new NpmPublication("pad", "1.0.0"));
        published(new NpmPublication("pad", "1.0.1", new byte[] {1}));
        published(new NpmPublication("pud", "1.0.0", new byte[] {2}));

        assertThat(maintainer.delete("/pad/-/pad-1.0.1.tgz/-rev/1").statusCode())
                .isEqualTo(200);
        JsonNode left = packument("pad");
        assertThat(left.path("versions").propertyNames()).containsExactly("1.0.0");
        assertThat(left.path("dist-tags").path("latest").asString()).isEqualTo("1.0.0");
        assertThat(reporter.get("/pad/-/pad-1.0.1.tgz").statusCode()).isEqualTo(404);

        assertThat(maintainer.delete("/pad/-rev/1").statusCode()).isEqualTo(200);
        assertThat(reporter.get("/pad").statusCode()).isEqualTo(404);
        assertThat(maintainer.delete("/pad/-rev/1").statusCode()).isEqualTo(404);
        JsonNode rows = json(registry.packages(""));
        assertThat(rows.valueStream().map(row -> row.path("name").asString())).containsExactly("pud");
        assertThat(registry.blobs()).hasSize(1);
    }

    @Test
    void a_restart_and_a_lost_catalog_keep_all() {
        NpmPublication publication = new NpmPublication("pad", "1.0.0");
        published(publication);
        byte[] before = reporter.get("/pad").body();

        registry.server().close();
        registry.server().deleteCatalog();
        registry.server().start();

        assertThat(reporter.get("/pad").body()).isEqualTo(before);
        assertThat(reporter.get("/pad/-/pad-1.0.0.tgz").body()).isEqualTo(publication.tarball());
    }

    @Test
    void what_was_pulled_is_in_the_packument_like_what_was_published() {
        published(new NpmPublication("pad", "2.0.0"));
        NpmPublication pulled = new NpmPublication("pad", "1.0.0");
        pulled(pulled);

        JsonNode packument = packument("pad");

        assertThat(packument.path("versions").propertyNames()).containsExactlyInAnyOrder("1.0.0", "2.0.0");
        JsonNode manifest = packument.path("versions").path("1.0.0");
        assertThat(manifest.path("dependencies").path("other").asString()).isEqualTo("^1.0.0");
        assertThat(manifest.path("bin").asString()).isEqualTo("index.js");
        assertThat(manifest.path("dist").path("integrity").asString()).isEqualTo(pulled.integrity());
        assertThat(manifest.path("dist").path("tarball").asString())
                .isEqualTo(registry.base() + "/pad/-/pad-1.0.0.tgz");
        PackageFile row = requireNonNull(registry.server()
                .packages()
                .find(42, "npm", "/pad/-/pad-1.0.0.tgz")
                .block(PATIENCE));
        assertThat(row.metadata()).contains("\"bin\"");
    }

    /** As if it had come through the dependency proxy. */
    private void pulled(NpmPublication publication) {
        published(publication);
        PackageFile row = requireNonNull(registry.server()
                .packages()
                .find(42, "npm", "/pad/-/" + publication.file())
                .block(PATIENCE));
        registry.server()
                .packages()
                .save(new PackageFile(
                        0,
                        0,
                        row.project(),
                        row.format(),
                        row.packageName(),
                        row.version(),
                        row.path(),
                        row.fileName(),
                        row.size(),
                        row.sha256(),
                        row.sha1(),
                        row.md5(),
                        row.contentType(),
                        new PackageFile.Pulled("", null, null),
                        null,
                        row.createdAt()))
                .block(PATIENCE);
    }

    @Test
    void something_pulled_that_is_no_tarball_hides_nothing_else() {
        published(new NpmPublication("pad", "2.0.0"));
        pulled(new NpmPublication("pad", "1.0.0", "no tarball".getBytes(StandardCharsets.UTF_8)));

        assertThat(packument("pad").path("versions").propertyNames()).containsExactly("2.0.0");
    }

    @Test
    void small_questions_have_small_answers() {
        assertThat(json(reporter.get("/-/ping"))).isEqualTo(value("{}"));
        assertThat(json(reporter.get("/-/whoami"))).isEqualTo(value("{'username':'rita'}"));
        HttpResponse<byte[]> absent = reporter.get("/nothing");
        assertThat(absent.statusCode()).isEqualTo(404);
        assertThat(error(absent)).startsWith("Not Found");
        assertThat(send(developer, "PUT", "/-/user/org.couchdb.user:dana", "{}").statusCode())
                .isEqualTo(404);
        assertThat(send(developer, "POST", "/pad", "{}").statusCode()).isEqualTo(405);
        assertThat(registry.as("reporter")
                        .send("HEAD", "/nothing", BodyPublishers.noBody())
                        .statusCode())
                .isEqualTo(404);
    }
}
