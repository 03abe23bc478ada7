package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.HexFiles;
import gateway.support.StoreFiles;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hex: a signed registry file as it is, and a tarball that it promises a digest of. */
class HexContractTest extends FormatContract {

    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");
    private static final String BINARY = "application/octet-stream";

    @Override
    public String format() {
        return "hex";
    }

    @Override
    public Piece index() {
        List<byte[]> releases = new ArrayList<>();
        releases.add(HexFiles.release("1.0.0", StoreFiles.hex("SHA-256", HexFiles.tarball(payload())), TIME));
        if (edition() > 1) {
            releases.add(HexFiles.release("1.1.0", "0".repeat(64), TIME));
        }
        byte[] file = HexFiles.registryFile("demo", releases);
        return new Piece("/packages/demo", upstream(), "/packages/demo", BINARY, "demo/package.gz", file);
    }

    @Override
    public Piece artifact() {
        String path = "/tarballs/demo-1.0.0.tar";
        return new Piece(path, upstream(), path, BINARY, "demo/1.0.0/demo-1.0.0.tar", HexFiles.tarball(payload()));
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
    void registry_files_pass_byte_for_byte() {
        assertThat(get(index()).body()).isEqualTo(index().bytes());
        var packed = get(index(), "Accept-Encoding", "gzip");
        assertThat(packed.body()).isEqualTo(index().bytes());
        assertThat(packed.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(index().lastRequest().header("Accept-Encoding")).isIn(null, "identity");
    }

    @Test
    void a_client_sends_an_empty_validator() {
        warm();
        var answer = get(artifact(), "If-None-Match", "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(artifact().bytes());
    }

    @Test
    void a_page_comes_instead_of_the_registry_file() {
        upstream().serve(index().at(), "<html>log in</html>").type("text/html");

        assertThat(get(index()).statusCode()).isEqualTo(502);
        assertNothingKeptOf(index(), index().bytes());
    }

    @Test
    void the_terminal_of_the_user_shows_nothing_that_the_upstream_says() {
        upstream().serve(index().at(), index().bytes()).header("x-hex-message", "buy this");

        assertThat(get(index()).headers().firstValue("x-hex-message")).isEmpty();
    }

    @Test
    void another_tarball_with_a_right_inner_checksum_is_refused() {
        walkThere();
        byte[] other = HexFiles.tarball("something else".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        upstream().serve(artifact().at(), other);

        assertThat(get(artifact()).statusCode()).isEqualTo(502);
        assertNothingKeptOf(artifact(), other);
    }
}
