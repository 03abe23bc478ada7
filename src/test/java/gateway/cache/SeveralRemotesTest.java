package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.project.PackageFile;
import gateway.project.Project;
import gateway.project.Visibility;
import gateway.settings.Rules;
import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A project with two remotes for one format, asked in their order. */
class SeveralRemotesTest {

    private static final String POM = "/com/acme/lib/1.0/lib-1.0.pom";
    private static final String METADATA = "/com/acme/lib/maven-metadata.xml";

    private final FakeUpstream first = FakeUpstream.start();
    private final FakeUpstream second = FakeUpstream.at("127.0.0.2");

    @TempDir
    Path folder;

    private ProxyRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = ProxyRig.start(folder);
        remotes("maven", remote(first), remote(second));
    }

    @AfterEach
    void stop() {
        rig.close();
        first.close();
        second.close();
    }

    private void remotes(String format, Project.Remote... remotes) {
        rig.project(Visibility.PRIVATE, format, remotes);
    }

    private static Project.Remote remote(FakeUpstream at, String... denied) {
        return new Project.Remote(at.url("/r"), null, true, new Rules(List.of(), List.of(denied)));
    }

    private static List<String> asked(FakeUpstream remote) {
        return remote.requests("/r" + POM).stream()
                .map(FakeUpstream.Request::method)
                .toList();
    }

    private String get(String path) throws Exception {
        return get("developer", path);
    }

    private String get(String token, String path) throws Exception {
        PipelineAnswer answer = rig.get(token, path);
        return answer.status() == 200 ? answer.text() : Integer.toString(answer.status());
    }

    @Test
    @DisplayName("the first has the file: the second does not hear of it")
    void theFirst() throws Exception {
        first.serve("/r" + POM, "of the first").etag("\"1\"");
        second.serve("/r" + POM, "of the second");

        assertThat(get(POM)).isEqualTo("of the first");
        assertThat(get(POM)).isEqualTo("of the first");
        assertThat(rig.head("developer", POM).status()).isEqualTo(200);
        assertThat(asked(first)).startsWith("GET", "HEAD");
        assertThat(second.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    @DisplayName("the first does not have it: it comes from the second, which alone is asked about it from then on")
    void theSecond(int status) throws Exception {
        first.status("/r" + POM, status);
        second.serve("/r" + POM, "of the second").etag("\"2\"");

        assertThat(get(POM)).isEqualTo("of the second");
        assertThat(get("reporter", POM)).isEqualTo("of the second");
        assertThat(asked(first)).containsExactly("GET");
        assertThat(asked(second)).containsExactly("GET", "HEAD");
        assertThat(rig.count("coherent")).isEqualTo(1);
        assertThat(rig.listed(POM).pulled())
                .extracting(PackageFile.Pulled::remote)
                .isEqualTo(second.url("/r").toString());
    }

    @Test
    @DisplayName("what came from the second is its own also when the first has something of that name later")
    void takenLater() throws Exception {
        second.serve("/r" + POM, "of the second").etag("\"2\"");
        assertThat(get(POM)).isEqualTo("of the second");

        first.serve("/r" + POM, "of the first").etag("\"1\"");
        assertThat(get(POM)).isEqualTo("of the second");

        second.serve("/r" + POM, "newer").etag("\"3\"");
        assertThat(get(POM)).isEqualTo("newer");
        assertThat(asked(first)).containsExactly("GET");
    }

    @Test
    @DisplayName("another order and other credentials change nothing about where a file came from")
    void anotherOrder() throws Exception {
        second.serve("/r" + POM, "of the second").etag("\"2\"");
        assertThat(get(POM)).isEqualTo("of the second");

        remotes("maven", ProxyRig.remote(second.url("/r"), "robot", "password", true), remote(first));

        assertThat(get(POM)).isEqualTo("of the second");
        assertThat(asked(second)).containsExactly("GET", "HEAD");
        assertThat(asked(first)).containsExactly("GET");
    }

    @Test
    @DisplayName("the remote of a file is gone from the list: the first of the others that knows the file has the say")
    void removed() throws Exception {
        FakeUpstream third = FakeUpstream.at("127.0.0.3");
        try {
            remotes("maven", remote(third));
            third.serve("/r" + POM, "of the third").etag("\"3\"");
            assertThat(get(POM)).isEqualTo("of the third");

            remotes("maven", remote(first), remote(second));
            assertThat(get(POM)).isEqualTo("of the third");
            assertThat(rig.count("unverifiable")).isEqualTo(1);

            second.serve("/r" + POM, "of the second").etag("\"2\"");
            assertThat(get(POM)).isEqualTo("of the second");
            assertThat(rig.listed(POM).pulled())
                    .extracting(PackageFile.Pulled::remote)
                    .isEqualTo(second.url("/r").toString());
        } finally {
            third.close();
        }
    }

    @Test
    @DisplayName("the first fails: the second is not asked, since it may give another's file of that name")
    void theFirstFails() throws Exception {
        first.status("/r" + POM, 500);
        second.serve("/r" + POM, "of somebody who took our name");

        assertThat(get(POM)).isEqualTo("502");
        assertThat(rig.head("developer", POM).status()).isEqualTo(502);
        assertThat(second.requests()).isEmpty();
        assertThat(rig.empty()).isTrue();
    }

    @Test
    @DisplayName("none has it: 404, and it is found the moment that one has it")
    void none() throws Exception {
        assertThat(get(POM)).isEqualTo("404");
        assertThat(rig.head("developer", POM).status()).isEqualTo(404);
        second.serve("/r" + POM, "now");

        assertThat(rig.head("developer", POM).status()).isEqualTo(200);
        assertThat(get(POM)).isEqualTo("now");
    }

    @Test
    @DisplayName("rules of one remote: it is left out, and the others are asked")
    void denied() throws Exception {
        remotes("maven", remote(first, "com.acme*"), remote(second));
        first.serve("/r" + POM, "of somebody who took our name");
        second.serve("/r" + POM, "ours");

        assertThat(get(POM)).isEqualTo("ours");
        assertThat(get(POM + ".sha1")).isEqualTo(rig.listed(POM).sha1());
        assertThat(first.requests()).isEmpty();
    }

    @Test
    @DisplayName("rules forbid where a file came from: it is as if it had never been pulled")
    void deniedLater() throws Exception {
        second.serve("/r" + POM, "of somebody who took our name");
        assertThat(get(POM)).isEqualTo("of somebody who took our name");

        remotes("maven", remote(first), remote(second, "com.acme*"));
        assertThat(get(POM)).isEqualTo("404");
        assertThat(get(POM + ".sha1")).isEqualTo("404");
        first.serve("/r" + POM, "ours");
        assertThat(get("reporter", POM)).isEqualTo("ours");
        assertThat(get(POM)).isEqualTo("ours");

        assertThat(rig.listed(POM).pulled())
                .extracting(PackageFile.Pulled::remote)
                .isEqualTo(first.url("/r").toString());
        assertThat(asked(second)).containsExactly("GET");
    }

    @Test
    @DisplayName("digests come from where the file comes from, also when nobody may keep it")
    void digests() throws Exception {
        second.serve("/r" + POM, "of the second");
        second.serve("/r" + POM + ".sha1", "f".repeat(40));
        second.serve("/r" + POM + ".asc", "signed");

        assertThat(get("reporter", POM + ".sha1")).isEqualTo("f".repeat(40));
        assertThat(get("reporter", POM + ".asc")).isEqualTo("signed");
        assertThat(get("developer", POM)).isEqualTo("of the second");
        assertThat(get("reporter", POM + ".sha1")).isEqualTo(rig.listed(POM).sha1());
    }

    @Test
    @DisplayName("Maven's metadata of both is one document with one digest")
    void metadata() throws Exception {
        first.serve("/r" + METADATA, metadata("1.0")).type("text/xml");
        second.serve("/r" + METADATA, metadata("2.0")).type("text/xml");

        String merged = get(METADATA);

        assertThat(merged).contains("<version>1.0</version>", "<version>2.0</version>", "<release>2.0</release>");
        assertThat(get(METADATA + ".sha1")).isEqualTo(ProxyRig.hex("SHA-1", merged.getBytes(StandardCharsets.UTF_8)));
    }

    private static String metadata(String version) {
        return """
                <metadata><groupId>com.acme</groupId><artifactId>lib</artifactId><versioning>
                <latest>%1$s</latest><release>%1$s</release><versions><version>%1$s</version></versions>
                <lastUpdated>20260101000000</lastUpdated></versioning></metadata>
                """.formatted(version);
    }

    @ParameterizedTest
    @CsvSource({
        "npm, /@acme%2fwidget, /@acme/widget/-/widget-1.0.0.tgz",
        "cargo, /ac/me/acme-widget, /crates/acme-widget/1.0.0/download",
        "pypi, /simple/acme-widget/, ''",
        "generic, '', /acme-widget/1.0/widget.bin"
    })
    @DisplayName("other formats: documents and files come from the first that has them")
    void formats(String format, String document, String file) throws Exception {
        remotes(format, remote(first), remote(second));
        byte[] bytes = CoalescingTest.bytes(1000);
        second.serve("/r/@acme%2fwidget", """
                {"name": "@acme/widget", "dist-tags": {}, "versions": {"1.0.0": {"name": "@acme/widget",
                 "version": "1.0.0", "dist": {"tarball": "%s"}}}}
                """.formatted(second.url("/r/@acme/widget/-/widget-1.0.0.tgz")))
                .type("application/json");
        second.serve("/r/config.json", "{\"dl\": \"%s\"}".formatted(second.url("/r/crates")));
        second.serve("/r/ac/me/acme-widget", """
                {"name":"acme-widget","vers":"1.0.0","deps":[],"cksum":"%s","features":{},"yanked":false}
                """.formatted(PipelineAnswer.sha256(bytes)));
        second.serve(
                        "/r/simple/acme-widget/",
                        "<!DOCTYPE html><a href=\"../../f/acme_widget-1.0.tar.gz\">acme_widget-1.0.tar.gz</a>")
                .type("text/html");
        second.serve("/r/@acme/widget/-/widget-1.0.0.tgz", bytes);
        second.serve("/r/crates/acme-widget/1.0.0/download", bytes);
        second.serve("/r/acme-widget/1.0/widget.bin", bytes);

        for (String path : List.of(document, file)) {
            if (!path.isEmpty()) {
                var answer = rig.get(format, "developer", path, new String[0]);
                assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            }
        }
        assertThat(second.requests()).isNotEmpty();
        assertThat(rig.listed()).hasSize(file.isEmpty() ? 0 : 1);
    }

    @Test
    @DisplayName("twenty ask at once: each remote is asked once")
    void together() throws Exception {
        byte[] bytes = CoalescingTest.bytes(100_000);
        first.status("/r" + POM, 404);
        FakeAnswer answer = second.serve("/r" + POM, bytes).pieces(1000).pauseAfter(1000);
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(clients.submit(() -> rig.get("developer", POM).sha256()));
            }
            await().until(() -> second.count("/r" + POM) > 0);
            answer.release();
            for (Future<String> one : all) {
                assertThat(one.get(1, TimeUnit.MINUTES)).isEqualTo(PipelineAnswer.sha256(bytes));
            }
        }
        assertThat(asked(second).stream().filter("GET"::equals)).hasSize(1);
        assertThat(rig.listed()).hasSize(1);
    }
}
