package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.project.Project;
import gateway.project.Visibility;
import gateway.settings.Rules;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A remote of a project that may be asked for some packages only. */
class ProxyRulesTest {

    private static final String POM = "/com/acme/lib/1.0/lib-1.0.pom";
    private static final String OTHER = "/org/example/lib/1.0/lib-1.0.pom";

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    private ProxyRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = ProxyRig.start(folder);
    }

    @AfterEach
    void stop() {
        rig.close();
        upstream.close();
    }

    private void rules(String format, List<String> allow, List<String> deny) {
        rig.project(
                Visibility.PRIVATE, format, new Project.Remote(upstream.url("/r"), null, true, new Rules(allow, deny)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                POM,
                POM + ".sha1",
                POM + ".sha256",
                POM + ".asc",
                "/com/acme/lib/maven-metadata.xml",
                "/com/acme/lib/maven-metadata.xml.md5",
                "/com/acme/deep/below/1.0/below-1.0.jar"
            })
    @DisplayName("a denied package: the remote does not hear of any file of it, and the answer says why")
    void denied(String path) throws Exception {
        rules("maven", List.of(), List.of("com.acme*"));
        upstream.serve("/r" + path, "there");

        PipelineAnswer answer = rig.get("maintainer", path);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text()).contains("allow or deny rules of this project's remote");
        assertThat(answer.header("cache-status")).contains("detail=denied");
        assertThat(rig.head("maintainer", path).status()).isEqualTo(404);
        assertThat(upstream.requests()).isEmpty();
        assertThat(rig.empty()).isTrue();
    }

    @Test
    @DisplayName("allow: what no pattern names is not asked for, the rest is")
    void allowed() throws Exception {
        rules("maven", List.of("org.example:*"), List.of());
        upstream.serve("/r" + POM, "private");
        upstream.serve("/r" + OTHER, "public");

        assertThat(rig.get("developer", POM).status()).isEqualTo(404);
        assertThat(rig.get("developer", OTHER).text()).isEqualTo("public");
        assertThat(upstream.requests()).extracting(FakeUpstream.Request::path).containsExactly("/r" + OTHER);
    }

    @Test
    @DisplayName("what was pulled before it was denied is served no more, and again when the rule goes")
    void pulledBefore() throws Exception {
        upstream.serve("/r" + POM, "pulled").etag("\"1\"");
        rules("maven", List.of(), List.of());
        assertThat(rig.get("developer", POM).text()).isEqualTo("pulled");

        rules("maven", List.of(), List.of("com.acme:lib"));
        assertThat(rig.get("developer", POM).status()).isEqualTo(404);
        assertThat(rig.get("developer", POM + ".sha1").status()).isEqualTo(404);
        rules("maven", List.of(), List.of("com.acme:other"));
        upstream.stop();
        assertThat(rig.get("developer", POM).text()).isEqualTo("pulled");
    }

    @Test
    @DisplayName("what the project published itself is served whatever the rules say of the remote")
    void published() throws Exception {
        upstream.serve("/r" + POM, "theirs");
        rules("maven", List.of(), List.of());
        rig.publish("developer", POM, "own".getBytes(StandardCharsets.UTF_8));
        int asked = upstream.requests().size();

        rules("maven", List.of(), List.of("com.acme*"));

        assertThat(rig.get("reporter", POM).text()).isEqualTo("own");
        assertThat(rig.get("reporter", POM + ".sha1").text())
                .isEqualTo(rig.listed(POM).sha1());
        assertThat(upstream.requests()).hasSize(asked);
    }

    @ParameterizedTest
    @CsvSource({
        "npm, /@acme%2fwidget",
        "npm, /@acme/widget/-/widget-1.0.0.tgz",
        "pypi, /simple/acme-widget/",
        "nuget, /v3/flat/acme.widget/index.json",
        "cargo, /ac/me/acme-widget",
        "cargo, /crates/acme-widget/1.0.0/download",
        "conan, /v2/conans/acme-widget/1.0/_/_/latest",
        "composer, /p2/acme/widget.json",
        "generic, /acme-widget/1.0/widget.bin"
    })
    @DisplayName("rules hold for every format, documents and files")
    void formats(String format, String path) throws Exception {
        rules(format, List.of(), List.of("*acme*"));

        PipelineAnswer answer = rig.get(format, "developer", path, new String[0]);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("cache-status")).contains("detail=denied");
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    @DisplayName("a pattern of many stars costs no more than another")
    void manyStars() throws Exception {
        rules("generic", List.of(), List.of("*a".repeat(100) + "*b", "x*1*2?3", "*end"));
        String name = "a".repeat(150);
        upstream.serve("/r/" + name + "/1/f", "asked");
        upstream.serve("/r/x1-1-2-23/1/f", "asked");

        assertThat(rig.get("generic", "developer", "/" + name + "/1/f", new String[0])
                        .text())
                .isEqualTo("asked");
        assertThat(rig.get("generic", "developer", "/" + name + "b/1/f", new String[0])
                        .status())
                .isEqualTo(404);
        assertThat(rig.get("generic", "developer", "/x01-2-2.3/1/f", new String[0])
                        .status())
                .isEqualTo(404);
        assertThat(rig.get("generic", "developer", "/x1-1-2-23/1/f", new String[0])
                        .text())
                .isEqualTo("asked");
        assertThat(rig.get("generic", "developer", "/end-of-the-end/1/f", new String[0])
                        .status())
                .isEqualTo(404);
    }
}
