package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.settings.Upstream;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineGateway;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository with two upstreams, asked in their order. */
class SeveralUpstreamsTest {

    private static final String PATH = "/g/a/1/a-1.jar";
    private static final String METADATA = "/g/a/maven-metadata.xml";

    private final FakeUpstream first = FakeUpstream.start();
    private final FakeUpstream second = FakeUpstream.at("127.0.0.2");

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void prepare() {
        gateway = PipelineGateway.in(folder);
    }

    @AfterEach
    void stop() {
        gateway.close();
        first.close();
        second.close();
    }

    private void start(@Nullable String group) throws Exception {
        gateway.mount("/m", "maven", upstream("one", first, group), upstream("two", second, group))
                .start();
    }

    private static Upstream upstream(String name, FakeUpstream at, @Nullable String group) {
        return new Upstream(name, at.url(), Map.of(), null, null, Map.of(), group, false);
    }

    @Test
    void the_first_has_the_file() throws Exception {
        start(null);
        first.serve(PATH, "of the first");
        second.serve(PATH, "of the second");

        assertThat(gateway.get("/m" + PATH).text()).isEqualTo("of the first");
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void the_first_fails_and_its_mirror_does_not_have_the_file() throws Exception {
        start("mirrors");
        first.status(PATH, 500);

        assertThat(gateway.head("/m" + PATH).status()).isEqualTo(404);
        assertThat(second.count(PATH)).isEqualTo(1);
    }

    @Test
    void a_refusal_that_means_not_found_leads_to_the_next_upstream() throws Exception {
        gateway.mount(
                        "/m",
                        "maven",
                        new Upstream("one", first.url(), Map.of(), null, null, Map.of(), null, true),
                        upstream("two", second, null))
                .start();
        first.status(PATH, 403);
        second.serve(PATH, "of the second");

        assertThat(gateway.head("/m" + PATH).status()).isEqualTo(200);
        assertThat(gateway.get("/m" + PATH).text()).isEqualTo("of the second");
    }

    @Test
    void the_first_does_not_have_the_file() throws Exception {
        start(null);
        second.serve(PATH, "of the second");

        assertThat(gateway.get("/m" + PATH).text()).isEqualTo("of the second");
        assertThat(gateway.get("/m" + PATH).text()).isEqualTo("of the second");
        assertThat(gateway.head("/m" + PATH).status()).isEqualTo(200);
        assertThat(second.count(PATH)).isEqualTo(1);
    }

    @Test
    void the_first_says_that_the_file_is_gone() throws Exception {
        start(null);
        first.status(PATH, 410);
        second.serve(PATH, "of the second");

        assertThat(gateway.get("/m" + PATH).text()).isEqualTo("of the second");
    }

    @Test
    void neither_has_the_file() throws Exception {
        start(null);

        assertThat(gateway.get("/m" + PATH).status()).isEqualTo(404);
    }

    @Test
    void the_first_fails() throws Exception {
        start(null);
        first.status(PATH, 500);
        second.serve(PATH, "of somebody who took our name");

        assertThat(gateway.get("/m" + PATH).status()).isEqualTo(502);
        assertThat(gateway.head("/m" + PATH).status()).isEqualTo(502);
        first.status(PATH, 401);
        assertThat(gateway.get("/m" + PATH).status()).isEqualTo(502);
        first.stop();
        assertThat(gateway.get("/m" + PATH).status()).isEqualTo(502);
        assertThat(second.requests()).isEmpty();
    }

    @Test
    void the_first_fails_and_the_second_is_its_mirror() throws Exception {
        start("mirrors");
        first.status(PATH, 500);
        second.serve(PATH, "of the mirror");

        assertThat(gateway.get("/m" + PATH).text()).isEqualTo("of the mirror");
        first.stop();
        second.serve("/g/b/1/b-1.jar", "b of the mirror");
        assertThat(gateway.get("/m/g/b/1/b-1.jar").text()).isEqualTo("b of the mirror");
        assertThat(gateway.head("/m/g/c/1/c-1.jar").status()).isEqualTo(404);
    }

    @Test
    void both_have_metadata() throws Exception {
        start(null);
        first.serve(METADATA, metadata("1.0", "1.1"));
        second.serve(METADATA, metadata("1.1", "2.0"));

        PipelineAnswer merged = gateway.get("/m" + METADATA);

        assertThat(merged.text())
                .containsOnlyOnce("<version>1.0</version>")
                .containsOnlyOnce("<version>1.1</version>")
                .containsOnlyOnce("<version>2.0</version>");
        for (String algorithm : new String[] {"SHA-1", "MD5", "SHA-256", "SHA-512"}) {
            String suffix = "." + algorithm.toLowerCase(java.util.Locale.ROOT).replace("-", "");
            assertThat(gateway.get("/m" + METADATA + suffix).text()).isEqualTo(digest(algorithm, merged.text()));
        }
        assertThat(gateway.get("/m" + METADATA, "If-None-Match: " + merged.header("etag"))
                        .status())
                .isEqualTo(304);
    }

    @Test
    void one_has_metadata() throws Exception {
        start(null);
        second.serve(METADATA, metadata("1.1", "2.0"));

        PipelineAnswer answer = gateway.get("/m" + METADATA);

        assertThat(answer.text()).isEqualTo(metadata("1.1", "2.0"));
        assertThat(gateway.get("/m" + METADATA + ".sha1").text()).isEqualTo(digest("SHA-1", answer.text()));
    }

    @Test
    void neither_has_metadata() throws Exception {
        start(null);

        assertThat(gateway.get("/m" + METADATA).status()).isEqualTo(404);
        assertThat(gateway.get("/m" + METADATA + ".sha1").status()).isEqualTo(404);
    }

    @Test
    void one_has_metadata_and_the_other_fails() throws Exception {
        start(null);
        first.status(METADATA, 500);
        second.serve(METADATA, metadata("1.1", "2.0"));

        assertThat(gateway.get("/m" + METADATA).status()).isEqualTo(502);
    }

    private static String metadata(String... versions) {
        StringBuilder list = new StringBuilder();
        for (String version : versions) {
            list.append("<version>").append(version).append("</version>");
        }
        return "<metadata><groupId>g</groupId><artifactId>a</artifactId><versioning><versions>" + list
                + "</versions></versioning></metadata>";
    }

    private static String digest(String algorithm, String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
