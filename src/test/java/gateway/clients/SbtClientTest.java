package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.FakeUpstream;
import gateway.support.StoreFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Case 34: sbt itself comes through a mount, and what its build needs through a project's dependency proxy. */
@Tag("clients")
class SbtClientTest {

    private static final String LIBRARY = "/org/example/lib/1.1/lib-1.1";
    private static final String DEVELOPER = "the developer's own token";

    private final FakeUpstream registry = FakeUpstream.start();

    @TempDir
    Path temporary;

    private GatewayProcess gateway;

    @BeforeEach
    void start() throws Exception {
        publish(".pom", """
                <project><modelVersion>4.0.0</modelVersion>
                <groupId>org.example</groupId><artifactId>lib</artifactId><version>1.1</version></project>
                """.getBytes(StandardCharsets.UTF_8));
        publish(".jar", jar());
        gateway = new GatewayProcess(temporary.toRealPath().resolve("gateway"));
        gateway.start("""
                admin: { token: "the administrator's own token" }
                rules: { maven: { deny: ["org.example:*"] } }
                projects:
                  - id: 42
                    path: acme/app
                    visibility: private
                    members:
                      - { user: dana, role: developer, tokens: [ { kind: personal, scopes: [api], value: "%s" } ] }
                    dependency_proxy: { enabled: true, maven: { url: "%s", allow: ["org.example:*"] } }
                """.formatted(DEVELOPER, registry.url()), gateway.address());
    }

    @AfterEach
    void stop() {
        gateway.close();
        registry.close();
    }

    private void publish(String suffix, byte[] bytes) {
        registry.serve(LIBRARY + suffix, bytes).etag("\"" + StoreFiles.hex("MD5", bytes) + "\"");
        registry.serve(LIBRARY + suffix + ".sha1", StoreFiles.hex("SHA-1", bytes));
    }

    private static byte[] jar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            ZipEntry entry = new ZipEntry("lib.txt");
            entry.setTime(0);
            jar.putNextEntry(entry);
            jar.write("library".getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    @Test
    @DisplayName("case 34: sbt builds, cold and with the project's remote down")
    void sbt() throws Exception {
        SortedMap<String, String> cold = built("cold");
        assertThat(cold.keySet()).anyMatch(path -> path.endsWith("lib-1.1.jar"));
        assertThat(registry.requests())
                .extracting(FakeUpstream.Request::path)
                .allMatch(path -> path.startsWith("/org/example/"));

        registry.stop();
        assertThat(built("cut-off")).isEqualTo(cold);
    }

    /** A build without Scala, for which sbt would fetch a compiler. */
    private SortedMap<String, String> built(String name) throws IOException {
        Home home = new Home(temporary.toRealPath().resolve(name));
        home.write("repositories", """
                [repositories]
                  gateway: %s/maven/
                  project: %s/api/v4/projects/42/dependency_proxy/packages/maven/
                """.formatted(gateway.address(), gateway.address()));
        home.write("project/project/build.properties", "sbt.version=1.12.14\n");
        home.write("project/build.sbt", """
                autoScalaLibrary := false
                crossPaths := false
                managedScalaInstance := false
                credentials += Credentials("GitLab Packages Registry", "127.0.0.1", "dana", "%s")
                libraryDependencies += "org.example" %% "lib" %% "1.1"
                """.formatted(DEVELOPER));
        home.write("project/src/main/java/Project.java", "class Project {}\n");
        home.run(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                "-Xmx600m",
                "-Duser.home=" + home.file(""),
                "-Djava.io.tmpdir=" + home.folder("tmp"),
                "-Dsbt.global.base=" + home.file("sbt"),
                "-Dsbt.boot.directory=" + home.file("boot"),
                "-Dsbt.ivy.home=" + home.file("ivy"),
                "-Dsbt.coursier.home=" + home.file("coursier"),
                "-Dsbt.repository.config=" + home.file("repositories"),
                "-Dsbt.override.build.repos=true",
                "-Dsbt.supershell=false",
                "-Dsbt.log.noformat=true",
                "-jar",
                Tools.sbt(),
                "compile");
        assertThat(home.file("project/target/classes/Project.class")).exists();
        return Tree.of(home.file("coursier"), path -> path.matches(".*/org/example/.*/[^./][^/]*\\.(jar|pom)"));
    }
}
