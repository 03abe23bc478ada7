package gateway.clients;

import gateway.support.FakeUpstream;
import gateway.support.StoreFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;

/** coursier, as sbt uses it: a plugin in Ivy's layout that needs a library in Maven's. */
class CoursierClientTest extends ClientContract {

    private static final String LIBRARY = "/org/example/base_2.12/";
    private static final String PLUGIN = "/org.example/plugin/scala_2.12/sbt_1.0/1.2/";
    private static final byte[] JAR = jar("plugin.txt");
    private static final FakeUpstream REGISTRY = FakeUpstream.start();

    static {
        publish(LIBRARY + "maven-metadata.xml", """
                <metadata><groupId>org.example</groupId><artifactId>base_2.12</artifactId><versioning>
                <latest>1.1</latest><release>1.1</release>
                <versions><version>1.0</version><version>1.1</version></versions></versioning></metadata>
                """);
        publish(LIBRARY + "1.1/base_2.12-1.1.pom", """
                <project><modelVersion>4.0.0</modelVersion>
                <groupId>org.example</groupId><artifactId>base_2.12</artifactId><version>1.1</version></project>
                """);
        publish(LIBRARY + "1.1/base_2.12-1.1.jar", jar("base.txt"));
        publish(PLUGIN + "ivys/ivy.xml", """
                <ivy-module version="2.0" xmlns:e="http://ant.apache.org/ivy/extra">
                  <info organisation="org.example" module="plugin" revision="1.2" status="release"
                        e:scalaVersion="2.12" e:sbtVersion="1.0"/>
                  <configurations>
                    <conf name="compile"/><conf name="runtime" extends="compile"/><conf name="default" extends="runtime"/>
                  </configurations>
                  <publications><artifact name="plugin" type="jar" ext="jar" conf="compile"/></publications>
                  <dependencies>
                    <dependency org="org.example" name="base_2.12" rev="1.1" conf="compile->default(compile)"/>
                  </dependencies>
                </ivy-module>
                """);
        publish(PLUGIN + "jars/plugin.jar", JAR);
    }

    @AfterAll
    static void closeRegistry() {
        REGISTRY.close();
    }

    @Override
    List<String> mounts() {
        return List.of("maven");
    }

    @Override
    String configuration() {
        return "upstream: { maven: \"" + REGISTRY.url() + "\" }\n";
    }

    @Override
    Sample sample(Home home) {
        return new Sample("/jars/plugin.jar", Tree.sha256(JAR), "jars/plugin.jar");
    }

    @Override
    void install(Home home, URI gateway) {
        Path program = home.write("project/Resolve.java", """
                import coursierapi.*;
                import java.util.Map;

                class Resolve {
                    public static void main(String[] words) throws Exception {
                        String ivy = "/[organisation]/[module]/(scala_[scalaVersion]/)(sbt_[sbtVersion]/)[revision]"
                                + "/[type]s/[artifact](-[classifier]).[ext]";
                        var plugin = coursierapi.Module.of(
                                "org.example", "plugin", Map.of("scalaVersion", "2.12", "sbtVersion", "1.0"));
                        var files = Fetch.create()
                                .withRepositories(MavenRepository.of(words[0]), IvyRepository.of(words[0] + ivy))
                                .addDependencies(
                                        Dependency.of(plugin, "1.2"),
                                        Dependency.of("org.example", "base_2.12", "latest.release"))
                                .fetch();
                        if (files.size() != 2) {
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
                gateway + "/maven");
    }

    @Override
    SortedMap<String, String> installed(Home home, URI gateway) {
        SortedMap<String, String> files = new TreeMap<>();
        // Its cache is named after the gateway's address.
        Tree.of(home.file(".cache/coursier/v1"), path -> path.matches(".*/[^./][^/]*\\.(jar|pom|xml)"))
                .forEach((path, digest) -> files.put(path.replaceFirst(".*?/maven/", ""), digest));
        return files;
    }

    private static void publish(String path, String text) {
        publish(path, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void publish(String path, byte[] bytes) {
        REGISTRY.serve(path, bytes).etag("\"" + StoreFiles.hex("MD5", bytes) + "\"");
        REGISTRY.serve(path + ".sha1", StoreFiles.hex("SHA-1", bytes));
    }

    private static byte[] jar(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes)) {
            ZipEntry entry = new ZipEntry(name);
            entry.setTime(0);
            jar.putNextEntry(entry);
            jar.write(name.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
