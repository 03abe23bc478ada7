package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.FakeUpstream;
import gateway.support.StoreFiles;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** RubyGems: the compact index on one host and gems on another. */
class GemContractTest extends FormatContract {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String VERSIONS = "/versions";

    @Override
    public String format() {
        return "gem";
    }

    @Override
    Map<String, URI> hosts() {
        return Map.of("index", files().url());
    }

    @Override
    public Piece index() {
        String line = "%s |checksum:%s,ruby:>= 2.7,created_at:2026-03-01T10:00:00Z\n";
        String lines = "---\n" + line.formatted("1.0-java", StoreFiles.hex("SHA-256", payload()));
        if (edition() > 1) {
            lines += line.formatted("1.1-java", "0".repeat(64));
        }
        return new Piece(
                "/info/demo-app",
                files(),
                "/info/demo-app",
                TEXT,
                "demo-app/info",
                lines.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Piece artifact() {
        String path = "/gems/demo-app-1.0-java.gem";
        return new Piece(
                path, upstream(), path, "application/octet-stream", "demo-app/1.0/demo-app-1.0-java.gem", payload());
    }

    @Override
    public String indexTag(byte[] served) {
        return "\"" + StoreFiles.hex("MD5", served) + "\"";
    }

    @Override
    public Unseen unseen() {
        return Unseen.PURGED;
    }

    @Override
    public void assertError(HttpResponse<byte[]> answer) {
        assertThat(Stage.header(answer, "Content-Type")).startsWith("text/plain");
        assertThat(Stage.text(answer)).isNotBlank();
    }

    @Test
    void the_digest_of_the_whole_is_told_with_every_part_of_the_index() {
        byte[] whole = get(index()).body();
        String digest = "sha-256=:" + Base64.getEncoder().encodeToString(sha256(whole)) + ":";

        var part = get(index(), "Range", "bytes=" + (whole.length - 1) + "-", "If-None-Match", "\"older\"");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(new byte[] {'\n'});
        for (var answer : List.of(get(index()), part)) {
            assertThat(Stage.header(answer, "ETag")).isEqualTo(indexTag(whole));
            assertThat(Stage.header(answer, "Repr-Digest")).isEqualTo(digest);
        }
        var same = get(index(), "Range", "bytes=0-", "If-None-Match", indexTag(whole));
        assertThat(same.statusCode()).isEqualTo(304);
    }

    @Test
    void a_client_has_more_of_an_index_than_there_is() {
        byte[] whole = get(index()).body();

        var answer = get(index(), "Range", "bytes=" + whole.length + "-", "If-None-Match", "\"older\"");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(whole);
    }

    @Test
    void the_list_of_versions_grows() {
        byte[] before = versions(20_000);
        byte[] after = versions(20_010);
        serveVersions(before);
        assertThat(getVersions().body()).isEqualTo(before);
        letTheIndexGrowStale();
        serveVersions(after);

        var answer = getVersions();

        assertThat(answer.body()).isEqualTo(after);
        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; fwd=stale; fwd-status=206; stored");
        assertThat(Stage.header(answer, "ETag")).isEqualTo(indexTag(after));
        assertThat(files().requests(VERSIONS)).hasSize(2).last().satisfies(request -> {
            assertThat(request.header("Range")).isEqualTo("bytes=" + (before.length - 1) + "-");
            assertThat(request.header("If-None-Match")).isEqualTo(indexTag(before));
            assertThat(request.header("Accept-Encoding")).isEqualTo("identity");
        });
        letTheIndexGrowStale();
        assertThat(Stage.cacheStatus(getVersions())).isEqualTo("gateway; fwd=stale; fwd-status=304");
    }

    @Test
    void the_list_of_versions_was_written_anew() {
        byte[] before = versions(20_000);
        byte[] after = versions(20_010);
        after[500] = 'X';
        for (byte[] next : List.of(after, versions(10))) {
            serveVersions(before);
            assertThat(getVersions().body()).isEqualTo(before);
            letTheIndexGrowStale();
            serveVersions(next);

            var answer = getVersions();

            assertThat(answer.body()).isEqualTo(next);
            assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; fwd=stale; fwd-status=200; stored");
            assertThat(gateway().store().staged()).isEmpty();
            letTheIndexGrowStale();
        }
    }

    @Test
    void the_registry_tells_no_digest_of_the_whole() {
        byte[] before = versions(100);
        byte[] after = versions(110);
        files().serve(VERSIONS, before).etag("\"a\"");
        assertThat(getVersions().body()).isEqualTo(before);
        letTheIndexGrowStale();
        files().serve(VERSIONS, after).etag("\"b\"");

        assertThat(getVersions().body()).isEqualTo(after);
    }

    @Test
    void the_digest_stands_in_a_header_of_its_own() {
        byte[] before = versions(100);
        byte[] after = versions(110);
        files().serve(VERSIONS, before).etag("\"a\"");
        assertThat(getVersions().body()).isEqualTo(before);
        letTheIndexGrowStale();
        String digest = Base64.getEncoder().encodeToString(sha256(after));
        files().serve(VERSIONS, after).etag("\"b\"").header("Repr-Digest", "sha-256=\"" + digest + "\"");

        var answer = getVersions();

        assertThat(answer.body()).isEqualTo(after);
        assertThat(Stage.cacheStatus(answer)).contains("fwd-status=206");
    }

    @Test
    void a_bundler_goes_on_where_its_list_ends() {
        byte[] whole = versions(20_000);
        serveVersions(whole);
        getVersions();

        int have = whole.length - 1000;
        var answer = gateway().get(mounted(VERSIONS), "Range", "bytes=" + (have - 1) + "-", "If-None-Match", "\"x\"");

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(whole, have - 1, whole.length));
        assertThat(Stage.header(answer, "ETag")).isEqualTo(indexTag(whole));
    }

    @Test
    void a_packed_list_is_no_packed_list() {
        upstream().serve("/specs.4.8.gz", "<html>log in</html>");

        assertThat(gateway().get(mounted("/specs.4.8.gz")).statusCode()).isEqualTo(502);
        assertThat(gateway().store().all()).noneMatch(path -> path.contains("specs"));
    }

    @Test
    void a_file_name_can_be_read_in_two_ways() {
        String path = "/gems/demo-2-1.0.gem";
        upstream().serve(path, payload());
        files().serve("/info/demo-2", "---\n1.0 |checksum:" + "0".repeat(64) + "\n");
        gateway().get(mounted("/info/demo-2"));

        assertThat(gateway().get(mounted(path)).statusCode()).isEqualTo(502);
        assertThat(gateway().store().holds(payload())).isFalse();
    }

    private HttpResponse<byte[]> getVersions() {
        return gateway().get(mounted(VERSIONS));
    }

    private void serveVersions(byte[] bytes) {
        FakeUpstream host = files();
        host.serve(VERSIONS, bytes).type(TEXT).etag(indexTag(bytes));
    }

    private static byte[] versions(int lines) {
        StringBuilder text = new StringBuilder("created_at: 2026-03-01T00:00:00Z\n---\n");
        for (int i = 0; i < lines; i++) {
            text.append("gem").append(i).append(" 1.0.").append(i).append(" 0123456789abcdef0123456789abcdef\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sha256(byte[] bytes) {
        return HexFormat.of().parseHex(StoreFiles.hex("SHA-256", bytes));
    }
}
