package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeUpstream;
import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One repository of an internal and a public upstream, with rules about who is asked for what. */
class RulesTest {

    private static final String OURS = "/com/acme/lib/1.0/lib-1.0.jar";
    private static final String THEIRS = "/org/other/lib/1.0/lib-1.0.jar";
    private static final String METADATA = "/com/acme/lib/maven-metadata.xml";

    private final FakeUpstream internal = FakeUpstream.start();
    private final FakeUpstream open = FakeUpstream.at("127.0.0.2");

    @TempDir
    Path folder;

    private TestGateway gateway;

    @BeforeEach
    void prepare() {
        gateway = new TestGateway(folder);
    }

    @AfterEach
    void stop() {
        gateway.close();
        internal.close();
        open.close();
    }

    private void start(String ofInternal, String ofOpen, String ofRepository) {
        gateway.start("""
                repositories:
                  - path: /virtual
                    format: maven
                    %s
                    upstream:
                      - { name: internal, url: "%s", %s }
                      - { name: open, url: "%s", %s }
                """.formatted(ofRepository, internal.url(), ofInternal, open.url(), ofOpen));
    }

    private HttpResponse<byte[]> get(String path, String... headers) {
        return gateway.get("/virtual" + path, headers);
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static String cacheStatus(HttpResponse<byte[]> answer) {
        return answer.headers().firstValue("Cache-Status").orElse("");
    }

    @Test
    void an_internal_name_is_only_found_on_the_public_upstream() {
        start("", "deny: [\"com.acme:*\"]", "");
        open.serve(OURS, "of somebody who took our name");
        open.serve(METADATA, metadata("6.6.6"));

        assertThat(get(OURS).statusCode()).isEqualTo(404);
        assertThat(get(OURS + ".sha1").statusCode()).isEqualTo(404);
        assertThat(get(METADATA).statusCode()).isEqualTo(404);
        assertThat(internal.count(OURS)).isEqualTo(1);
        assertThat(open.requests()).isEmpty();
    }

    @Test
    void every_name_but_the_internal_ones_goes_to_the_public_upstream() {
        start("allow: [\"com.acme:*\"]", "deny: [\"com.acme:*\"]", "");
        internal.serve(OURS, "ours");
        open.serve(THEIRS, "theirs");

        assertThat(text(get(OURS))).isEqualTo("ours");
        assertThat(text(get(THEIRS))).isEqualTo("theirs");
        assertThat(get("/org/other/lib/1.0/lib-1.0.pom").statusCode()).isEqualTo(404);
        assertThat(internal.requests()).allMatch(request -> request.path().startsWith("/com/acme/"));
        assertThat(open.requests())
                .isNotEmpty()
                .allMatch(request -> request.path().startsWith("/org/other/"));
    }

    @Test
    void both_have_metadata_of_an_internal_name() {
        start("", "deny: [\"com.acme:*\"]", "");
        internal.serve(METADATA, metadata("1.0"));
        open.serve(METADATA, metadata("6.6.6"));

        String served = text(get(METADATA));

        assertThat(served).contains("<version>1.0</version>").doesNotContain("6.6.6");
        assertThat(text(get(METADATA + ".sha256")))
                .isEqualTo(StoreFiles.hex("SHA-256", served.getBytes(StandardCharsets.UTF_8)));
        assertThat(open.requests()).isEmpty();
    }

    @Test
    void both_have_metadata_of_another_name() {
        start("", "deny: [\"com.acme:*\"]", "");
        String path = "/org/other/lib/maven-metadata.xml";
        internal.serve(path, metadata("1.0"));
        open.serve(path, metadata("2.0"));

        assertThat(text(get(path))).contains("<version>1.0</version>", "<version>2.0</version>");
    }

    @Test
    void what_was_stored_of_a_name_that_is_denied_since() {
        start("", "", "");
        open.serve(OURS, "of somebody who took our name");
        open.serve(METADATA, metadata("6.6.6"));
        for (int i = 0; i < 3; i++) {
            assertThat(get(OURS).statusCode()).isEqualTo(200);
            assertThat(get(METADATA).statusCode()).isEqualTo(200);
        }
        await().until(() ->
                get(OURS).statusCode() == 200 && cacheStatus(get(OURS)).contains("hit"));

        start("allow: [\"com.acme.other:*\"]", "deny: [\"com.acme:*\"]", "");
        for (String path : List.of(OURS, OURS + ".sha1", METADATA, METADATA + ".sha1")) {
            for (String[] headers :
                    new String[][] {{"Accept", "*/*"}, {"Range", "bytes=0-1"}, {"Cache-Control", "only-if-cached"}}) {
                assertThat(get(path, headers).statusCode()).isEqualTo(404);
                assertThat(cacheStatus(get(path, headers))).isEqualTo("gateway; detail=denied");
            }
        }

        start("", "", "");
        assertThat(cacheStatus(get(OURS))).contains("hit");
    }

    @Test
    void a_rule_of_the_repository_holds_for_all_its_upstreams() {
        start("", "allow: [\"org.other:*\", \"com.acme:*\"]", "deny: [\"com.acme:*\"]");
        internal.serve(OURS, "ours");
        open.serve(THEIRS, "theirs");

        HttpResponse<byte[]> answer = get(OURS);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(text(answer)).contains("rules");
        assertThat(text(get(THEIRS))).isEqualTo("theirs");
        assertThat(internal.count(OURS)).isZero();
    }

    @Test
    void the_internal_upstream_fails() {
        start("", "deny: [\"com.acme:*\"]", "");
        internal.status(OURS, 500);
        open.serve(OURS, "of somebody who took our name");

        assertThat(get(OURS).statusCode()).isEqualTo(502);
        assertThat(open.requests()).isEmpty();
    }

    /** A client's list of what it uses holds internal names, and nobody has read it yet. */
    @Test
    void a_client_sends_a_list_of_names() {
        String audits = "/npm/-/npm/v1/security/advisories/bulk";
        gateway.start("upstream: { npm: \"" + open.url() + "\" }");
        gateway.send("POST", audits);
        assertThat(open.requests()).hasSize(1);

        gateway.start("upstream: { npm: \"" + open.url() + "\" }\nrules: { npm: { deny: [\"@acme/*\"] } }");

        assertThat(gateway.send("POST", audits).statusCode()).isEqualTo(404);
        assertThat(gateway.get("/npm/@acme/utils").statusCode()).isEqualTo(404);
        assertThat(gateway.send("PUT", "/npm/@acme/utils").statusCode()).isEqualTo(405);
        assertThat(open.requests()).hasSize(1);
    }

    private static String metadata(String... versions) {
        StringBuilder list = new StringBuilder();
        for (String version : versions) {
            list.append("<version>").append(version).append("</version>");
        }
        return "<metadata><groupId>com.acme</groupId><artifactId>lib</artifactId><versioning><versions>" + list
                + "</versions></versioning></metadata>";
    }
}
