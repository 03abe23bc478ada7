package gateway.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MavenTest {

    private final Maven maven = new Maven();

    @Test
    void whatLeadsToAGradlePluginHasNoJar() {
        String folder = "/com/example/tool/com.example.tool.gradle.plugin/1.0/com.example.tool.gradle.plugin-1.0";
        assertThat(maven.resolve(Ask.get(folder + ".jar")))
                .get()
                .isInstanceOfSatisfying(
                        Resource.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(404));
        assertThat(maven.resolve(Ask.get(folder + ".pom"))).get().isInstanceOf(Artifact.class);
        assertThat(maven.resolve(Ask.get("/com/example/tool.gradle.plugin/1.0/other-1.0.jar")))
                .get()
                .isInstanceOf(Artifact.class);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "/org/junit/junit/4.13.2/junit-4.13.2.jar, org.junit:junit, 4.13.2",
                "/org/junit/junit/4.13.2/junit-4.13.2.pom, org.junit:junit, 4.13.2",
                "/org/junit/junit/4.13.2/junit-4.13.2.module, org.junit:junit, 4.13.2",
                "/junit/junit/4.13.2/junit-4.13.2-sources.jar, junit:junit, 4.13.2",
                "/a/b/1.0/b-1.0-bin.tar.gz, a:b, 1.0",
                "/a/b/1.0/b-1.0-cyclonedx.json, a:b, 1.0",
                "/a/b/1.0/b-1.0.jar.sigstore.json, a:b, 1.0",
                "/a/b/1.0/b-1.0-index.xml, a:b, 1.0",
                "/a/b/1.0/b-1.0-site.xml, a:b, 1.0",
                "/org/x/org.x.gradle.plugin/1.0/org.x.gradle.plugin-1.0.pom, org.x:org.x.gradle.plugin, 1.0",
                "/com/eed3si9n/sbt-buildinfo_2.12_1.0/0.11.0/sbt-buildinfo-0.11.0.jar, com.eed3si9n:sbt-buildinfo_2.12_1.0, 0.11.0",
                "/g/a/1-SNAPSHOT/a-1-20261121.194632-1.jar, g:a, 1-SNAPSHOT",
                "/g/a/1-SNAPSHOT/a-1-20261121.194632-17-sources.jar, g:a, 1-SNAPSHOT",
                "/com.typesafe/plugin/scala_2.12/sbt_1.0/1.2/jars/plugin.jar, com.typesafe:plugin, 1.2",
                "/com.typesafe/plugin/1.2/ivys/ivy.xml, com.typesafe:plugin, 1.2",
                "/plugins/org.eclipse.core_3.1.jar, -, -",
                "/tool.jar, -, -",
                "/a/1.0/a-1.0.jar, -, -",
                "/g/a/1.0/a b+c-1.0.jar, g:a, 1.0",
            })
    void isAnArtifact(String path, String name, String version) {
        Artifact artifact = artifact(path);
        assertThat(artifact.path()).isEqualTo(path);
        assertThat(artifact.place()).isEqualTo(path.substring(1));
        assertThat(artifact.origin()).isEqualTo(Origin.At.path(path));
        assertThat(artifact.coordinates()).isEqualTo(name == null ? null : new Coordinates("maven", name, version));
        assertThat(artifact.digests()).as("none but the one that is compared").isEmpty();
        assertThat(artifact.checksum())
                .isEqualTo(new Checksum.Siblings(List.of(
                        new Checksum.Sibling(Algorithm.SHA1, Origin.At.path(path + ".sha1")),
                        new Checksum.Sibling(Algorithm.MD5, Origin.At.path(path + ".md5")))));
    }

    @ParameterizedTest
    @CsvSource({
        "/org/junit/junit/maven-metadata.xml, 120, 60",
        "/org/apache/maven/plugins/maven-metadata.xml, 120, 60",
        "/maven-metadata.xml, 120, 60",
        "/g/a/1-SNAPSHOT/maven-metadata.xml, 30, 0",
        "/g/a/1-SNAPSHOT/a-1-SNAPSHOT.jar, 60, 0",
        "/g/a/1-SNAPSHOT/a-1-SNAPSHOT-sources.jar, 60, 0",
        "/org/mod/1-SNAPSHOT/jars/mod.jar, 60, 0",
        "/archetype-catalog.xml, 300, 60",
        "/master-index.xml, 300, 60",
        "/com/android/support/group-index.xml, 300, 60",
        "/p2.index, 300, 60",
        "/site/compositeContent.jar, 300, 60",
        "/.meta/prefixes.txt, 86400, 60",
    })
    void isAnIndex(String path, long freshSeconds, long absentSeconds) {
        Index index = index(path);
        assertThat(index.path()).isEqualTo(path);
        assertThat(index.origin()).isEqualTo(Origin.At.path(path));
        assertThat(index.freshFor()).isEqualTo(Duration.ofSeconds(freshSeconds));
        assertThat(index.negativeFor()).isEqualTo(Duration.ofSeconds(absentSeconds));
        assertThat(index.digests()).containsExactly(Algorithm.SHA1);
    }

    @Test
    void onlyMetadataIsMerged() {
        assertThat(index("/g/a/maven-metadata.xml").merger()).isNotNull();
        assertThat(index("/g/a/maven-metadata.xml.asc").merger()).isNull();
        assertThat(index("/archetype-catalog.xml").merger()).isNull();
        assertThat(index("/.meta/prefixes.txt").merger()).isNull();
    }

    @Test
    void metadataBelongsToItsArtifactOrSnapshot() {
        assertThat(index("/org/junit/junit/maven-metadata.xml").coordinates())
                .isEqualTo(new Coordinates("maven", "org.junit:junit", null));
        assertThat(index("/g/a/1-SNAPSHOT/maven-metadata.xml").coordinates())
                .isEqualTo(new Coordinates("maven", "g:a", "1-SNAPSHOT"));
        assertThat(index("/maven-metadata.xml").coordinates()).isNull();
    }

    @Test
    void deletedSnapshotsAreAskedForAgain() {
        assertThat(artifact("/g/a/1-SNAPSHOT/a-1-20261121.194632-1.pom").negativeFor())
                .isEqualTo(Duration.ZERO);
        assertThat(artifact("/g/a/1/a-1.pom").negativeFor()).isEqualTo(Resource.ABSENT);
    }

    @ParameterizedTest
    @CsvSource({"md5, MD5", "sha1, SHA1", "sha256, SHA256", "sha512, SHA512"})
    void aChecksumIsDerivedFromItsArtifact(String extension, Algorithm algorithm) {
        String jar = "/g/a/1/a-1.jar";
        Resource.Sidecar sidecar = sidecar(jar + "." + extension);
        assertThat(sidecar.algorithm()).isEqualTo(algorithm);
        assertThat(sidecar.of()).isEqualTo(artifact(jar));
        Artifact upstream = (Artifact) sidecar.otherwise();
        assertThat(upstream.path()).isEqualTo(jar + "." + extension);
        assertThat(upstream.checksum()).isEqualTo(new Checksum.None());
        assertThat(upstream.contentType()).isEqualTo("text/plain");
        assertThat(upstream.coordinates()).isEqualTo(new Coordinates("maven", "g:a", "1"));
    }

    @Test
    void aChecksumIsAsMutableAsItsFile() {
        Resource.Sidecar metadata = sidecar("/g/a/1-SNAPSHOT/maven-metadata.xml.sha1");
        assertThat(metadata.of()).isEqualTo(index("/g/a/1-SNAPSHOT/maven-metadata.xml"));
        assertThat(((Index) metadata.otherwise()).freshFor()).isEqualTo(Duration.ofSeconds(30));
        assertThat(((Index) metadata.otherwise()).negativeFor()).isEqualTo(Duration.ZERO);
        assertThat(((Index) metadata.otherwise()).merger()).isNull();
        assertThat(sidecar("/g/a/1-SNAPSHOT/a-1-SNAPSHOT.jar.md5").otherwise()).isInstanceOf(Index.class);
    }

    @Test
    void aSignatureIsAsMutableAsItsFile() {
        Artifact signature = artifact("/g/a/1/a-1.jar.asc");
        assertThat(signature.checksum()).isEqualTo(new Checksum.None());
        assertThat(index("/g/a/maven-metadata.xml.asc").freshFor()).isEqualTo(Duration.ofMinutes(2));
        assertThat(index("/g/a/1-SNAPSHOT/a-1-SNAPSHOT.jar.asc").freshFor()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aChecksumOfASignatureIsDerivedFromTheSignature() {
        Resource.Sidecar sidecar = sidecar("/g/a/1/a-1.jar.asc.sha1");
        assertThat(sidecar.of()).isEqualTo(artifact("/g/a/1/a-1.jar.asc"));
        assertThat(sidecar("/g/a/maven-metadata.xml.asc.md5").of()).isInstanceOf(Index.class);
    }

    @Test
    void aChecksumOfAChecksumIsAnOrdinaryFile() {
        assertThat(artifact("/g/a/1/a-1.jar.sha1.md5").checksum()).isEqualTo(new Checksum.None());
        assertThat(index("/g/a/maven-metadata.xml.md5.sha1").freshFor()).isEqualTo(Duration.ofMinutes(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/g/a/1/.sha1", "/g/a/1/.asc", "/.md5"})
    void aFileThatIsOnlyASuffixIsAFile(String path) {
        assertThat(resolve("GET", path)).get().isInstanceOf(Artifact.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/org/", "/org/junit/junit/", "/org/junit/junit/maven-metadata.xml/"})
    void folderListingsDoNotExist(String path) {
        assertThat(resolve("GET", path)).isEmpty();
    }

    @Test
    void theSearchIndexIsRelayed() {
        String path = "/.index/nexus-maven-repository-index.gz";
        assertThat(resolve("GET", path)).contains(new Resource.Passthrough(Origin.At.path(path)));
        assertThat(resolve("GET", path + ".sha1")).get().isInstanceOf(Resource.Passthrough.class);
    }

    @Test
    void headIsWhatGetIs() {
        assertThat(resolve("HEAD", "/g/a/1/a-1.pom")).isEqualTo(resolve("GET", "/g/a/1/a-1.pom"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "POST", "DELETE", "PATCH"})
    void writesAreRefused(String method) {
        assertThat(resolve(method, "/g/a/1/a-1.jar"))
                .get()
                .isInstanceOfSatisfying(
                        Resource.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(405));
    }

    @Test
    void backslashesAreRefused() {
        assertThat(resolve("GET", "/g/a\\b/1/a.jar"))
                .get()
                .isInstanceOfSatisfying(
                        Resource.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(400));
    }

    @Test
    void anUpstreamPathIsEncodedOnce() {
        Artifact artifact = artifact("/g/a/1+2/a-1+2 %41.jar");
        assertThat(artifact.origin()).isEqualTo(new Origin.At("", "/g/a/1+2/a-1+2%20%2541.jar", ""));
    }

    @Test
    void refusalsAreProblemsThatMavenPrintsButAnAbsenceIsNone() {
        assertThat(maven.refusal(403, "version 1.0 is \"too young\""))
                .isEqualTo(new Format.Refusal(
                        "application/problem+json",
                        "{\"type\":\"about:blank\",\"title\":\"Refused by the gateway\",\"status\":403,"
                                + "\"detail\":\"version 1.0 is \\\"too young\\\"\"}"));
        assertThat(maven.refusal(504, "no answer").contentType()).isEqualTo("application/problem+json");
        assertThat(maven.refusal(404, "not found").contentType()).startsWith("text/plain");
    }

    private Optional<Resource> resolve(String method, String path) {
        return maven.resolve(new Ask(method, path, "", Accept.ANY));
    }

    private Artifact artifact(String path) {
        return (Artifact) resolve("GET", path).orElseThrow();
    }

    private Resource.Sidecar sidecar(String path) {
        return (Resource.Sidecar) resolve("GET", path).orElseThrow();
    }

    private Index index(String path) {
        return (Index) resolve("GET", path).orElseThrow();
    }
}
