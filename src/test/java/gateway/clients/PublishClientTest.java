package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.project.Caller;
import gateway.project.Project;
import gateway.project.Role;
import gateway.project.Visibility;
import gateway.support.FakeProjects;
import gateway.web.RegistryServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Case 40 for Maven and generic packages: clients publish into a project's registry, and others install from it. */
@Tag("clients")
class PublishClientTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path temporary;

    private final FakeProjects projects = new FakeProjects()
            .add(new Project(42, "acme/app", Visibility.PRIVATE, Project.Switches.ALL, Project.Proxy.OFF, null))
            .token("developer", new Caller.User("dana", Map.of(42L, Role.DEVELOPER), true))
            .token("reporter", new Caller.User("rita", Map.of(42L, Role.REPORTER), true));

    private Path folder = Path.of("");

    @SuppressWarnings("NullAway.Init") // before each test
    private RegistryServer registry;

    @BeforeEach
    void start() throws Exception {
        folder = temporary.toRealPath();
        registry = new RegistryServer(Files.createDirectories(folder.resolve("registry")), projects).start();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private Home home(String name) throws IOException {
        return new Home(Files.createDirectories(folder.resolve(name)));
    }

    private String root(String format) {
        return "http://127.0.0.1:" + registry.server().port() + "/api/v4/projects/42/packages/" + format;
    }

    @Test
    @DisplayName("case 40: mvn deploys releases and snapshots, and another build resolves them")
    void mvn() throws Exception {
        try (GatewayProcess plugins = new GatewayProcess(folder.resolve("plugins"))) {
            plugins.start("{}", plugins.address());
            Home publisher = home("publisher");
            for (String version : new String[] {"1.0", "1.1-SNAPSHOT", "1.1-SNAPSHOT"}) {
                publisher.write("project/pom.xml", pom("lib", version, """
                        <distributionManagement>
                          <repository><id>project</id><url>%s</url></repository>
                          <snapshotRepository><id>project</id><url>%s</url></snapshotRepository>
                        </distributionManagement>
                        """.formatted(root("maven"), root("maven"))));
                publisher.write("project/src/main/resources/lib.txt", version);
                mvn(publisher, plugins, "dana", "developer", "deploy");
            }
            assertThat(registry.files().all())
                    .anyMatch(file -> file.endsWith("projects/42/maven/org/example/lib/1.0/lib-1.0.jar"))
                    .filteredOn(file -> file.matches(".*/1\\.1-SNAPSHOT/lib-1\\.1-\\d{8}\\.\\d{6}-\\d\\.jar"))
                    .hasSize(2);

            Home consumer = home("consumer");
            consumer.write("project/pom.xml", pom("user", "1", """
                    <dependencies>
                      <dependency><groupId>org.example</groupId><artifactId>lib</artifactId><version>%s</version></dependency>
                    </dependencies>
                    """.formatted("1.0")));
            mvn(consumer, plugins, "rita", "reporter", "compile");
            consumer.write("project/pom.xml", pom("user", "1", """
                    <dependencies>
                      <dependency><groupId>org.example</groupId><artifactId>lib</artifactId><version>%s</version></dependency>
                    </dependencies>
                    """.formatted("1.1-SNAPSHOT")));
            mvn(consumer, plugins, "rita", "reporter", "compile");
            assertThat(Tree.of(consumer.file("repository"), path -> path.matches(".*org/example/lib/.*\\.jar"))
                            .keySet())
                    .anyMatch(path -> path.endsWith("1.0/lib-1.0.jar"))
                    .anyMatch(path -> path.contains("1.1-SNAPSHOT/lib-1.1-"));
        }
    }

    private static String pom(String artifact, String version, String more) {
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>org.example</groupId>
                  <artifactId>%s</artifactId>
                  <version>%s</version>
                  <properties><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
                  %s
                </project>
                """.formatted(artifact, version, more);
    }

    private void mvn(Home home, GatewayProcess plugins, String user, String token, String goal) {
        String settings = """
                <settings>
                  <servers><server><id>project</id><username>%s</username><password>%s</password></server></servers>
                  <mirrors>
                    <mirror><id>all</id><mirrorOf>*,!project</mirrorOf><url>%s/maven</url></mirror>
                  </mirrors>
                  <profiles><profile>
                    <id>project</id>
                    <repositories><repository>
                      <id>project</id><url>%s</url>
                      <releases><checksumPolicy>fail</checksumPolicy></releases>
                      <snapshots><enabled>true</enabled><checksumPolicy>fail</checksumPolicy></snapshots>
                    </repository></repositories>
                  </profile></profiles>
                  <activeProfiles><activeProfile>project</activeProfile></activeProfiles>
                </settings>
                """.formatted(user, token, plugins.address(), root("maven"));
        Maven.run(home, settings, goal);
    }

    @Test
    @DisplayName("case 40: curl uploads a generic package, and downloads it")
    void curl() throws Exception {
        Home home = home("curl");
        String url = root("generic") + "/my_tool/1.0.0/tool.txt";
        Path file = home.write("project/tool.txt", "a tool\n".repeat(100_000));

        String created = home.run(
                Tools.curl(),
                "-sS",
                "-m",
                "60",
                "--fail",
                "--header",
                "PRIVATE-TOKEN: developer",
                "--upload-file",
                file,
                url);
        assertThat(created).isEqualTo("{\"message\":\"201 Created\"}");
        home.run(
                Tools.curl(),
                "-sS",
                "-m",
                "60",
                "--fail",
                "--location",
                "--user",
                "rita:reporter",
                "-o",
                "back.txt",
                url);

        assertThat(home.read("project/back.txt")).isEqualTo(home.read("project/tool.txt"));
    }
}
