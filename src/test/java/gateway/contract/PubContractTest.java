package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** pub: a listing whose archives stand on another host, and lead through the gateway. */
class PubContractTest extends FormatContract {

    private static final String JSON = "application/vnd.pub.v2+json";
    private static final String AT = "/storage/demo-1.0.0.tar.gz";
    private static final String ARCHIVE = "/api/archives/demo-1.0.0.tar.gz";

    @Override
    public String format() {
        return "pub";
    }

    /** Private addresses are asked only when the settings name them. */
    @Override
    Map<String, URI> hosts() {
        return Map.of("archives", files().url());
    }

    @Override
    public Piece index() {
        String version = """
                {"version":"%1$s","pubspec":{"name":"demo","version":"%1$s","environment":{"sdk":"^3.0.0"}},
                 "archive_url":"%2$s","archive_sha256":"%3$s","published":"2026-01-01T00:00:00.000000Z"}""".formatted("1.0.0", files().url(AT), StoreFiles.hex("SHA-256", payload()));
        String later = edition() == 1 ? "" : ",{\"version\":\"2.0.0\",\"pubspec\":{}}";
        String listing = "{\"name\":\"demo\",\"latest\":" + version + ",\"versions\":[" + version + later
                + "],\"advisoriesUpdated\":null}";
        return new Piece(
                        "/api/packages/demo",
                        upstream(),
                        "/api/packages/demo",
                        JSON,
                        "demo/listing.json",
                        listing.getBytes(StandardCharsets.UTF_8))
                .accepting(JSON);
    }

    @Override
    public Piece artifact() {
        return new Piece(ARCHIVE, files(), AT, "application/octet-stream", "demo/1.0.0/demo-1.0.0.tar.gz", payload());
    }

    @Override
    public List<String> links(String document) {
        JsonNode listing = JsonMapper.shared().readTree(document);
        return List.of(
                listing.path("latest").path("archive_url").asString(),
                listing.path("versions").path(0).path("archive_url").asString());
    }

    @Override
    public void assertIndex(String served) {
        assertThat(served)
                .isEqualTo(new String(index().bytes(), StandardCharsets.UTF_8)
                        .replace(files().url(AT).toString(), TestGateway.BASE + "/pub" + ARCHIVE));
    }

    @Override
    public Unseen unseen() {
        return Unseen.REFUSED;
    }

    @Override
    public void assertError(HttpResponse<byte[]> answer) {
        assertThat(Stage.header(answer, "Content-Type")).isEqualTo(JSON);
        JsonNode error = JsonMapper.shared().readTree(answer.body()).path("error");
        assertThat(error.path("code").asString()).isNotBlank();
        assertThat(error.path("message").asString()).isNotBlank();
    }

    @Test
    void older_clients_ask_at_other_addresses() {
        var version = gateway().get(mounted("/api/packages/demo/versions/1.0.0"), "Accept", JSON);
        assertThat(version.statusCode()).isEqualTo(200);
        assertThat(JsonMapper.shared()
                        .readTree(version.body())
                        .path("archive_url")
                        .asString())
                .isEqualTo(TestGateway.BASE + "/pub" + ARCHIVE);
        var absent = gateway().get(mounted("/api/packages/demo/versions/9.0.0"), "Accept", JSON);
        assertThat(absent.statusCode()).isEqualTo(404);
        assertError(absent);

        assertThat(gateway()
                        .get(mounted("/packages/demo/versions/1.0.0.tar.gz"))
                        .body())
                .isEqualTo(payload());
        assertThat(Stage.cacheStatus(get(artifact()))).isEqualTo("gateway; hit");
        assertThat(artifact().asked()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void the_refusal_of_a_private_upstream_does_not_cost_clients_their_token(int status) {
        for (Piece piece : List.of(index(), artifact())) {
            piece.host().status(piece.at(), status).header("WWW-Authenticate", "Bearer realm=\"pub\"");
            var answer = get(piece);

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.headers().firstValue("WWW-Authenticate")).isEmpty();
            assertError(answer);
            piece.host().serve(piece.at(), piece.bytes()).type(piece.type());
        }
    }

    @Test
    void an_archive_without_a_digest_is_kept_by_its_length() {
        upstream().serve(index().at(), Stage.utf8(index().bytes()).replaceAll(",\"archive_sha256\":\"[^\"]+\"", ""));

        assertThat(get(artifact()).body()).isEqualTo(payload());
        assertThat(holds(artifact())).isTrue();
    }

    @Test
    void the_address_of_an_archive_expires() {
        list("?signature=1");
        files().status(AT + "?signature=1", 403);
        files().serve(AT + "?signature=2", payload());
        walkThere();
        list("?signature=2");
        gateway().clock().advance(Duration.ofSeconds(11));

        assertThat(get(artifact()).body()).as("the listing is asked once more").isEqualTo(payload());
        assertThat(files().count(AT + "?signature=1")).isEqualTo(1);

        list("?signature=3");
        letTheIndexGrowStale();
        assertThat(Stage.text(get(index()))).doesNotContain("signature");
        assertThat(Stage.cacheStatus(get(artifact()))).isEqualTo("gateway; hit");
        assertThat(holds(artifact())).isTrue();
    }

    @Test
    void the_address_of_an_archive_is_refused_whoever_asks() {
        list("?signature=1");
        files().status(AT + "?signature=1", 403);
        walkThere();
        gateway().clock().advance(Duration.ofSeconds(11));

        assertThat(get(artifact()).statusCode()).isEqualTo(502);
        assertThat(files().count(AT + "?signature=1")).as("once is enough").isEqualTo(1);
    }

    private void list(String signature) {
        String at = files().url(AT).toString();
        upstream()
                .serve(index().at(), Stage.utf8(index().bytes()).replace(at, at + signature))
                .type(JSON);
    }

    @Test
    void the_upstream_knows_its_archives_by_relative_addresses() {
        upstream()
                .serve(
                        index().at(),
                        Stage.utf8(index().bytes()).replace(files().url(AT).toString(), "../files/demo.tar.gz"));
        upstream().serve("/api/files/demo.tar.gz", payload());

        assertThat(links(Stage.text(get(index())))).containsOnly(TestGateway.BASE + "/pub" + ARCHIVE);
        assertThat(get(artifact()).body()).isEqualTo(payload());
    }
}
