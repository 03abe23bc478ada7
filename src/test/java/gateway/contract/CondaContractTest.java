package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.format.CondaSamples;
import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Conda: a repodata that says that the packages are on another host. */
class CondaContractTest extends FormatContract {

    private static final String FOLDER = "/conda-forge/noarch/";
    private static final String SHARD_INDEX = "repodata_shards.msgpack.zst";
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

    @Test
    void shards_on_another_host_come_through_the_gateway_and_tell_the_digests_of_packages() {
        stockShards(payload());

        assertThat(gateway().get(mounted(FOLDER + SHARD_INDEX)).statusCode()).isEqualTo(200);
        var shard = gateway().get(mounted(FOLDER + "shards/" + shardDigest(payload()) + ".msgpack.zst"));

        assertThat(shard.body()).isEqualTo(shard(payload()));
        assertThat(Stage.header(shard, "Cache-Control")).contains("immutable");
        assertThat(get(artifact()).body()).isEqualTo(payload());
        assertThat(index().asked()).as("no other list is needed").isZero();
    }

    @Test
    void a_package_is_asked_for_before_any_list_where_there_are_shards() {
        stockShards(payload());
        files().serve(artifact().at(), artifact().damaged());

        assertThat(get(artifact()).statusCode()).isEqualTo(502);
        assertNothingKeptOf(artifact(), artifact().damaged());
        assertThat(index().asked()).isZero();

        files().serve(artifact().at(), payload());
        assertThat(get(artifact()).body()).isEqualTo(payload());
    }

    @Test
    void a_shard_is_damaged() {
        stockShards(payload());
        byte[] wrong = shard(new byte[1]);
        files().serve("/shards/" + shardDigest(payload()) + ".msgpack.zst", wrong);
        gateway().get(mounted(FOLDER + SHARD_INDEX));

        String path = mounted(FOLDER + "shards/" + shardDigest(payload()) + ".msgpack.zst");

        assertThat(gateway().get(path).statusCode()).isEqualTo(502);
        assertThat(gateway().store().holds(wrong)).isFalse();
    }

    @Test
    void a_channel_without_shards_and_packed_forms_is_asked_for_them_once_in_a_while() {
        for (int i = 0; i < 3; i++) {
            assertThat(gateway().get(mounted(FOLDER + SHARD_INDEX)).statusCode())
                    .isEqualTo(404);
            assertThat(gateway()
                            .send("HEAD", mounted(FOLDER + "repodata.json.zst"))
                            .statusCode())
                    .isEqualTo(404);
        }
        assertThat(upstream().count(FOLDER + SHARD_INDEX)).isEqualTo(1);
        assertThat(upstream().count(FOLDER + "repodata.json.zst")).isEqualTo(1);
    }

    private void stockShards(byte[] packaged) {
        Map<String, Object> info = Map.of(
                "base_url",
                files().url("/pool").toString(),
                "shards_base_url",
                files().url("/shards/").toString());
        Map<String, Object> names = Map.of("demo", HexFormat.of().parseHex(shardDigest(packaged)));
        upstream().serve(FOLDER + SHARD_INDEX, CondaSamples.zst(Map.of("info", info, "shards", names)));
        files().serve("/shards/" + shardDigest(packaged) + ".msgpack.zst", shard(packaged));
    }

    private static byte[] shard(byte[] packaged) {
        byte[] digest = HexFormat.of().parseHex(StoreFiles.hex("SHA-256", packaged));
        return CondaSamples.zst(Map.of("packages.conda", Map.of(FILE, Map.of("sha256", digest))));
    }

    private static String shardDigest(byte[] packaged) {
        return StoreFiles.hex("SHA-256", shard(packaged));
    }
}
