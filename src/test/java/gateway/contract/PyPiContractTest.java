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

/** PyPI: a project page, whose links lead to another host, and a wheel with its metadata beside it. */
class PyPiContractTest extends FormatContract {

    private static final String JSON = "application/vnd.pypi.simple.v1+json";
    private static final String WHEEL = "demo-1.0-py3-none-any.whl";
    private static final String METADATA = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n";

    @Override
    public String format() {
        return "pypi";
    }

    @Override
    Map<String, URI> hosts() {
        return Map.of("files", files().url());
    }

    @Override
    void stockMore() {
        files().serve("/packages/ab/" + WHEEL + ".metadata", METADATA);
    }

    @Override
    public Piece index() {
        String page = """
                {
                  "meta": {"api-version": "1.1"}, "name": "demo", "versions": ["1.0"%s],
                  "files": [{
                    "filename": "%s", "url": "%s", "hashes": {"sha256": "%s"}, "requires-python": ">=3.8",
                    "size": %d, "yanked": false, "core-metadata": {"sha256": "%s"}
                  }]
                }
                """.formatted(
                        edition() == 1 ? "" : ", \"1.1\"",
                        WHEEL,
                        files().url("/packages/ab/" + WHEEL),
                        sha256(),
                        payload().length,
                        StoreFiles.hex("SHA-256", METADATA.getBytes(StandardCharsets.UTF_8)));
        return new Piece(
                        "/simple/demo/",
                        upstream(),
                        "/simple/demo/",
                        JSON,
                        "demo/simple.json",
                        page.getBytes(StandardCharsets.UTF_8))
                .accepting(JSON);
    }

    @Override
    public Piece artifact() {
        return new Piece(
                "/files/demo/" + sha256().substring(0, 16) + "/" + WHEEL,
                files(),
                "/packages/ab/" + WHEEL,
                "application/octet-stream",
                "demo/1.0/" + WHEEL,
                payload());
    }

    @Override
    public List<String> links(String document) {
        URI page = URI.create(TestGateway.BASE + mounted(index().path()));
        return JsonMapper.shared()
                .readTree(document)
                .path("files")
                .valueStream()
                .map(file -> page.resolve(file.path("url").asString()).toString())
                .toList();
    }

    @Override
    public void assertIndex(String served) {
        assertThat(withoutLinks(served)).isEqualTo(withoutLinks(Stage.utf8(index().bytes())));
    }

    @Override
    public Unseen unseen() {
        return Unseen.REFUSED;
    }

    @Override
    public void assertError(HttpResponse<byte[]> answer) {
        assertThat(Stage.header(answer, "Content-Type")).startsWith("text/plain");
        assertThat(Stage.text(answer)).isNotBlank();
    }

    @Test
    void a_client_reads_html() {
        var answer = gateway().get(mounted(index().path()), "Accept", "text/html");

        assertThat(Stage.header(answer, "Content-Type")).startsWith("text/html");
        assertThat(Stage.text(answer))
                .contains("../../files/demo/", WHEEL + "#sha256=" + sha256(), "data-core-metadata")
                .doesNotContain(files().url().getAuthority());
        assertThat(index().asked()).isEqualTo(1);
    }

    @Test
    void a_client_asks_for_the_metadata_beside_a_wheel() {
        walkThere();

        var answer = gateway().get(mounted(artifact().path() + ".metadata"));

        assertThat(Stage.text(answer)).isEqualTo(METADATA);
        assertThat(artifact().asked()).isZero();
    }

    @Test
    void the_metadata_beside_a_wheel_is_damaged() {
        walkThere();
        files().serve("/packages/ab/" + WHEEL + ".metadata", METADATA.replace("1.0", "1.1"));

        assertThat(gateway().get(mounted(artifact().path() + ".metadata")).statusCode())
                .isEqualTo(502);
    }

    @Test
    void a_name_is_not_in_its_normal_form() {
        var answer = gateway().get("/pypi/simple/DEMO/");

        assertThat(answer.statusCode()).isEqualTo(301);
        assertThat(Stage.header(answer, "Location")).isEqualTo(TestGateway.BASE + "/pypi/simple/demo/");
    }

    private String sha256() {
        return StoreFiles.hex("SHA-256", payload());
    }

    private static JsonNode withoutLinks(String page) {
        JsonNode document = JsonMapper.shared().readTree(page);
        document.path("files").forEach(file -> ((ObjectNode) file).remove("url"));
        return document;
    }
}
