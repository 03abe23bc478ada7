package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.format.ConanSamples;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Conan: the latest revision of a package, and its archive, which a manifest tells the content of. */
class ConanContractTest extends FormatContract {

    private static final String RECIPE = "/v2/conans/demo/1.0/_/_";
    private static final String PACKAGE = RECIPE + "/revisions/" + "a".repeat(40) + "/packages/" + "b".repeat(40);

    @Override
    public String format() {
        return "conan";
    }

    @Override
    void stockMore() {
        upstream().serve(folder() + "conanmanifest.txt", manifest()).type("text/plain");
        upstream().serve(folder() + "conaninfo.txt", "").type("text/plain");
        upstream().serve(RECIPE + "/revisions", "{\"revisions\":[]}").type("application/json;charset=UTF-8");
    }

    @Override
    public Piece index() {
        String document = "{\"revision\":\"%s\",\"time\":\"2026-01-01T00:00:0%d.000000+00:00\"}"
                .formatted("a".repeat(40), edition());
        return new Piece(
                RECIPE + "/latest",
                upstream(),
                RECIPE + "/latest",
                "application/json",
                "demo/1.0/_/_/latest.json",
                document.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Piece artifact() {
        String path = folder() + "conan_package.tgz";
        return new Piece(path, upstream(), path, "application/gzip", path.substring("/v2/conans/".length()), archive());
    }

    @Override
    public List<String> walk() {
        return List.of(index().path(), folder() + "conanmanifest.txt");
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
    void a_client_says_hello() {
        for (String path : List.of("/v1/ping", "/v2/ping")) {
            var answer = gateway().get(mounted(path));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(Stage.header(answer, "X-Conan-Server-Capabilities")).isEqualTo("revisions");
            assertThat(answer.body()).isEmpty();
        }
    }

    @Test
    void a_client_logs_in_though_the_registry_wants_nobody() {
        upstream().status("/v2/users/authenticate", 401);
        upstream().status("/v2/users/check_credentials", 401);
        upstream().status(RECIPE + "/revisions/" + "c".repeat(32) + "/search", 401);
        upstream().status("/v2/conans/search", 401);

        assertThat(gateway()
                        .get(mounted("/v2/users/authenticate"), "Authorization", "Basic YTpi")
                        .statusCode())
                .isEqualTo(200);
        assertThat(gateway()
                        .get(mounted("/v2/users/check_credentials"), "Authorization", "Bearer x")
                        .statusCode())
                .isEqualTo(200);
        assertThat(gateway().get(mounted("/v2/conans/search?q=demo")).statusCode())
                .isEqualTo(502);
        assertThat(upstream().requests()).noneMatch(request -> request.path().contains("users"));
    }

    @Test
    void the_content_type_is_to_the_letter_what_clients_compare() {
        var answer = gateway().get(mounted(RECIPE + "/revisions"));

        assertThat(Stage.header(answer, "Content-Type")).isEqualTo("application/json");
    }

    @Test
    void a_page_instead_of_a_document() {
        upstream().serve(RECIPE + "/revisions", "<html>login</html>").type("text/html");

        assertThat(gateway().get(mounted(RECIPE + "/revisions")).statusCode()).isEqualTo(502);
    }

    @Test
    void an_empty_file() {
        for (String outcome : List.of("gateway; fwd=miss; fwd-status=200; stored", "gateway; hit")) {
            var answer = gateway().get(mounted(folder() + "conaninfo.txt"));

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(Stage.header(answer, "Content-Length")).isEqualTo("0");
            assertThat(answer.body()).isEmpty();
            assertThat(Stage.cacheStatus(answer)).isEqualTo(outcome);
        }
    }

    @Test
    void another_archive_than_the_manifest_tells_though_it_is_whole() {
        byte[] other = ConanSamples.archive("noise.bin", new byte[100]);
        upstream().serve(artifact().at(), other);

        assertThat(get(artifact()).statusCode()).isEqualTo(502);
        assertNothingKeptOf(artifact(), other);
    }

    @Test
    void another_manifest_than_the_revision_tells() {
        String manifest = folder() + "conanmanifest.txt";
        upstream().serve(manifest, manifest().replace("noise", "other"));

        assertThat(gateway().get(mounted(manifest)).statusCode()).isEqualTo(502);
        assertThat(get(artifact()).statusCode()).isEqualTo(502);
    }

    @Test
    void searches_are_told_apart_by_what_was_asked() {
        upstream().serve("/v2/conans/search?q=a", "{\"results\":[\"a/1\"]}").type("application/json");
        upstream().serve("/v2/conans/search?q=b", "{\"results\":[\"b/1\"]}").type("application/json");

        assertThat(Stage.text(gateway().get(mounted("/v2/conans/search?q=a")))).contains("a/1");
        assertThat(Stage.text(gateway().get(mounted("/v2/conans/search?q=b")))).contains("b/1");
        stopUpstream();
        assertThat(Stage.text(gateway().get(mounted("/v2/conans/search?q=a")))).contains("a/1");
    }

    private byte[] archive() {
        return ConanSamples.archive("noise.bin", payload());
    }

    private String manifest() {
        return ConanSamples.manifest("conaninfo.txt", new byte[0], "noise.bin", payload());
    }

    private String folder() {
        return PACKAGE + "/revisions/" + ConanSamples.revision(manifest()) + "/files/";
    }
}
