package gateway.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectFormatsTest {

    private static Resource resource(String format, String path) {
        return ProjectFormats.named(format, false)
                .flatMap(named -> named.resolve(Ask.get(path)))
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"maven", "npm", "pypi", "nuget", "cargo", "conan", "composer", "generic"})
    void a_project_can_have_a_remote_of_it(String name) {
        assertThat(ProjectFormats.named(name, false))
                .get()
                .extracting(Format::name)
                .isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"go", "gradle", "debian", "nonsense"})
    void a_project_can_have_no_remote_of_it(String name) {
        assertThat(ProjectFormats.named(name, false)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "maven, /com/my_company/my_package/1.2.3/my_package-1.2.3.jar, com/my_company/my_package, 1.2.3",
        "maven, /com/my_company/my_package/1.2.3/my_package-1.2.3.jar.asc, com/my_company/my_package, 1.2.3",
        "maven, /com/my_company/my_package/1.2.3/my_package-1.2.3.jar.sha256, com/my_company/my_package, 1.2.3",
        "maven, /com/my_company/my_package/maven-metadata.xml, com/my_company/my_package,",
        "maven, /com/my_company/my_package/maven-metadata.xml.sha512, com/my_company/my_package,",
        "maven, /g/a/1-SNAPSHOT/maven-metadata.xml, g/a, 1-SNAPSHOT",
        "maven, /g/a/1-SNAPSHOT/a-1-20261121.194632-1.jar, g/a, 1-SNAPSHOT",
        "maven, /tools/tool.jar, tools,",
        "generic, /tool/1.2/tool.zip, tool, 1.2",
        "generic, /tool/1.2/linux/x64/tool.zip, tool, 1.2",
        "generic, /tool/tool.zip, tool,",
        "generic, /tool.zip, tool.zip,",
    })
    void every_path_is_a_file_of_a_package(String format, String path, String name, String version) {
        assertThat(resource(format, path)).isInstanceOfSatisfying(Artifact.class, file -> {
            assertThat(file.path()).isEqualTo(path);
            assertThat(file.place()).isEqualTo(path.substring(1));
            assertThat(file.coordinates()).isEqualTo(new Coordinates(format, name, version));
            assertThat(file.digests()).contains(Algorithm.SHA1, Algorithm.MD5);
            assertThat(file.negativeFor()).isZero();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "/g/a/1/a-1.jar.sha1, /g/a/1/a-1.jar, SHA1",
        "/g/a/1/a-1.jar.md5, /g/a/1/a-1.jar, MD5",
        "/g/a/maven-metadata.xml.sha1, /g/a/maven-metadata.xml, SHA1",
        "/g/a/1/a-1.jar.asc.md5, /g/a/1/a-1.jar.asc, MD5",
    })
    void two_digests_are_derived(String path, String of, Algorithm algorithm) {
        assertThat(resource("maven", path)).isInstanceOfSatisfying(Resource.Sidecar.class, sidecar -> {
            assertThat(sidecar.algorithm()).isEqualTo(algorithm);
            assertThat(sidecar.of()).isEqualTo(resource("maven", of));
            assertThat(sidecar.otherwise())
                    .isInstanceOfSatisfying(
                            Artifact.class, own -> assertThat(own.path()).isEqualTo(path));
        });
    }

    @Test
    void nothing_is_written_and_a_folder_is_no_file() {
        for (String format : new String[] {"maven", "generic"}) {
            Format named = ProjectFormats.named(format, false).orElseThrow();
            assertThat(named.resolve(new Ask("PUT", "/g/a/1/a-1.jar", "", Accept.ANY)))
                    .get()
                    .isInstanceOfSatisfying(
                            Resource.Refused.class,
                            refused -> assertThat(refused.status()).isEqualTo(405));
            assertThat(named.resolve(Ask.get("/g/a/1/"))).isEmpty();
        }
    }

    @Test
    void metadata_of_several_remotes_is_merged_and_files_are_what_they_were() {
        Format one = ProjectFormats.named("maven", false).orElseThrow();
        Format several = ProjectFormats.named("maven", true).orElseThrow();
        Ask metadata = Ask.get("/g/a/maven-metadata.xml");

        assertThat(one.resolve(metadata)).get().isInstanceOf(Artifact.class);
        assertThat(several.resolve(metadata)).get().isInstanceOfSatisfying(Index.class, index -> {
            assertThat(index.merger()).isNotNull();
            assertThat(index.freshFor()).isZero();
        });
        assertThat(several.resolve(Ask.get("/g/a/maven-metadata.xml.sha512")))
                .get()
                .isInstanceOfSatisfying(
                        Resource.Sidecar.class,
                        sidecar -> assertThat(sidecar.of()).isInstanceOf(Index.class));
        assertThat(several.resolve(Ask.get("/g/a/maven-metadata.xml.asc")))
                .get()
                .isInstanceOfSatisfying(
                        Index.class, index -> assertThat(index.soleUpstream()).isTrue());
        for (String path : List.of("/g/a/1/a-1.jar", "/g/a/1/a-1.jar.sha1", "/g/a/1-SNAPSHOT/a-1-SNAPSHOT.pom")) {
            assertThat(several.resolve(Ask.get(path))).isEqualTo(one.resolve(Ask.get(path)));
        }
    }

    @Test
    void a_refusal_is_json() {
        Format maven = ProjectFormats.named("maven", false).orElseThrow();
        assertThat(maven.refusal(404, "not found: /x").body()).isEqualTo("{\"message\":\"404 Not Found\"}");
        assertThat(maven.refusal(405, "no \"writes\"").body()).isEqualTo("{\"message\":\"405 no \\\"writes\\\"\"}");
    }
}
