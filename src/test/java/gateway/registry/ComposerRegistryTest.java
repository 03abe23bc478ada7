package gateway.registry;

import static gateway.registry.RegistryFixture.assertCreated;
import static gateway.registry.RegistryFixture.assertRefused;
import static gateway.registry.RegistryFixture.json;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.project.Caller;
import gateway.project.PackageFile;
import gateway.project.Project;
import gateway.project.Role;
import gateway.project.Visibility;
import gateway.support.GitRepository;
import gateway.support.StoreFiles;
import gateway.web.ProjectServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Versions that composer is told of are made of a project's git repository. */
class ComposerRegistryTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String MANIFEST = "{\"name\": \"acme/lib\", \"require\": {\"php\": \">=7.0\"}}";

    @RegisterExtension
    final RegistryFixture registry = new RegistryFixture("composer");

    private final Asker developer = registry.as("developer");
    private final Asker reporter = registry.as("reporter");

    @SuppressWarnings("NullAway.Init") // before each test
    private GitRepository git;

    @SuppressWarnings("NullAway.Init") // before each test
    private String commit;

    @BeforeEach
    void start() {
        git = new GitRepository(registry.folder().resolve("lib.git"));
        commit = git.file("composer.json", MANIFEST)
                .file("src/Lib.php", "<?php class Lib {}\n")
                .file("tests/LibTest.php", "<?php\n")
                .file(".gitattributes", "/tests export-ignore\n")
                .commit("2026-01-01T10:00:00Z");
        git.tag("v1.0.0");
        registry.projects()
                .add(project(42, git.uri().toString()))
                .add(project(43, null))
                .token("developer", new Caller.User("dana", Map.of(42L, Role.DEVELOPER, 43L, Role.DEVELOPER), true));
    }

    private static Project project(long id, @Nullable String url) {
        return new Project(
                id,
                "acme/app" + id,
                Visibility.PRIVATE,
                Project.Switches.ALL,
                Project.Proxy.OFF,
                url == null ? null : new Project.Git(url, "gateway.example/acme/app", null));
    }

    @AfterEach
    void stop() {
        git.close();
    }

    private static HttpResponse<byte[]> post(Asker asker, String path, String form, String... headers) {
        return asker.send("POST", path, BodyPublishers.ofString(form), headers);
    }

    private HttpResponse<byte[]> publish(String form) {
        return post(developer, "", form, "Content-Type", "application/x-www-form-urlencoded");
    }

    private void published(String form) {
        assertCreated(publish(form));
        registry.server().clock().advance(Duration.ofSeconds(1));
    }

    private JsonNode versions(String file) {
        return json(reporter.get("/p2/acme/" + file)).path("packages").path("acme/lib");
    }

    private static Map<String, String> unpacked(byte[] archive) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return files;
    }

    @Test
    void a_tag_becomes_a_version_with_an_archive_of_its_files() throws Exception {
        published("tag=v1.0.0");

        JsonNode root = json(reporter.get("/packages.json"));
        assertThat(root.path("metadata-url").asString()).isEqualTo(registry.base() + "/p2/%package%.json");
        assertThat(root.path("available-packages").get(0).asString()).isEqualTo("acme/lib");
        JsonNode version = versions("lib.json").get(0);
        assertThat(version.path("name").asString()).isEqualTo("acme/lib");
        assertThat(version.path("version").asString()).isEqualTo("1.0.0");
        assertThat(version.path("require").path("php").asString()).isEqualTo(">=7.0");
        assertThat(version.path("time").asString()).isEqualTo("2026-01-01T10:00:00Z");
        JsonNode dist = version.path("dist");
        assertThat(dist.path("type").asString()).isEqualTo("zip");
        assertThat(dist.path("reference").asString()).isEqualTo(commit);
        assertThat(dist.path("url").asString()).isEqualTo(registry.base() + "/archives/acme/lib.zip?sha=" + commit);
        HttpResponse<byte[]> archive = reporter.follow(dist.path("url").asString());
        assertThat(archive.statusCode()).isEqualTo(200);
        assertThat(StoreFiles.hex("SHA-1", archive.body()))
                .isEqualTo(dist.path("shasum").asString());
        assertThat(unpacked(archive.body()))
                .containsOnlyKeys(".gitattributes", "composer.json", "src/Lib.php")
                .containsEntry("src/Lib.php", "<?php class Lib {}\n");
        assertThat(versions("lib~dev.json").isEmpty()).isTrue();
        JsonNode row = json(registry.packages("")).get(0);
        assertThat(row.path("package_type").asString()).isEqualTo("composer");
        assertThat(row.path("name").asString() + " " + row.path("version").asString())
                .isEqualTo("acme/lib 1.0.0");
    }

    @Test
    void a_branch_becomes_a_development_version_that_moves_with_it() {
        published("branch=main");
        String before = versions("lib~dev.json").get(0).path("dist").path("url").asString();
        String later = git.file("src/More.php", "<?php\n").commit("2026-01-02T10:00:00Z");
        published("branch=main");
        git.branch("1.2", later).branch("feature/x", later);
        published("branch=1.2");
        published("branch=feature%2Fx");

        JsonNode versions = versions("lib~dev.json");
        assertThat(versions.valueStream().map(version -> version.path("version").asString()))
                .containsExactlyInAnyOrder("dev-main", "1.2.x-dev", "dev-feature/x");
        assertThat(versions.valueStream()
                        .map(version -> version.path("dist").path("reference").asString()))
                .containsOnly(later);
        assertThat(versions("lib.json").isEmpty()).isTrue();
        // Lock files name the commit that there was.
        assertThat(reporter.follow(before).statusCode()).isEqualTo(200);
    }

    @Test
    void a_commit_is_packed_into_the_same_bytes_again() {
        published("tag=v1.0.0");
        String first = versions("lib.json").get(0).path("dist").path("shasum").asString();

        published("tag=v1.0.0");

        JsonNode versions = versions("lib.json");
        assertThat(versions.size()).isEqualTo(1);
        assertThat(versions.get(0).path("dist").path("shasum").asString()).isEqualTo(first);
    }

    @Test
    void a_tag_that_was_pushed_this_moment_is_seen() {
        published("tag=v1.0.0");
        git.file("new.txt", "new").commit("2026-01-03T10:00:00Z");
        git.annotated("1.1.0-beta1", "2026-01-03T10:00:00Z");

        published("tag=1.1.0-beta1");

        assertThat(versions("lib.json")
                        .valueStream()
                        .map(version -> version.path("version").asString()))
                .containsExactly("1.1.0-beta1", "1.0.0");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 400, name a tag or a branch",
        "tag=v1.0.0&branch=main, 400, name a tag or a branch",
        "tag=v9.9.9, 404, the git repository has no refs/tags/v9.9.9",
        "branch=none, 404, the git repository has no refs/heads/none",
        "tag=latest, 400, composer reads no version in the tag latest",
        "branch=../x, 400, no version can be made of the branch",
        "tag=%zz, 400, percent sign"
    })
    void what_names_no_version_is_refused(String form, int status, String why) {
        HttpResponse<byte[]> answer = publish(form);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(ProjectServer.text(answer)).contains(why);
        assertThat(json(registry.packages("")).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | has no name",
                "{\"name\": \"Acme/Lib\"} | has no name",
                "{\"name\": \"acme/../lib\"} | has no name",
                "no json | is no JSON",
                "[] | is no JSON object"
            })
    void a_composer_json_that_composer_would_not_take_is_refused(String manifest, String why) {
        git.file("composer.json", manifest).commit("2026-01-03T10:00:00Z");
        git.tag("v2.0.0");

        HttpResponse<byte[]> answer = publish("tag=v2.0.0");

        assertRefused(answer, why);
    }

    @Test
    void a_repository_without_composer_json_is_no_package() {
        git.remove("composer.json").file("deeper/composer.json.txt", "").commit("2026-01-03T10:00:00Z");
        git.tag("v2.0.0");

        HttpResponse<byte[]> answer = publish("tag=v2.0.0");

        assertRefused(answer, "no composer.json");
    }

    @Test
    void a_project_without_a_repository_says_so() {
        HttpResponse<byte[]> answer = post(developer.at("/api/v4/projects/43/packages/composer"), "", "tag=v1.0.0");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(ProjectServer.text(answer)).contains("no git repository");
    }

    @Test
    void who_may_do_what() {
        assertThat(post(registry.with(), "", "tag=v1.0.0").statusCode()).isEqualTo(401);
        assertThat(post(reporter, "", "tag=v1.0.0").statusCode()).isEqualTo(403);
        assertThat(post(developer, "/?tag=v1.0.0", "").statusCode()).isEqualTo(201);
        assertThat(registry.with().get("/packages.json").statusCode()).isEqualTo(401);
        assertThat(reporter.get("/p2/acme/other.json").statusCode()).isEqualTo(404);
        assertThat(reporter.get("/archives/acme/lib.zip").statusCode()).isEqualTo(404);
        assertThat(developer.put("/x", new byte[0]).statusCode()).isEqualTo(405);
    }

    @Test
    void a_restart_keeps_all_also_when_the_repository_is_gone() {
        published("tag=v1.0.0");
        byte[] list = reporter.get("/p2/acme/lib.json").body();

        registry.server().close();
        StoreFiles.delete(registry.folder().resolve("lib.git"));
        registry.server().deleteCatalog();
        registry.server().start();

        assertThat(reporter.get("/p2/acme/lib.json").body()).isEqualTo(list);
        assertThat(reporter.get("/archives/acme/lib.zip?sha=" + commit).statusCode())
                .isEqualTo(200);
    }

    @Test
    void what_was_pulled_is_listed_as_well() {
        published("tag=v1.0.0");
        PackageFile row = requireNonNull(
                registry.server().packages().files(42, "composer", "acme/lib").blockLast(PATIENCE));
        registry.server()
                .packages()
                .save(new PackageFile(
                        0,
                        0,
                        42,
                        "composer",
                        "acme/lib",
                        "0.9.0",
                        "/dist/acme/lib/" + commit + ".zip",
                        commit + ".zip",
                        row.size(),
                        row.sha256(),
                        row.sha1(),
                        row.md5(),
                        "application/zip",
                        new PackageFile.Pulled("", null, null),
                        null,
                        row.createdAt()))
                .block(PATIENCE);

        JsonNode versions = versions("lib.json");

        assertThat(versions.valueStream().map(version -> version.path("version").asString()))
                .containsExactlyInAnyOrder("1.0.0", "0.9.0");
        JsonNode pulled = versions.valueStream()
                .filter(version -> version.path("version").asString().equals("0.9.0"))
                .findFirst()
                .orElseThrow();
        assertThat(pulled.path("dist").path("url").asString())
                .isEqualTo(registry.base() + "/dist/acme/lib/" + commit + ".zip");
        assertThat(pulled.path("require").path("php").asString()).isEqualTo(">=7.0");
    }
}
