package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeUpstream;
import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Case 34: builds resolve through a project's dependency proxy, cold, warm, and with its remote down. */
@Tag("clients")
class ProxyClientTest {

    private static final String LIBRARY = "/org/example/lib/1.1/lib-1.1";

    @TempDir
    Path temporary;

    private final FakeUpstream registry = FakeUpstream.start();
    private static final String DEVELOPER = "the developer's own token";
    private static final String REPORTER = "the reporter's own token";

    private Path folder = Path.of("");
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        folder = temporary.toRealPath();
        gateway = new TestGateway(Files.createDirectories(folder.resolve("gateway")));
    }

    @AfterEach
    void stop() {
        gateway.close();
        registry.close();
    }

    private void project(URI remote) {
        project("{ url: \"" + remote + "\" }");
    }

    private void project(String maven) {
        gateway.start("""
                projects:
                  - id: 42
                    path: acme/app
                    visibility: private
                    members:
                      - { user: dana, role: developer, tokens: [ { kind: personal, scopes: [api], value: "%s" } ] }
                      - { user: rita, role: reporter, tokens: [ { kind: personal, scopes: [api], value: "%s" } ] }
                    dependency_proxy: { enabled: true, maven: %s }
                """.formatted(DEVELOPER, REPORTER, maven));
    }

    /** SHA-256 by path of all files that the project lists. */
    private Map<String, String> listed() {
        Map<String, String> listed = new TreeMap<>();
        for (JsonNode found : packages()) {
            for (JsonNode file : json("/packages/" + found.path("id").asLong() + "/package_files")) {
                String version = found.path("version").isNull()
                        ? ""
                        : "/" + found.path("version").asString("");
                listed.put(
                        "/" + found.path("name").asString("") + version + "/"
                                + file.path("file_name").asString(""),
                        file.path("file_sha256").asString(""));
            }
        }
        return listed;
    }

    private List<JsonNode> packages() {
        List<JsonNode> packages = new ArrayList<>();
        for (int page = 1; packages.size() == (page - 1) * 100; page++) {
            json("/packages?include_versionless=true&per_page=100&page=" + page).forEach(packages::add);
        }
        return packages;
    }

    private JsonNode json(String path) {
        return JsonMapper.shared()
                .readTree(gateway.get("/api/v4/projects/42" + path, "Private-Token", REPORTER)
                        .body());
    }

    /** What a build does in a home, and what of it is there afterwards. */
    private interface Build {
        SortedMap<String, String> in(Home home) throws IOException;
    }

    private void assertBuilds(Build build, Runnable cutOff, String jar) throws IOException {
        SortedMap<String, String> cold = build.in(home("cold"));
        assertThat(cold.keySet()).anyMatch(path -> path.endsWith(jar));
        // A large file is listed when it is stored, which may be after its client has it.
        List<String> files = cold.keySet().stream()
                .map(path -> path.substring(path.lastIndexOf('/') + 1))
                .toList();
        await().untilAsserted(() -> assertThat(listed().keySet().stream()
                        .map(path -> path.substring(path.lastIndexOf('/') + 1))
                        .toList())
                .containsAll(files));

        assertThat(build.in(home("warm"))).isEqualTo(cold);
        cutOff.run();
        listed().forEach((path, sha256) -> assertThat(StoreFiles.hex(
                        "SHA-256",
                        gateway.get("/api/v4/projects/42/packages/maven" + path, "Private-Token", REPORTER)
                                .body()))
                .as(path)
                .isEqualTo(sha256));
        assertThat(build.in(home("cut-off"))).isEqualTo(cold);
    }

    private Home home(String name) throws IOException {
        return new Home(Files.createDirectories(folder.resolve(name)));
    }

    private String proxy() {
        return gateway.address() + "/api/v4/projects/42/dependency_proxy/packages/maven";
    }

    private void publish(String path, byte[] bytes) {
        registry.serve(path, bytes).etag("\"" + StoreFiles.hex("MD5", bytes) + "\"");
        registry.serve(path + ".sha1", StoreFiles.hex("SHA-1", bytes));
    }

    private void publishLibrary() {
        publish(LIBRARY + ".pom", """
                <project><modelVersion>4.0.0</modelVersion>
                <groupId>org.example</groupId><artifactId>lib</artifactId><version>1.1</version></project>
                """.getBytes(StandardCharsets.UTF_8));
        publish(LIBRARY + ".jar", jar());
    }

    private static byte[] jar() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            ZipEntry entry = new ZipEntry("lib.txt");
            entry.setTime(0);
            jar.putNextEntry(entry);
            jar.write("library".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Test
    @DisplayName("case 34: mvn, which shows its password when it is asked for it")
    void mvn() throws Exception {
        try (GatewayProcess upstream = new GatewayProcess(folder.resolve("upstream"))) {
            upstream.start("{}", upstream.address());
            project(URI.create(upstream.address() + "/maven"));

            assertBuilds(this::mvn, upstream::close, "commons-codec-1.17.1.jar");
        }
    }

    private SortedMap<String, String> mvn(Home home) {
        return mvn(home, MavenClientTest.POM);
    }

    private SortedMap<String, String> mvn(Home home, String pom) {
        home.write("project/pom.xml", pom);
        home.write(
                "project/src/main/java/Project.java", "class Project extends org.apache.commons.codec.binary.Hex {}");
        String settings = """
                <settings>
                  <servers>
                    <server><id>app</id><username>dana</username><password>%s</password></server>
                  </servers>
                  <mirrors>
                    <mirror><id>app</id><mirrorOf>*</mirrorOf><url>%s</url></mirror>
                  </mirrors>
                </settings>
                """.formatted(DEVELOPER, proxy());
        Maven.run(home, settings, "compile");
        return Tree.of(home.file("repository"), path -> path.matches(".*\\.(jar|pom)"));
    }

    @Test
    @DisplayName(
            "mvn with two remotes: its own comes from the first, all else from the second, which hears of nothing else")
    void mvnFromTwo() throws Exception {
        try (GatewayProcess upstream = new GatewayProcess(folder.resolve("upstream"))) {
            upstream.start("{}", upstream.address());
            publishLibrary();
            publish("/org/example/lib/maven-metadata.xml", """
                    <metadata><groupId>org.example</groupId><artifactId>lib</artifactId><versioning>
                    <latest>1.1</latest><release>1.1</release><versions><version>1.1</version></versions>
                    <lastUpdated>20260101000000</lastUpdated></versioning></metadata>
                    """.getBytes(StandardCharsets.UTF_8));
            project("[ { url: \"%s\" }, { url: \"%s/maven\", deny: [\"org.example\"] } ]"
                    .formatted(registry.url(), upstream.address()));

            Runnable cutOff = upstream::close;
            assertBuilds(
                    home -> mvn(home, MavenClientTest.POM.replace("<dependencies>", """
                            <dependencies><dependency>
                            <groupId>org.example</groupId><artifactId>lib</artifactId><version>[1.0,2.0)</version>
                            </dependency>""")),
                    () -> {
                        cutOff.run();
                        registry.stop();
                    },
                    "lib-1.1.jar");
        }
    }

    @Test
    @DisplayName("case 34: Gradle")
    void gradle() throws Exception {
        project(registry.url());
        publishLibrary();

        assertBuilds(this::gradle, registry::stop, "lib-1.1.jar");
    }

    private SortedMap<String, String> gradle(Home home) {
        home.write("project/settings.gradle", "rootProject.name = 'project'");
        home.write("project/build.gradle", """
                repositories {
                    maven {
                        url '%s'
                        credentials { username 'dana'; password "%s" }
                    }
                }
                configurations { libraries }
                dependencies { libraries 'org.example:lib:1.1' }
                task resolve { doLast { println configurations.libraries.files } }
                """.formatted(proxy(), DEVELOPER));
        home.set("GRADLE_OPTS", "-Duser.home=" + home.file(""));
        home.run(Tools.gradle(), "--no-daemon", "--console=plain", "-g", home.file("gradle"), "resolve");
        return Tree.of(home.file("gradle/caches/modules-2/files-2.1"));
    }

    @Test
    @DisplayName("case 34: coursier, which resolves for sbt")
    void coursier() throws Exception {
        project(registry.url());
        publishLibrary();

        assertBuilds(this::coursier, registry::stop, "lib-1.1.jar");
    }

    private SortedMap<String, String> coursier(Home home) {
        Path program = home.write("project/Resolve.java", """
                import coursierapi.*;

                class Resolve {
                    public static void main(String[] words) throws Exception {
                        var repository =
                                MavenRepository.of(words[0]).withCredentials(Credentials.of("dana", words[1]));
                        var files = Fetch.create()
                                .withRepositories(repository)
                                .addDependencies(Dependency.of("org.example", "lib", "1.1"))
                                .fetch();
                        if (files.size() != 1) {
                            throw new IllegalStateException(files.toString());
                        }
                    }
                }
                """);
        home.run(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                "-Duser.home=" + home.file(""),
                "-cp",
                Tools.coursier() + "/*",
                program,
                proxy(),
                DEVELOPER);
        SortedMap<String, String> files = new TreeMap<>();
        Tree.of(home.file(".cache/coursier/v1"), path -> path.matches(".*/[^./][^/]*\\.(jar|pom)"))
                .forEach((path, digest) -> files.put(path.replaceFirst(".*?/maven/", ""), digest));
        return files;
    }
}
