package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** gradle: a plugin out of a repository of plugins, built here, and its task's output out of the build cache. */
class GradleClientTest extends LocalContract<LocalRegistry> {

    private static final String JAR = "gateway/shout/1.0/shout-1.0.jar";

    private Path files = Path.of("");
    private String printed = "";

    @Override
    LocalRegistry make(Path folder) throws IOException {
        files = folder;
        publish();
        return new LocalRegistry(files);
    }

    @Override
    List<String> mounts() {
        return List.of("gradle-plugins");
    }

    @Override
    String configuration() throws IOException {
        return "upstream: { gradle-plugins: \"" + registry().address() + "\" }\n";
    }

    @Override
    Sample sample(Home home) throws IOException {
        return new Sample("/" + JAR, Tree.sha256(Files.readAllBytes(files.resolve(JAR))), "/shout-1.0.jar");
    }

    @Override
    void install(Home home, URI gateway) {
        home.write("project/settings.gradle", """
                pluginManagement {
                    repositories { maven { url '%1$s/gradle-plugins' } }
                }
                rootProject.name = 'project'
                buildCache {
                    local { enabled = false }
                    remote(HttpBuildCache) {
                        url = '%1$s/gradle/'
                        push = true
                    }
                }
                """.formatted(gateway));
        home.write("project/build.gradle", """
                plugins { id 'gateway.shout' version '1.0' }
                """);
        home.set("GRADLE_OPTS", "-Duser.home=" + home.file(""));
        printed = home.run(
                Tools.gradle(), "--no-daemon", "--console=plain", "--build-cache", "-g", home.file("gradle"), "shout");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        SortedMap<String, String> installed = Tree.of(home.file("gradle/caches/modules-2/files-2.1"));
        installed.putAll(Tree.of(home.file("project/build"), path -> path.endsWith(".txt")));
        return installed;
    }

    @Test
    @Order(5)
    void what_one_build_made_another_takes_out_of_the_cache(@TempDir Path other) {
        Home home = new Home(other);

        install(home, gateway());

        assertThat(printed).contains(":shout FROM-CACHE");
        assertThat(home.read("project/build/shout.txt")).isEqualTo("HELLO");
    }

    /** A repository as plugins are published to: the plugin, and a marker that leads from its id to it. */
    private void publish() {
        try {
            Path classes = Files.createDirectories(files.resolve("classes"));
            Path source = Files.writeString(classes.resolve("Shout.java"), PLUGIN);
            String api;
            try (Stream<Path> jars = Files.walk(
                    Tools.gradle().toRealPath().resolveSibling("../lib").normalize())) {
                // Debian keeps the language apart.
                api = Stream.concat(jars.map(Path::toString), Stream.of("/usr/share/java/groovy-all.jar"))
                        .filter(name -> name.endsWith(".jar"))
                        .collect(Collectors.joining(":"));
            }
            int failed = ToolProvider.getSystemJavaCompiler()
                    .run(
                            null,
                            null,
                            null,
                            "-nowarn",
                            "-proc:none",
                            "--release",
                            "8",
                            "-Xlint:-options",
                            "-cp",
                            api,
                            "-d",
                            classes.toString(),
                            source.toString());
            if (failed != 0) {
                throw new IllegalStateException("the plugin does not compile");
            }
            Path jar =
                    Files.createDirectories(files.resolve("gateway/shout/1.0")).resolve("shout-1.0.jar");
            try (OutputStream out = Files.newOutputStream(jar);
                    ZipOutputStream zip = new ZipOutputStream(out)) {
                for (String name : List.of("Shout.class", "Shout$Task.class")) {
                    zip.putNextEntry(new ZipEntry(name));
                    zip.write(Files.readAllBytes(classes.resolve(name)));
                }
                zip.putNextEntry(new ZipEntry("META-INF/gradle-plugins/gateway.shout.properties"));
                zip.write("implementation-class=Shout\n".getBytes(StandardCharsets.UTF_8));
            }
            beside(jar);
            pom("gateway", "shout", "");
            pom("gateway.shout", "gateway.shout.gradle.plugin", """
                    <packaging>pom</packaging>
                    <dependencies>
                      <dependency><groupId>gateway</groupId><artifactId>shout</artifactId><version>1.0</version></dependency>
                    </dependencies>
                    """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pom(String group, String artifact, String more) throws IOException {
        Path folder = Files.createDirectories(files.resolve(group.replace('.', '/') + "/" + artifact + "/1.0"));
        beside(Files.writeString(folder.resolve(artifact + "-1.0.pom"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>%s</groupId>
                  <artifactId>%s</artifactId>
                  <version>1.0</version>
                  %s
                </project>
                """.formatted(group, artifact, more)));
    }

    private static void beside(Path file) throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(Files.readAllBytes(file));
            Files.writeString(Path.of(file + ".sha1"), HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final String PLUGIN = """
            import java.io.File;
            import java.io.IOException;
            import java.nio.file.Files;
            import org.gradle.api.DefaultTask;
            import org.gradle.api.Plugin;
            import org.gradle.api.Project;
            import org.gradle.api.tasks.CacheableTask;
            import org.gradle.api.tasks.OutputFile;
            import org.gradle.api.tasks.TaskAction;

            public class Shout implements Plugin<Project> {
                @Override
                public void apply(Project project) {
                    project.getTasks().create("shout", Task.class);
                }

                @CacheableTask
                public static class Task extends DefaultTask {
                    @OutputFile
                    public File getResult() {
                        return new File(getProject().getBuildDir(), "shout.txt");
                    }

                    @TaskAction
                    public void shout() throws IOException {
                        Files.write(getResult().toPath(), "HELLO".getBytes("UTF-8"));
                    }
                }
            }
            """;
}
