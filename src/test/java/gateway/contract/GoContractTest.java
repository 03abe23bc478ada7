package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Go: a list of versions and a zip. A proxy promises no digests, but a zip shows by itself whether it is whole. */
class GoContractTest extends FormatContract {

    private static final String FOLDER = "/example.com/!demo/@v/";

    @Override
    public String format() {
        return "go";
    }

    @Override
    void stockMore() {
        upstream().serve(FOLDER + "v1.0.0.info", "{\"Version\":\"v1.0.0\",\"Time\":\"2026-01-01T00:00:00Z\"}");
        upstream().serve(FOLDER + "v1.0.0.mod", "module example.com/Demo\n");
        upstream().serve("/example.com/!demo/@latest", "{\"Version\":\"v1.0.0\"}");
    }

    @Override
    public Piece index() {
        String versions = edition() == 1 ? "v1.0.0\n" : "v1.0.0\nv1.1.0\n";
        return new Piece(
                FOLDER + "list",
                upstream(),
                FOLDER + "list",
                "text/plain; charset=utf-8",
                "example.com/!demo/@v/list",
                versions.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Piece artifact() {
        return new Piece(
                FOLDER + "v1.0.0.zip",
                upstream(),
                FOLDER + "v1.0.0.zip",
                "application/zip",
                "example.com/!demo/@v/v1.0.0/v1.0.0.zip",
                zip());
    }

    @Override
    public List<String> walk() {
        return List.of(FOLDER + "list", FOLDER + "v1.0.0.info", FOLDER + "v1.0.0.mod");
    }

    @Override
    public Duration indexAbsence() {
        return Duration.ofMinutes(2);
    }

    @Override
    public Duration artifactAbsence() {
        return Duration.ofMinutes(2);
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
    void the_proxy_says_why_a_version_does_not_exist() {
        upstream().status(FOLDER + "v9.0.0.info", 410).type("text/plain; charset=utf-8");

        var answer = gateway().get(mounted(FOLDER + "v9.0.0.info"));

        assertThat(answer.statusCode()).isEqualTo(410);
        assertThat(Stage.text(answer)).contains("status 410");
    }

    private byte[] zip() {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            var entry = new ZipEntry("example.com/Demo@v1.0.0/noise.bin");
            entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
            zip.putNextEntry(entry);
            zip.write(payload());
            zip.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
