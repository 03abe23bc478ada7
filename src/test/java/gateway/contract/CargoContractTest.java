package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Cargo: an index file as it is, and a crate on another host that config.json names. */
class CargoContractTest extends FormatContract {

    @Override
    public String format() {
        return "cargo";
    }

    @Override
    Map<String, URI> hosts() {
        return Map.of("crates", files().url());
    }

    @Override
    void stockMore() {
        upstream().serve("/config.json", """
                {"dl": "%s", "api": "%s"}""".formatted(
                        files().url("/crates"), upstream().url()));
    }

    @Override
    public Piece index() {
        String line =
                "{\"name\":\"demo\",\"vers\":\"%s\",\"deps\":[],\"cksum\":\"%s\",\"features\":{},\"yanked\":false}\n";
        String lines = line.formatted("1.0.0", StoreFiles.hex("SHA-256", payload()));
        if (edition() > 1) {
            lines += line.formatted("1.1.0", "0".repeat(64));
        }
        return new Piece(
                "/de/mo/demo",
                upstream(),
                "/de/mo/demo",
                "text/plain",
                "demo/index.ndjson",
                lines.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Piece artifact() {
        String path = "/crates/demo/1.0.0/download";
        return new Piece(path, files(), path, "application/gzip", "demo/1.0.0/demo-1.0.0.crate", payload());
    }

    @Override
    public List<String> walk() {
        return List.of("/config.json", index().path());
    }

    @Override
    public String linking() {
        return "/config.json";
    }

    @Override
    public List<String> links(String document) {
        JsonNode config = JsonMapper.shared().readTree(document);
        assertThat(config.path("api").asString()).startsWith(TestGateway.BASE + "/cargo");
        return List.of(config.path("dl").asString().replace("{crate}", "demo").replace("{version}", "1.0.0"));
    }

    @Override
    public Unseen unseen() {
        return Unseen.PURGED;
    }

    @Override
    public int writeStatus() {
        return 403;
    }

    @Override
    public void assertError(HttpResponse<byte[]> answer) {
        assertThat(Stage.header(answer, "Content-Type")).isEqualTo("application/json");
        JsonNode errors = JsonMapper.shared().readTree(answer.body()).path("errors");
        assertThat(errors.path(0).path("detail").asString()).isNotBlank();
    }
}
