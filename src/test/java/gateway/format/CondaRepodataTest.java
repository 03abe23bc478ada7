package gateway.format;

import static gateway.format.CondaSamples.BASE;
import static gateway.format.CondaSamples.FOLDER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CondaRepodataTest {

    private static final String SHA256 = "0123456789abcdef".repeat(4);
    private static final String MD5 = "0123456789abcdef".repeat(2);
    private static final String DOCUMENT = """
            {"info":{"subdir":"noarch"%s},
             "packages":{
              "old-1-0.tar.bz2":{"build":"0","depends":["python >=3"],"md5":"MD5","size":7,"timestamp":1500000000},
              "bad-1-0.tar.bz2":{"sha256":"none"},
              "../up-1-0.tar.bz2":{"sha256":"SHA256"}},
             "packages.conda":{
              "new-1-0.conda":{"sha256":"SHA256","size":12345678901,"timestamp":1700000000123,"name":"\\u006eew"}},
             "removed":["gone-1-0.conda"],
             "v3":{"conda":{"newest-1-0":{"sha256":"SHA256","indexed_timestamp":1800000000000,"timestamp":1}}},
             "repodata_version":2}
            """.replace("SHA256", SHA256).replace("MD5", MD5);

    @ParameterizedTest
    @EnumSource
    void bothKindsOfPackagesAreListedHoweverTheDocumentIsPacked(CondaPacking packing) throws IOException {
        byte[] document = CondaSamples.pack(packing, DOCUMENT.formatted("").getBytes(UTF_8));

        assertThat(CondaSamples.read(new CondaRepodata(FOLDER, packing), document))
                .containsExactly(
                        link("old-1-0.tar.bz2", Algorithm.MD5, MD5, 7, Instant.ofEpochSecond(1_500_000_000)),
                        link(
                                "new-1-0.conda",
                                Algorithm.SHA256,
                                SHA256,
                                12_345_678_901L,
                                Instant.ofEpochMilli(1_700_000_000_123L)),
                        link(
                                "newest-1-0.conda",
                                Algorithm.SHA256,
                                SHA256,
                                -1,
                                Instant.ofEpochMilli(1_800_000_000_000L)));
    }

    @ParameterizedTest
    @CsvSource({
        "https://files.test/pool,           https://files.test/pool/",
        "https://files.test/pool/,          https://files.test/pool/",
        "//files.test/pool/,                https://files.test/pool/",
        "../pool/,                          https://upstream.test/conda-forge/pool/",
        "/elsewhere/noarch,                 https://upstream.test/elsewhere/noarch/",
    })
    void packagesElsewhereAreFetchedThereAndAskedForHere(String said, String url) throws IOException {
        String document = DOCUMENT.formatted(",\"base_url\":\"" + said + "\"");
        CondaRepodata repodata = new CondaRepodata(FOLDER, CondaPacking.PLAIN);

        assertThat(CondaSamples.read(repodata, document.getBytes(UTF_8)).getFirst())
                .isEqualTo(new Link(FOLDER, url, null, null, -1, null));
        assertThat(CondaSamples.render(repodata.rendering(), document.getBytes(UTF_8)))
                .asString(UTF_8)
                .isEqualTo(document.replace("\"" + said + "\"", "\"" + BASE + FOLDER + "\""));
    }

    @ParameterizedTest
    @CsvSource({"''", ".", "./", "../noarch", "/conda-forge/noarch/"})
    void packagesBesideTheIndexNeedNoRewriting(String said) throws IOException {
        String document = DOCUMENT.formatted(",\"base_url\":\"" + said + "\"");
        CondaRepodata repodata = new CondaRepodata(FOLDER, CondaPacking.PLAIN);

        assertThat(CondaSamples.read(repodata, document.getBytes(UTF_8))).hasSize(3);
        assertThat(CondaSamples.render(repodata.rendering(), document.getBytes(UTF_8)))
                .asString(UTF_8)
                .isEqualTo(document);
    }

    @ParameterizedTest
    @CsvSource({"file:///etc/, ", "javascript:x, ", "'http://[', "})
    void aPlaceThatCannotBeFetchedFromIsNone(String said) throws IOException {
        String document = DOCUMENT.formatted(",\"base_url\":\"" + said + "\"");
        CondaRepodata repodata = new CondaRepodata(FOLDER, CondaPacking.PLAIN);

        assertThat(CondaSamples.read(repodata, document.getBytes(UTF_8))).hasSize(3);
        assertThat(CondaSamples.render(repodata.rendering(), document.getBytes(UTF_8)))
                .asString(UTF_8)
                .doesNotContain(said);
    }

    @ParameterizedTest
    @EnumSource(names = {"ZST", "BZ2"})
    void aPackedDocumentThatLeadsNowhereElseIsCopied(CondaPacking packing) throws IOException {
        byte[] document = CondaSamples.pack(packing, large("").getBytes(UTF_8));

        assertThat(CondaSamples.render(new CondaRepodata(FOLDER, packing).rendering(), document))
                .isEqualTo(document);
    }

    @ParameterizedTest
    @EnumSource(names = {"ZST", "BZ2"})
    void aPackedDocumentThatLeadsElsewhereIsPackedAnew(CondaPacking packing) throws IOException {
        String said = ",\"base_url\":\"https://files.test/\"";
        String wanted = ",\"base_url\":\"" + BASE + FOLDER + "\"";
        String late = large("")
                .replaceFirst("\\{\"info\":\\{.*?\\},", "{")
                .replaceFirst("\\}\\s*$", ",\"info\":{\"a\":1" + said + "}}");
        for (String document : List.of(large(said), late)) {
            byte[] packed = CondaSamples.pack(packing, document.getBytes(UTF_8));

            byte[] rendered = CondaSamples.render(new CondaRepodata(FOLDER, packing).rendering(), packed);

            assertThat(new String(CondaSamples.unpack(packing, rendered), UTF_8))
                    .isEqualTo(document.replace(said, wanted));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCutDocumentIsNone(CondaPacking packing) throws IOException {
        byte[] document = CondaSamples.pack(packing, large("").getBytes(UTF_8));
        byte[] cut = java.util.Arrays.copyOf(document, document.length - 20);

        assertThatIOException().isThrownBy(() -> CondaSamples.read(new CondaRepodata(FOLDER, packing), cut));
    }

    /** More than the heap of a test: packed and unpacked while it is made, and nobody ever holds it. */
    @Test
    void aHugeDocumentIsReadAndRewrittenAsItComes() throws Exception {
        int records = 60_000;
        String filler = "\"python >=3.10\",".repeat(1300);
        PipedInputStream packed = new PipedInputStream(1 << 16);
        PipedOutputStream sink = new PipedOutputStream(packed);
        Thread indexer = Thread.ofVirtual().start(() -> {
            try (OutputStream out = CondaPacking.ZST.pack(sink);
                    InputStream plain = CondaSamples.generated(records + 2, i -> part(i, records, filler))) {
                plain.transferTo(out);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        AtomicLong links = new AtomicLong();

        new CondaRepodata(FOLDER, CondaPacking.ZST).read(packed, CondaSamples.SOURCE, link -> {
            if (!link.path().endsWith("/") && link.size() != links.getAndIncrement()) {
                throw new AssertionError(link.toString());
            }
        });
        indexer.join();
        assertThat(links).hasValue(records);

        AtomicLong written = new AtomicLong();
        InputStream again = CondaSamples.generated(records + 2, i -> part(i, records, filler));
        new CondaRepodata(FOLDER, CondaPacking.PLAIN)
                .rendering()
                .renderer()
                .render(again, CondaSamples.SOURCE, BASE, new OutputStream() {
                    @Override
                    public void write(int b) {
                        written.incrementAndGet();
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        written.addAndGet(length);
                    }
                });
        assertThat(written.get()).isGreaterThan(1L << 30);
    }

    private static String part(int i, int records, String filler) {
        if (i == 0) {
            return "{\"info\":{\"base_url\":\"https://files.test/\"},\"packages.conda\":{";
        }
        return i > records
                ? "}}"
                : (i == 1 ? "" : ",")
                        + "\"package-%d-0.conda\":{\"depends\":[%s\"a\"],\"sha256\":\"%s\",\"size\":%d}"
                                .formatted(i, filler, SHA256, i - 1);
    }

    /** Longer than what is looked at. */
    private static String large(String info) {
        return "{\"info\":{\"subdir\":\"noarch\"%s},\"packages\":{\"a-1-0.tar.bz2\":{\"md5\":\"%s\",\"text\":\"%s\"}}}"
                .formatted(info, MD5, "0123456789".repeat(20_000));
    }

    private static Link link(String file, Algorithm algorithm, String hex, long size, Instant time) {
        return new Link(FOLDER + file, null, new Checksum.Known(algorithm, hex), null, size, time);
    }
}
