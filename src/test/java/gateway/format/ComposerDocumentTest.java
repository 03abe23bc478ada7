package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ComposerDocumentTest {

    private static final URI BASE = URI.create("https://gate.test/composer");
    private static final LinkReader.Source SOURCE =
            new LinkReader.Source(URI.create("https://repo.test/p2/acme/lib.json"), "application/json");
    private static final String A = "a".repeat(40);
    private static final String B = "b".repeat(40);

    private static final String MINIFIED = """
            {"packages":{"acme/lib":[
              {"name":"acme/lib","version":"2.0.0","time":"2026-02-01T10:00:00+01:00","notification-url":"https://repo.test/n",
               "source":{"type":"git","url":"https://forge.test/lib.git","reference":"%1$s"},
               "dist":{"url":"https://api.test/repos/acme/lib/zipball/%1$s","type":"zip","shasum":"","reference":"%1$s"}},
              {"version":"1.9.0"},
              {"version":"1.8.0","dist":{"type":"tar","url":"..\\/files\\/lib.tar.gz?token=1","shasum":"%2$s","reference":"v1",
               "mirrors":[{"url":"https:\\/\\/m.test\\/%%package%%","preferred":true}]}},
              {"version":"1.7.0","dist":"__unset"},
              {"version":"1.6.0","dist":null},
              {"version":"1.5.0","dist":{"type":"path","url":"../lib"}},
              {"version":"1.4.0","dist":{"type":"zip","url":"git@forge.test:lib"}},
              []
            ]},"minified":"composer/2.0","security-advisories":[{"advisoryId":"x"}]}""".formatted(A, B);

    @Test
    void onlyTheArchivesAreLedElsewhereAndTheDocumentStaysMinified() throws IOException {
        String keyless = key("https://repo.test/p2/files/lib.tar.gz?token=1", "v1");
        String expected = MINIFIED.replace("\"notification-url\":\"https://repo.test/n\",\n   ", "")
                .replace("https://api.test/repos/acme/lib/zipball/" + A, BASE + "/dist/acme/lib/" + A + ".zip")
                .replace(
                        "{\"type\":\"tar\",\"url\":\"..\\/files\\/lib.tar.gz?token=1\",\"shasum\":\"" + B
                                + "\",\"reference\":\"v1\",\n   \"mirrors\":[{\"url\":\"https:\\/\\/m.test\\/%package%\",\"preferred\":true}]}",
                        "{\"type\":\"tar\",\"url\":\"" + BASE + "/dist/acme/lib/" + keyless + ".tar.gz\",\"shasum\":\""
                                + B + "\",\"reference\":\"v1\"}");

        assertThat(render(ComposerDocument.of(false), new ByteArrayInputStream(MINIFIED.getBytes(UTF_8))))
                .isEqualToIgnoringWhitespace(expected);
        assertThat(render(ComposerDocument.of(true), new Trickle(new ByteArrayInputStream(MINIFIED.getBytes(UTF_8)))))
                .isEqualToIgnoringWhitespace(expected.replace("/dist/acme/lib/", "/dist/acme/lib/dev/"));
    }

    @Test
    void eachArchiveIsOneLink() throws IOException {
        assertThat(links(new ByteArrayInputStream(MINIFIED.getBytes(UTF_8))))
                .satisfiesExactly(
                        first -> {
                            assertThat(first.path()).isEqualTo("/dist/acme/lib/" + A + ".zip");
                            assertThat(first.url()).isEqualTo("https://api.test/repos/acme/lib/zipball/" + A);
                            assertThat(first.checksum()).isNull();
                            assertThat(first.coordinates()).isEqualTo(new Coordinates("composer", "acme/lib", "2.0.0"));
                            assertThat(first.published()).isEqualTo("2026-02-01T09:00:00Z");
                        },
                        second -> {
                            assertThat(second.path()).endsWith(".tar.gz");
                            assertThat(second.url()).isEqualTo("https://repo.test/p2/files/lib.tar.gz?token=1");
                            assertThat(second.checksum()).isEqualTo(new Checksum.Known(Algorithm.SHA1, B));
                        });
    }

    @Test
    void aCutDocumentIsAnError() {
        byte[] document = MINIFIED.getBytes(UTF_8);
        for (int length = 0; length < document.length; length += 11) {
            var cut = new ByteArrayInputStream(document, 0, length);
            assertThatThrownBy(() -> render(ComposerDocument.of(false), cut)).isInstanceOf(IOException.class);
            cut.reset();
            assertThatThrownBy(() -> links(cut)).isInstanceOf(IOException.class);
        }
    }

    /** What is read of the document but not yet written never exceeds a few windows. */
    @Test
    void aBigDocumentNeverGathersInMemory() throws IOException {
        long[] written = new long[1];
        long[] read = new long[2];
        InputStream in = new java.io.FilterInputStream(big()) {
            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                int count = super.read(bytes, from, length);
                read[0] += Math.max(count, 0);
                read[1] = Math.max(read[1], read[0] - written[0]);
                return count;
            }
        };
        // The links of the big document have the same length in both.
        ComposerDocument.of(false)
                .renderer()
                .render(in, SOURCE, URI.create("https://api.test/repos/acme/lib/zip"), new OutputStream() {
                    @Override
                    public void write(int b) {
                        written[0]++;
                    }

                    @Override
                    public void write(byte[] bytes, int from, int length) {
                        written[0] += length;
                    }
                });

        assertThat(read[0]).isGreaterThan(12 << 20);
        assertThat(written[0]).isGreaterThan(12 << 20);
        assertThat(read[1] - Math.max(0, read[0] - written[0])).isLessThan(256L << 10);
    }

    /** Each version becomes a link before the next one is read; of those in short, what they have in common is not kept. */
    @Test
    void theLinksOfABigDocumentComeAsItIsRead() throws IOException {
        String first =
                "{\"packages\":{\"acme/lib\":[{\"name\":\"acme/lib\",\"description\":\"" + "x".repeat(5000) + "\",";
        int versions = 60_000;
        int each = version(0).length();
        AtomicLong taken = new AtomicLong();
        Ahead document = new Ahead(
                CondaSamples.generated(
                        versions + 1,
                        i -> i == versions
                                ? "]},\"minified\":\"composer/2.0\"}"
                                : (i == 0 ? first + version(i).substring(2) : version(i))),
                () -> taken.get() * each,
                1 << 20);

        new ComposerLinks().read(document, SOURCE, link -> {
            if (!link.path().contains("%040x".formatted(taken.getAndIncrement()))) {
                throw new AssertionError(link.toString());
            }
        });

        assertThat(taken).hasValue(versions);
        assertThat(document.position()).isGreaterThan(12 << 20);
    }

    private static String version(int i) {
        return ",{\"version\":\"1.%1$d\",\"time\":\"2026-02-01T10:00:00+01:00\",\"dist\":{\"type\":\"zip\",\"url\":\"https://api.test/zipball/%2$040x\",\"reference\":\"%2$040x\",\"shasum\":\"\"}}"
                .formatted(i, i);
    }

    private static InputStream big() {
        List<InputStream> parts = new ArrayList<>();
        parts.add(new ByteArrayInputStream("{\"packages\":{\"acme/lib\":[".getBytes(UTF_8)));
        IntStream.range(0, 30_000)
                .mapToObj(i -> (i == 0 ? "" : ",") + "{\"version\":\"1." + i + "\",\"description\":\"" + "x".repeat(250)
                        + "\",\"dist\":{\"type\":\"zip\",\"url\":\"https://api.test/repos/acme/lib/zipball/"
                        + "%040x".formatted(i) + "\",\"reference\":\"" + "%040x".formatted(i) + "\",\"shasum\":\"\"}}")
                .map(text -> new ByteArrayInputStream(text.getBytes(UTF_8)))
                .forEach(parts::add);
        parts.add(new ByteArrayInputStream("]},\"minified\":\"composer/2.0\"}".getBytes(UTF_8)));
        return new SequenceInputStream(Collections.enumeration(parts));
    }

    private static String key(String url, String reference) throws IOException {
        return ComposerDist.of(
                        "{\"type\":\"tar\",\"url\":\"" + url + "\",\"reference\":\"" + reference + "\",\"shasum\":\""
                                + B + "\"}",
                        SOURCE.url())
                .orElseThrow()
                .path(new ComposerPackage("acme/lib"))
                .replaceAll(".*/|\\.tar\\.gz", "");
    }

    private static List<Link> links(InputStream document) throws IOException {
        List<Link> links = new ArrayList<>();
        new ComposerLinks().read(document, SOURCE, links::add);
        return links;
    }

    private static String render(Rendering form, InputStream document) throws IOException {
        var out = new ByteArrayOutputStream();
        form.renderer().render(document, SOURCE, BASE, out);
        return out.toString(UTF_8);
    }
}
