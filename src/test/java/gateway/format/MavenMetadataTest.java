package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MavenMetadataTest {

    private static final String PUBLIC = """
            <?xml version="1.0" encoding="UTF-8"?>
            <metadata>
              <groupId>org.example</groupId>
              <artifactId>tool</artifactId>
              <versioning>
                <latest>1.10.0</latest>
                <release>1.10.0</release>
                <versions>
                  <version>1.0</version>
                  <version>1.2.0-rc1</version>
                  <version>1.2.0</version>
                  <version>1.10.0</version>
                </versions>
                <lastUpdated>20250301101112</lastUpdated>
              </versioning>
            </metadata>
            """;

    private static final String INTERNAL = """
            <metadata xmlns="urn:metadata:1.1.0" modelVersion="1.1.0">
              <groupId>org.example</groupId>
              <artifactId>tool</artifactId>
              <versioning>
                <latest>1.11.0-SNAPSHOT</latest>
                <release>1.9.1</release>
                <versions>
                  <version>1.9.1</version>
                  <version>1.2.0</version>
                  <version>1.0.0</version>
                  <version>1.11.0-SNAPSHOT</version>
                </versions>
                <lastUpdated>20260101000000</lastUpdated>
              </versioning>
            </metadata>
            """;

    @Test
    void versionsAreJoinedInVersionOrder() throws IOException {
        MavenMetadata merged = merge(PUBLIC, INTERNAL);
        assertThat(merged.versions())
                .containsExactly("1.0", "1.0.0", "1.2.0-rc1", "1.2.0", "1.9.1", "1.10.0", "1.11.0-SNAPSHOT");
        assertThat(merged.latest()).isEqualTo("1.11.0-SNAPSHOT");
        assertThat(merged.release()).isEqualTo("1.10.0");
        assertThat(merged.lastUpdated()).isEqualTo("20260101000000");
        assertThat(merged.head()).isEqualTo(Map.of("groupId", "org.example", "artifactId", "tool"));
    }

    @Test
    void theWholeDocumentIsWhatMavenWrites() throws IOException {
        String small = """
                <metadata><groupId>g</groupId><artifactId>a</artifactId><versioning><latest>1</latest>\
                <release>1</release><versions><version>1</version></versions></versioning></metadata>""";
        assertThat(new String(MavenMetadata.merge(List.of(small.getBytes(UTF_8), small.getBytes(UTF_8))), UTF_8))
                .isEqualTo("""
                        <?xml version="1.0" encoding="UTF-8"?>
                        <metadata modelVersion="1.1.0">
                          <groupId>g</groupId>
                          <artifactId>a</artifactId>
                          <versioning>
                            <latest>1</latest>
                            <release>1</release>
                            <versions>
                              <version>1</version>
                            </versions>
                          </versioning>
                        </metadata>
                        """);
    }

    @Test
    void aDateUsedAsAVersionLongAgoIsNotTheRelease() throws IOException {
        String old = """
                <metadata><versioning><latest>2.11.0</latest><release>2.11.0</release><versions>
                <version>20030203.000550</version><version>2.11.0</version></versions></versioning></metadata>""";
        String other = "<metadata><versioning><versions><version>2.4</version></versions></versioning></metadata>";
        MavenMetadata merged = merge(old, other);
        assertThat(merged.release()).isEqualTo("2.11.0");
        assertThat(merged.latest()).isEqualTo("2.11.0");
        assertThat(merged.versions()).contains("20030203.000550");
    }

    @Test
    void aReleaseThatTheDocumentDoesNotListIsNotBelieved() throws IOException {
        String withdrawn = """
                <metadata><versioning><latest>3.0</latest><release>3.0</release><versions>
                <version>2.0</version><version>2.1-SNAPSHOT</version></versions></versioning></metadata>""";
        MavenMetadata merged = merge(withdrawn, withdrawn);
        assertThat(merged.release()).isEqualTo("2.0");
        assertThat(merged.latest()).isEqualTo("2.1-SNAPSHOT");
    }

    @Test
    void theNewestSnapshotOfEachFileWins() throws IOException {
        MavenMetadata merged = merge(
                snapshot("20261120.101010", 9, "", "jar", "sources", "jar"),
                snapshot("20261121.194632", 10, "", "jar", "", "pom"));
        assertThat(merged.head()).containsEntry("version", "1-SNAPSHOT");
        assertThat(merged.snapshot()).isEqualTo(Map.of("timestamp", "20261121.194632", "buildNumber", "10"));
        assertThat(merged.snapshotVersions())
                .extracting(file ->
                        file.getOrDefault("classifier", "") + "." + file.get("extension") + "=" + file.get("value"))
                .containsExactlyInAnyOrder(
                        ".jar=1-20261121.194632-10", "sources.jar=1-20261120.101010-9", ".pom=1-20261121.194632-10");
        assertThat(merged.lastUpdated()).isEqualTo("20261121194632");
    }

    @Test
    void buildNumbersAreNumbers() throws IOException {
        MavenMetadata merged = merge(
                snapshot("20261121.194632", 9, "", "jar", "", "pom"),
                snapshot("20261121.194632", 10, "", "jar", "", "pom"));
        assertThat(merged.snapshot()).containsEntry("buildNumber", "10");
    }

    @Test
    void pluginsAreJoinedByPrefixAndTheFirstUpstreamWins() throws IOException {
        MavenMetadata merged = merge(plugins("clean", "one"), plugins("clean", "other", "shade", "shady"));
        assertThat(merged.plugins())
                .extracting(plugin -> plugin.get("prefix") + "=" + plugin.get("artifactId"))
                .containsExactly("clean=one", "shade=shady");
        assertThat(merged.saysVersions()).isFalse();
    }

    @Test
    void whatWasWrittenIsReadTheSame() throws IOException {
        MavenMetadata once = merge(PUBLIC, snapshot("20261120.101010", 9, "a&b<c>", "jar", "", "pom"));
        byte[] written =
                MavenMetadata.merge(Stream.of(PUBLIC, snapshot("20261120.101010", 9, "a&b<c>", "jar", "", "pom"))
                        .map(text -> text.getBytes(UTF_8))
                        .toList());
        assertThat(read(MavenMetadata.merge(List.of(written, written)))).isEqualTo(once);
        assertThat(once.snapshotVersions().getFirst()).containsEntry("classifier", "a&b<c>");
    }

    @Test
    void anotherEncodingIsRead() throws IOException {
        byte[] utf16 = PUBLIC.replace("UTF-8", "UTF-16").getBytes(UTF_16);
        assertThat(read(utf16).release()).isEqualTo("1.10.0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not found",
                "<html><body>log in</body></html>",
                "<!DOCTYPE html><html></html>",
                "<metadata><versioning><versions><version>1</version>",
                "<!DOCTYPE metadata [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><metadata><groupId>&x;</groupId></metadata>",
                "<!DOCTYPE metadata [<!ENTITY x 'y'>]><metadata><groupId>&x;</groupId></metadata>",
                "<!DOCTYPE metadata SYSTEM 'http://127.0.0.1:1/x.dtd'><metadata/>",
                "<metadata><groupId>&x;</groupId></metadata>",
            })
    void whatIsNoMetadataFailsTheMerge(String document) {
        assertThatIOException().isThrownBy(() -> merge(PUBLIC, document));
    }

    @Test
    void hostileDepthAndLengthAreRefused() {
        assertThatIOException().isThrownBy(() -> merge(PUBLIC, "<metadata>" + "<a>".repeat(100_000)));
        assertThatIOException()
                .isThrownBy(() -> merge(
                        PUBLIC,
                        "<metadata><versioning><versions><version>" + "1-".repeat(100_000)
                                + "</version></versions></versioning></metadata>"));
    }

    private static MavenMetadata merge(String... documents) throws IOException {
        return read(MavenMetadata.merge(
                Stream.of(documents).map(text -> text.getBytes(UTF_8)).toList()));
    }

    private static MavenMetadata read(byte[] document) throws IOException {
        return MavenMetadataReader.read(new ByteArrayInputStream(document));
    }

    private static String snapshot(String time, int build, String... classifiersAndExtensions) {
        StringBuilder files = new StringBuilder();
        String updated = time.replace(".", "");
        for (int i = 0; i < classifiersAndExtensions.length; i += 2) {
            String classifier =
                    classifiersAndExtensions[i].replace("&", "&amp;").replace("<", "&lt;");
            files.append("<snapshotVersion>")
                    .append(classifier.isEmpty() ? "" : "<classifier>" + classifier + "</classifier>")
                    .append("<extension>%s</extension>".formatted(classifiersAndExtensions[i + 1]))
                    .append("<value>1-%s-%d</value><updated>%s</updated></snapshotVersion>"
                            .formatted(time, build, updated));
        }
        return """
                <metadata modelVersion="1.1.0"><groupId>g</groupId><artifactId>a</artifactId><version>1-SNAPSHOT</version>
                <versioning><snapshot><timestamp>%s</timestamp><buildNumber>%d</buildNumber></snapshot>
                <lastUpdated>%s</lastUpdated><snapshotVersions>%s</snapshotVersions></versioning></metadata>""".formatted(time, build, updated, files);
    }

    private static String plugins(String... prefixesAndArtifacts) {
        StringBuilder plugins = new StringBuilder();
        for (int i = 0; i < prefixesAndArtifacts.length; i += 2) {
            plugins.append("<plugin><name>A plugin</name><prefix>%s</prefix><artifactId>%s</artifactId></plugin>"
                    .formatted(prefixesAndArtifacts[i], prefixesAndArtifacts[i + 1]));
        }
        return "<metadata><plugins>" + plugins + "</plugins></metadata>";
    }
}
