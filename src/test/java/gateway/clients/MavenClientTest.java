package gateway.clients;

import java.net.URI;
import java.util.List;
import java.util.SortedMap;

/** mvn, which builds a class with two dependencies: most of what it fetches are plugins. */
class MavenClientTest extends ClientContract {

    @Override
    List<String> mounts() {
        return List.of("maven");
    }

    @Override
    Sample sample(Home home) {
        return new Sample(
                "/commons-codec-1.17.1.jar",
                "f9f6cb103f2ddc3c99a9d80ada2ae7bf0685111fd6bffccb72033d1da4e6ff23",
                "/commons-codec-1.17.1.jar");
    }

    @Override
    void install(Home home, URI gateway) {
        home.write("project/pom.xml", POM);
        home.write("project/src/main/java/Project.java", """
                class Project extends org.apache.commons.codec.binary.Hex {
                    final org.slf4j.Logger log = org.slf4j.LoggerFactory.getLogger(Project.class);
                }
                """);
        String settings = """
                <settings>
                  <mirrors>
                    <mirror>
                      <id>gateway</id>
                      <mirrorOf>*</mirrorOf>
                      <url>%s/maven</url>
                    </mirror>
                  </mirrors>
                </settings>
                """.formatted(gateway);
        Maven.run(home, settings, "compile");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        SortedMap<String, String> files =
                Tree.of(home.file("repository"), path -> !path.endsWith("_remote.repositories"));
        files.putAll(Tree.of(home.file("project/target/classes")));
        return files;
    }

    static final String POM = """
            <project xmlns="http://maven.apache.org/POM/4.0.0">
              <modelVersion>4.0.0</modelVersion>
              <groupId>project</groupId>
              <artifactId>project</artifactId>
              <version>1</version>
              <properties>
                <maven.compiler.release>17</maven.compiler.release>
                <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
              </properties>
              <dependencies>
                <dependency>
                  <groupId>commons-codec</groupId>
                  <artifactId>commons-codec</artifactId>
                  <version>1.17.1</version>
                </dependency>
                <dependency>
                  <groupId>org.slf4j</groupId>
                  <artifactId>slf4j-api</artifactId>
                  <version>2.0.16</version>
                </dependency>
              </dependencies>
              <build>
                <plugins>
                  <plugin>
                    <artifactId>maven-resources-plugin</artifactId>
                    <version>3.3.1</version>
                  </plugin>
                  <plugin>
                    <artifactId>maven-compiler-plugin</artifactId>
                    <version>3.13.0</version>
                  </plugin>
                </plugins>
              </build>
            </project>
            """;
}
