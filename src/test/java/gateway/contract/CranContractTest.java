package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.FakeUpstream;
import gateway.support.StoreFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;

/** CRAN: a packed list with digests, which R need not read, and a source that stands in one of two places. */
class CranContractTest extends FormatContract {

    private static final String CONTRIB = "/src/contrib/";
    private static final String SOURCE = CONTRIB + "demo_1.0.tar.gz";
    private static final String ARCHIVED = CONTRIB + "Archive/demo/demo_1.0.tar.gz";

    @Override
    public String format() {
        return "cran";
    }

    @Override
    public Piece index() {
        String list = stanza("demo", "1.0", payload()) + "\nPackage: edition\nVersion: " + edition() + ".0\n";
        return new Piece(
                CONTRIB + "PACKAGES.gz",
                upstream(),
                CONTRIB + "PACKAGES.gz",
                "application/x-gzip",
                "src/contrib/PACKAGES.gz",
                gzip(list.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Piece artifact() {
        return new Piece(SOURCE, upstream(), SOURCE, "application/x-gzip", SOURCE.substring(1), payload());
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
    void a_new_version_moved_an_older_one_to_the_archive() {
        upstream().status(SOURCE, 404);
        upstream().serve(ARCHIVED, payload());

        assertThat(get(artifact()).body()).isEqualTo(payload());
        assertThat(holds(artifact())).isTrue();
        stopUpstream();
        assertThat(gateway().get(mounted(ARCHIVED)).body()).isEqualTo(payload());
    }

    @Test
    void an_archived_version_is_asked_for_that_is_still_the_newest() {
        assertThat(gateway().get(mounted(ARCHIVED)).body()).isEqualTo(payload());
        assertThat(gateway().send("HEAD", mounted(ARCHIVED)).statusCode()).isEqualTo(200);
        assertThat(holds(artifact())).isTrue();
    }

    @Test
    void the_head_of_an_archived_version() {
        upstream().status(SOURCE, 404);
        upstream().serve(ARCHIVED, payload());

        assertThat(head(artifact()).statusCode()).isEqualTo(200);
    }

    @Test
    void a_version_that_no_list_names_is_looked_into() {
        byte[] old = source("demo", "0.9");
        for (byte[] wrong :
                List.of(source("demo", "0.8"), new byte[100], java.util.Arrays.copyOf(old, old.length - 4))) {
            upstream().serve(CONTRIB + "Archive/demo/demo_0.9.tar.gz", wrong);
            assertThat(gateway().get(mounted(CONTRIB + "demo_0.9.tar.gz")).statusCode())
                    .isEqualTo(502);
            assertThat(gateway().store().holds(wrong)).isFalse();
        }
        upstream().serve(CONTRIB + "Archive/demo/demo_0.9.tar.gz", old);

        assertThat(gateway().get(mounted(CONTRIB + "demo_0.9.tar.gz")).body()).isEqualTo(old);
    }

    @Test
    void the_list_is_older_than_the_file() {
        get(index());
        byte[] next = source("demo", "1.1");
        upstream()
                .serve(index().at(), gzip(stanza("demo", "1.1", next).getBytes(StandardCharsets.UTF_8)))
                .etag("\"next\"");
        upstream().serve(CONTRIB + "demo_1.1.tar.gz", next);
        gateway().clock().advance(java.time.Duration.ofSeconds(30));

        assertThat(gateway().get(mounted(CONTRIB + "demo_1.1.tar.gz")).body()).isEqualTo(next);
        assertThat(index().asked()).as("read once more").isEqualTo(2);
    }

    @Test
    void a_binary_is_built_anew() {
        String folder = "/bin/windows/contrib/4.5/";
        String zip = folder + "demo_1.0.zip";
        byte[] second = "built again".getBytes(StandardCharsets.UTF_8);
        upstream()
                .serve(
                        folder + "PACKAGES.gz",
                        gzip(stanza("demo", "1.0", payload()).getBytes(StandardCharsets.UTF_8)))
                .etag("\"1\"");
        upstream().serve(zip, payload()).etag("\"1\"").type("application/zip");
        assertThat(gateway().get(mounted(zip)).body()).isEqualTo(payload());

        upstream().serve(zip, second).etag("\"2\"").type("application/zip");
        gateway().clock().advance(java.time.Duration.ofHours(3));
        assertThat(gateway().get(mounted(zip)).body())
                .as("no list has the new digest")
                .isEqualTo(payload());

        upstream()
                .serve(
                        folder + "PACKAGES.gz",
                        gzip(stanza("demo", "1.0", second).getBytes(StandardCharsets.UTF_8)))
                .etag("\"2\"");
        gateway().clock().advance(java.time.Duration.ofHours(3));
        assertThat(gateway().get(mounted(zip)).body()).isEqualTo(second);
        stopUpstream();
        gateway().clock().advance(java.time.Duration.ofHours(3));
        assertThat(gateway().get(mounted(zip)).body()).isEqualTo(second);
    }

    @Test
    void a_binary_depends_on_who_asks() {
        String path = "/cran/__linux__/jammy/2026-03-01/src/contrib/demo_1.0.tar.gz";
        byte[] binary = source("demo", "1.0");
        byte[] source = gzip(tar("demo", "1.0", "source"));
        upstream()
                .answer(
                        path,
                        request -> FakeUpstream.ok(
                                String.valueOf(request.header("User-Agent")).contains("R (4.") ? binary : source));
        String one = "R/4.2.2 R (4.2.2 x86_64-pc-linux-gnu x86_64 linux-gnu)";
        String other = "R (4.2.1 x86_64-pc-linux-gnu x86_64 linux-gnu)";

        for (String agent : List.of(one, other)) {
            var answer = gateway().get(mounted(path), "User-Agent", agent);
            assertThat(answer.body()).isEqualTo(binary);
            assertThat(Stage.header(answer, "Vary")).isEqualTo("User-Agent");
        }
        assertThat(upstream().requests(path)).hasSize(1);
        assertThat(gateway().get(mounted(path), "User-Agent", "curl/8").body()).isEqualTo(source);
        assertThat(gateway().get(mounted(path), "User-Agent", one).body()).isEqualTo(binary);
        assertThat(upstream().requests(path)).hasSize(2);
        assertThat(upstream().requests(path).getFirst().header("User-Agent"))
                .isEqualTo(one.substring("R/4.2.2 ".length()));
    }

    @Test
    void a_server_labels_what_is_packed_as_encoded() {
        upstream().serve(SOURCE, payload()).type("application/x-tar").header("Content-Encoding", "x-gzip");
        upstream().serve(index().at(), index().bytes()).header("Content-Encoding", "x-gzip");

        var list = get(index());
        var source = get(artifact());

        assertThat(list.body()).isEqualTo(index().bytes());
        assertThat(source.body()).isEqualTo(payload());
        assertThat(source.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(list.headers().firstValue("Content-Encoding")).isEmpty();
    }

    private static String stanza(String name, String version, byte[] bytes) {
        return "Package: %s\nVersion: %s\nDepends: R (>= 4.0),\n        x\nMD5sum: %s\n"
                .formatted(name, version, StoreFiles.hex("MD5", bytes));
    }

    private static byte[] source(String name, String version) {
        return gzip(tar(name, version, "x"));
    }

    private static byte[] tar(String name, String version, String title) {
        byte[] description = "Package: %s\nTitle: %s\nVersion: %s\n"
                .formatted(name, title, version)
                .getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry entry = new TarArchiveEntry(name + "/DESCRIPTION");
            entry.setSize(description.length);
            tar.putArchiveEntry(entry);
            tar.write(description);
            tar.closeArchiveEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(bytes)) {
            packed.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
