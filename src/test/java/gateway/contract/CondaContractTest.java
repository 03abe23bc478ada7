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

/** Conda: a repodata that says that the packages are on another host. */
class CondaContractTest extends FormatContract {

    private static final String FOLDER = "/conda-forge/noarch/";
    private static final String FILE = "demo-1.0-0.conda";

    @Override
    public String format() {
        return "conda";
    }

    @Override
    Map<String, URI> hosts() {
        return Map.of("files", files().url());
    }

    @Override
    public Piece index() {
        String record = "\"%s\":{\"name\":\"demo\",\"sha256\":\"%s\",\"size\":%d,\"timestamp\":1767225600000}";
        String records = record.formatted(FILE, StoreFiles.hex("SHA-256", payload()), payload().length);
        if (edition() > 1) {
            records += "," + record.formatted("demo-1.1-0.conda", "0".repeat(64), 1);
        }
        String document =
                "{\"info\":{\"subdir\":\"noarch\",\"base_url\":\"%s\"},\"packages\":{},\"packages.conda\":{%s}}"
                        .formatted(files().url("/pool/"), records);
        return new Piece(
                FOLDER + "repodata.json",
                upstream(),
                FOLDER + "repodata.json",
                "application/json",
                "conda-forge/noarch/repodata.json",
                document.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Piece artifact() {
        return new Piece(
                FOLDER + FILE,
                files(),
                "/pool/" + FILE,
                "application/vnd.conda.package-v2",
                "conda-forge/noarch/" + FILE,
                payload());
    }

    @Override
    public List<String> links(String document) {
        JsonNode info = JsonMapper.shared().readTree(document).path("info");
        return List.of(info.path("base_url").asString() + FILE);
    }

    @Override
    public void assertIndex(String served) {
        String upstreams = new String(index().bytes(), StandardCharsets.UTF_8);
        assertThat(served)
                .isEqualTo(upstreams.replace(files().url("/pool/").toString(), TestGateway.BASE + "/conda" + FOLDER));
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
}
