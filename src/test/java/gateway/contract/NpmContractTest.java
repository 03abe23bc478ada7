package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** npm: a packument, whose links are rewritten, and a tarball that it promises a digest of. */
class NpmContractTest extends FormatContract {

    private static final String TARBALL = "/@scope/demo/-/demo-1.0.0.tgz";

    @Override
    public String format() {
        return "npm";
    }

    @Override
    public Piece index() {
        String later = edition() == 1 ? "" : ",\n    \"2.0.0\": {\"name\": \"@scope/demo\", \"version\": \"2.0.0\"}";
        String packument = """
                {
                  "_id": "@scope/demo", "name": "@scope/demo", "dist-tags": {"latest": "1.0.0"},
                  "versions": {
                    "1.0.0": {
                      "name": "@scope/demo", "version": "1.0.0", "dependencies": {"left": "^1.0.0"},
                      "dist": {"integrity": "%s", "shasum": "%s", "tarball": "%s"}
                    }%s
                  },
                  "time": {"1.0.0": "2026-01-01T00:00:00.000Z"}, "license": "MIT"
                }
                """.formatted(
                integrity(), StoreFiles.hex("SHA-1", payload()), upstream().url(TARBALL), later);
        return new Piece(
                "/@scope%2fdemo",
                upstream(),
                "/@scope%2fdemo",
                "application/json",
                "@scope/demo/packument.json",
                packument.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Piece artifact() {
        return new Piece(
                TARBALL,
                upstream(),
                TARBALL,
                "application/octet-stream",
                "@scope/demo/1.0.0/demo-1.0.0.tgz",
                payload());
    }

    @Override
    public List<String> links(String document) {
        List<String> links = new ArrayList<>();
        JsonMapper.shared().readTree(document).path("versions").findValuesAsString("tarball", links);
        assertThat(links).isNotEmpty();
        return links;
    }

    @Override
    public void assertIndex(String served) {
        JsonNode wanted = JsonMapper.shared()
                .readTree(new String(index().bytes(), StandardCharsets.UTF_8)
                        .replace(upstream().url().toString(), TestGateway.BASE + "/npm"));
        assertThat(JsonMapper.shared().readTree(served)).isEqualTo(wanted);
    }

    @Override
    public Unseen unseen() {
        return Unseen.PURGED;
    }

    @Override
    public void assertError(HttpResponse<byte[]> answer) {
        assertThat(Stage.header(answer, "Content-Type")).isEqualTo("application/json");
        assertThat(JsonMapper.shared().readTree(answer.body()).path("error").asString())
                .isNotBlank();
    }

    @Test
    void a_client_installs_by_the_short_form() {
        String accept = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";

        var answer = gateway().get(mounted(index().path()), "Accept", accept);

        assertThat(Stage.header(answer, "Content-Type")).isEqualTo("application/vnd.npm.install-v1+json");
        assertThat(links(Stage.text(answer))).containsExactly(TestGateway.BASE + "/npm" + TARBALL);
        assertThat(Stage.text(answer)).doesNotContain("license");
        assertThat(index().asked()).isEqualTo(1);
    }

    @Test
    void one_package_has_several_spellings() {
        warm();
        for (String spelling : List.of("/@scope/demo", "/@scope%2Fdemo", "/%40scope%2fdemo")) {
            assertThat(Stage.cacheStatus(gateway().get(mounted(spelling))))
                    .as(spelling)
                    .isEqualTo("gateway; hit");
        }
        assertThat(index().asked()).isEqualTo(1);
    }

    @Test
    void the_index_behind_an_unseen_tarball_is_fetched_and_agrees() {
        get(artifact());

        await().until(() -> holds(index()));
        assertThat(holds(artifact())).isTrue();
    }

    private String integrity() {
        byte[] digest = HexFormat.of().parseHex(StoreFiles.hex("SHA-512", payload()));
        return "sha512-" + Base64.getEncoder().encodeToString(digest);
    }
}
