package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Composer: a minified package document where the root says that it is, and an archive on another host. */
class ComposerContractTest extends FormatContract {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String NEXT_COMMIT = "f".repeat(40);

    @Override
    public String format() {
        return "composer";
    }

    @Override
    Map<String, URI> hosts() {
        return Map.of("dist", files().url());
    }

    @Override
    void stockMore() {
        upstream().serve("/packages.json", """
                {
                  "packages": [], "metadata-url": "/repo/%%package%%.json", "notify-batch": "%1$s/downloads/",
                  "mirrors": [{"dist-url": "%1$s/dist/%%package%%/%%reference%%.%%type%%", "preferred": true}],
                  "search": "%1$s/find?q=%%query%%&type=%%type%%", "providers-lazy-url": "/p/%%package%%.json",
                  "security-advisories": {"metadata": true, "api-url": "%1$s/advise"}, "info": "hello"
                }""".formatted(upstream().url()));
        upstream().serve("/repo/acme/demo~dev.json", document("dev-main", NEXT_COMMIT, "a".repeat(40)));
        files().serve("/archive/" + NEXT_COMMIT, "not what was promised");
    }

    @Override
    public Piece index() {
        return new Piece(
                "/p2/acme/demo.json",
                upstream(),
                "/repo/acme/demo.json",
                "application/json",
                "acme/demo/packages.json",
                document(edition() == 1 ? "1.0.0" : "1.0.1", COMMIT, shasum()).getBytes(StandardCharsets.UTF_8));
    }

    private String document(String version, String commit, String shasum) {
        return """
                {
                  "packages": {"acme/demo": [
                    {
                      "name": "acme/demo", "version": "%1$s", "version_normalized": "%1$s.0",
                      "source": {"type": "git", "url": "https://forge.test/acme/demo.git", "reference": "%2$s"},
                      "dist": {"type": "tar", "url": "%3$s", "reference": "%2$s", "shasum": "%4$s"},
                      "time": "2026-01-01T00:00:00+00:00"
                    },
                    {"version": "0.9.0", "version_normalized": "0.9.0.0"},
                    {"version": "0.8.0", "version_normalized": "0.8.0.0", "dist": "__unset"}
                  ]},
                  "minified": "composer/2.0"
                }
                """.formatted(version, commit, files().url("/archive/" + commit), shasum);
    }

    @Override
    public Piece artifact() {
        String key = COMMIT + "-" + shasum().substring(0, 12);
        return new Piece(
                "/dist/acme/demo/" + key + ".tar",
                files(),
                "/archive/" + COMMIT,
                "application/octet-stream",
                "acme/demo/" + key + "/demo-" + key + ".tar",
                payload());
    }

    @Override
    public List<String> walk() {
        return List.of("/packages.json", "/p2/acme/demo.json", "/p2/acme/demo~dev.json");
    }

    @Override
    public List<String> links(String document) {
        return List.of(dist(JsonMapper.shared().readTree(document)).path("url").asString());
    }

    @Override
    public void assertIndex(String served) {
        JsonNode wanted = JsonMapper.shared().readTree(index().bytes());
        ((ObjectNode) dist(wanted))
                .put("url", TestGateway.BASE + mounted(artifact().path()));
        assertThat(JsonMapper.shared().readTree(served)).isEqualTo(wanted);
    }

    @Override
    public Unseen unseen() {
        return Unseen.REFUSED;
    }

    @Override
    public void assertError(HttpResponse<byte[]> answer) {
        if (answer.statusCode() == 404 || answer.statusCode() == 410) {
            assertThat(Stage.header(answer, "Content-Type")).startsWith("text/plain");
            assertThat(Stage.text(answer)).isNotBlank();
        } else {
            assertThat(JsonMapper.shared()
                            .readTree(answer.body())
                            .path("warning")
                            .asString())
                    .isNotBlank();
        }
    }

    @Test
    void the_root_offers_what_the_upstream_offers_and_leads_nowhere_else() {
        var answer = gateway().get(mounted("/packages.json"));

        assertThat(JsonMapper.shared().readTree(answer.body()))
                .isEqualTo(JsonMapper.shared().readTree("""
                {
                  "packages": [], "security-advisories": {"metadata": true, "api-url": "%1$s/api/security-advisories/"},
                  "info": "hello", "metadata-url": "%1$s/p2/%%package%%.json",
                  "search": "%1$s/search.json?q=%%query%%&type=%%type%%"
                }""".formatted(TestGateway.BASE + "/composer")));
    }

    @Test
    void searches_and_advisories_are_asked_where_the_root_says() {
        upstream().serve("/find", "{\"results\":[]}").type("application/json");
        upstream().serve("/advise", "{\"advisories\":[]}").type("application/json");

        assertThat(Stage.text(gateway().get(mounted("/search.json?q=a%20b&type="))))
                .isEqualTo("{\"results\":[]}");
        assertThat(Stage.text(gateway().send("POST", mounted("/api/security-advisories/"))))
                .isEqualTo("{\"advisories\":[]}");
    }

    @Test
    void what_the_root_does_not_offer_does_not_exist() {
        assertThat(gateway().get(mounted("/packages/list.json")).statusCode()).isEqualTo(404);
        assertThat(gateway().get(mounted("/providers/acme/demo.json")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_lock_file_alone_finds_an_archive_through_whichever_document_lists_it() {
        String key = COMMIT + "-" + shasum().substring(0, 12);

        assertThat(gateway().get(mounted("/dist/acme/demo/dev/" + key + ".tar")).body())
                .isEqualTo(payload());
        assertThat(upstream().count("/repo/acme/demo~dev.json")).isEqualTo(1);
        assertThat(holds(artifact())).isTrue();
    }

    @Test
    void a_development_archive_is_verified_too() {
        String key = NEXT_COMMIT + "-" + "a".repeat(12);

        for (String folder : List.of("", "dev/")) {
            assertThat(gateway()
                            .get(mounted("/dist/acme/demo/" + folder + key + ".tar"))
                            .statusCode())
                    .isEqualTo(502);
        }
    }

    @Test
    void an_archive_that_no_document_lists_does_not_exist() {
        String path = mounted("/dist/acme/demo/" + "b".repeat(40) + ".zip");

        assertThat(gateway().get(path).statusCode()).isEqualTo(404);
        assertThat(files().requests()).isEmpty();
    }

    @Test
    void packages_stand_in_the_root_itself() {
        upstream().serve("/packages.json", """
                {"packages": {"acme/in-root": {"1.0": {
                  "name": "acme/in-root", "version": "1.0", "notification-url": "%s/tell",
                  "dist": {"type": "tar", "url": "files/x.tar", "shasum": "%s", "mirrors": [{"url": "%1$s/m"}]}
                }}}}""".formatted(upstream().url(), shasum()));
        upstream().serve("/files/x.tar", payload());

        String root = Stage.text(gateway().get(mounted("/packages.json")));

        assertThat(root).doesNotContain(upstream().url().getAuthority(), "notification-url", "mirrors");
        String link = JsonMapper.shared()
                .readTree(root)
                .at("/packages/acme~1in-root/1.0/dist/url")
                .asString();
        assertThat(link).startsWith(TestGateway.BASE + "/composer/dist/acme/in-root/u");
        assertThat(gateway().get(link.substring(TestGateway.BASE.length())).body())
                .isEqualTo(payload());
    }

    private String shasum() {
        return StoreFiles.hex("SHA-1", payload());
    }

    private static JsonNode dist(JsonNode document) {
        return document.path("packages").path("acme/demo").path(0).path("dist");
    }
}
