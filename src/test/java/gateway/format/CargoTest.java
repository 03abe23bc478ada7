package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CargoTest {

    private static final String SHA = "0123456789abcdef".repeat(4);
    private final Cargo cargo = new Cargo(false);

    @ParameterizedTest
    @CsvSource({
        "/1/a,            /1/a",
        "/2/ab,           /2/ab",
        "/3/a/abc,        /3/a/abc",
        "/se/rd/serde,    /se/rd/serde",
        "/index/se/rd/serde, /se/rd/serde",
        "/se/rd/Serde,    /se/rd/serde",
        "/fo/o-/foo-bar,  /fo/o-/foo-bar",
        "/fo/o_/foo_bar,  /fo/o_/foo_bar",
        "/in/de/index,    /in/de/index",
        "/index/in/de/index, /in/de/index",
        "/cr/at/crates,   /cr/at/crates",
    })
    void indexFilesAreFoundByTheShapeOfTheirPath(String asked, String canonical) {
        Index index = (Index) resolve(asked);
        String name = canonical.substring(canonical.lastIndexOf('/') + 1);
        assertThat(index.path()).isEqualTo(canonical);
        assertThat(index.origin()).isEqualTo(new Origin.At("", canonical, ""));
        assertThat(index.place()).isEqualTo(name + "/index.ndjson");
        assertThat(index.contentType()).isEqualTo("text/plain");
        assertThat(index.rendering()).isNull();
        assertThat(index.coordinates()).isEqualTo(new Coordinates("cargo", name, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/index",
                "/index/",
                "/serde",
                "/Se/rd/serde",
                "/se/rd/tokio",
                "/se/rd/x/serde",
                "/1/ab",
                "/2/a",
                "/3/b/abc",
                "/se/rd/serde/",
                "/se/rd/ser.de",
                "/crates/serde",
                "/crates/serde/1.0.0",
                "/crates/serde/latest/download",
                "/crates/ser.de/1.0.0/download",
                "/crates/serde/1.0.0/download/x",
                "/crates/serde/tokio-1.0.0.crate",
                "/crates/serde/serde-.crate",
                "/me",
                "/index/config.json/x"
            })
    void anythingElseIsNoPath(String path) {
        assertThat(cargo.resolve(Ask.get(path))).isEmpty();
    }

    @Test
    void namesAreAtMostSixtyFourLong() {
        assertThat(cargo.resolve(Ask.get("/aa/aa/" + "a".repeat(64)))).isPresent();
        assertThat(cargo.resolve(Ask.get("/aa/aa/" + "a".repeat(65)))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/crates/Foo_Bar/300.0.0+3.0.0/download,        Foo_Bar, 300.0.0+3.0.0",
        "/api/v1/crates/serde/1.0.0-rc.1/download,      serde,   1.0.0-rc.1",
        "/crates/serde/serde-1.0.219.crate,             serde,   1.0.219",
        "/crates/a-1/a-1-2.0.0.crate,                   a-1,     2.0.0",
    })
    void everySpellingOfACrateIsOneArtifact(String asked, String name, String version) {
        Artifact crate = (Artifact) resolve(asked);
        assertThat(crate.path()).isEqualTo("/crates/" + name + "/" + version + "/download");
        assertThat(crate.place()).isEqualTo(name + "/" + version + "/" + name + "-" + version + ".crate");
        assertThat(crate.coordinates()).isEqualTo(new Coordinates("cargo", name, version));
        assertThat(crate.contentType()).isEqualTo("application/gzip");
        assertThat(((Checksum.Listed) crate.checksum()).indexes().getFirst().path())
                .endsWith("/" + name.toLowerCase(Locale.ROOT));
        assertThat(((Origin.Told) crate.origin()).index().path()).isEqualTo("/config.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/config.json", "/index/config.json"})
    void configPointsDownloadsAndSearchAtTheGateway(String path) {
        Resource.Literal config = (Resource.Literal) resolve(path);
        assertThat(new String(config.body().apply(URI.create("http://127.0.0.1:8080/cargo")), UTF_8))
                .isEqualTo("{\"dl\":\"http://127.0.0.1:8080/cargo/crates/{crate}/{version}/download\","
                        + "\"api\":\"http://127.0.0.1:8080/cargo\"}");
    }

    @Test
    void searchIsRelayedToTheApiHostWithItsQuery() {
        assertThat(cargo.resolve(new Ask("GET", "/api/v1/crates", "q=serde&per_page=10", Accept.ANY)))
                .contains(new Resource.Passthrough(new Origin.At("api", "/api/v1/crates", "q=serde&per_page=10")));
    }

    @Test
    void writesAreRefusedInTheWordsThatCargoPrints() {
        Resource.Refused refused =
                (Resource.Refused) cargo.resolve(new Ask("PUT", "/api/v1/crates/new", "", Accept.ANY))
                        .orElseThrow();
        assertThat(refused.status()).isEqualTo(403);
        assertThat(cargo.refusal(403, "say \"please\"").body())
                .isEqualTo("{\"errors\":[{\"detail\":\"say \\\"please\\\"\"}]}");
        assertThat(cargo.refusal(403, "x").contentType()).isEqualTo("application/json");
    }

    @Test
    void headIsResolvedLikeGet() {
        assertThat(cargo.resolve(new Ask("HEAD", "/se/rd/serde", "", Accept.ANY)))
                .isEqualTo(cargo.resolve(Ask.get("/se/rd/serde")));
    }

    @ParameterizedTest
    @CsvSource({
        "https://dl.upstream.test/crates, https://dl.upstream.test/crates/Foo_Bar/1.0.0%2Bx/download",
        "'https://upstream.test/{crate}/{crate}-{version}.crate', https://upstream.test/Foo_Bar/Foo_Bar-1.0.0%2Bx.crate",
        "'https://dl.upstream.test/{prefix}/{lowerprefix}/{crate}', https://dl.upstream.test/Fo/o_/fo/o_/Foo_Bar",
    })
    void theDownloadTemplateIsExpanded(String dl, String expected) {
        byte[] config = ("{\"api\":null,\"dl\":\"" + dl + "\"}").getBytes(UTF_8);
        assertThat(new CargoDownload("Foo_Bar", "1.0.0+x").expand(config, (Link) null))
                .contains(expected);
    }

    @Test
    void aTemplateWithAChecksumNeedsTheIndex() {
        CargoDownload download = new CargoDownload("serde", "1.0.0");
        byte[] config = "{\"dl\":\"https://upstream.test/{sha256-checksum}\"}".getBytes(UTF_8);
        assertThat(download.expand(config, (Link) null)).isEmpty();
        assertThat(download.expand(config, SHA)).contains("https://upstream.test/" + SHA);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "{}", "{\"dl\":7", "[]"})
    void aConfigWithoutATemplateTellsNothing(String config) {
        assertThat(new CargoDownload("serde", "1.0.0").expand(config.getBytes(UTF_8), (Link) null))
                .isEqualTo(Optional.empty());
    }

    @Test
    void linesBecomeLinks() throws IOException {
        List<Link> links = links("serde", """
                {"name":"Serde","vers":"1.0.0","deps":[{"name":"x","vers":"9"}],"cksum":"%1$s","yanked":false}

                {"vers":"1.0.1+b","features2":{"name":["y"]},"cksum":"%1$s","name":"serde","pubtime":"2026-01-02T03:04:05Z"}\r
                {"name":"serde","vers":"1.0.2","yanked":true,"pubtime":"yesterday"}""".formatted(SHA));
        assertThat(links)
                .containsExactly(
                        link("Serde", "1.0.0", null),
                        link("serde", "1.0.1+b", Instant.parse("2026-01-02T03:04:05Z")),
                        new Link(
                                "/crates/serde/1.0.2/download",
                                null,
                                null,
                                new Coordinates("cargo", "serde", "1.0.2"),
                                -1,
                                null));
    }

    @Test
    void aBadLineHidesNoOther() throws IOException {
        List<Link> links = links("serde", """
                {"name":"serde","vers":"1.0.0","cksum":"%1$s"
                <!-- {"name":"serde" -->
                {"name":"serde","vers":"../..","cksum":"%1$s"}
                {"name":"tokio","vers":"1.0.0","cksum":"%1$s"}
                {"name":{"vers":"1"},"vers":["1.0.0"]}
                {"name":"serde","vers":"1.0.1","cksum":"%1$s"}
                """.formatted(SHA));
        assertThat(links).containsExactly(link("serde", "1.0.1", null));
    }

    @Test
    void aLineMayBeLongerThanAnyBuffer() throws IOException {
        String features = "\"f\",".repeat(1 << 20);
        List<Link> links = links(
                "serde",
                "{\"name\":\"serde\",\"features\":{\"a\":[" + features + "\"f\"]},\"vers\":\"1.0.0\",\"cksum\":\"" + SHA
                        + "\"}\n{\"name\":\"serde\",\"vers\":\"1.0.1\",\"cksum\":\"" + SHA + "\"}\n");
        assertThat(links).containsExactly(link("serde", "1.0.0", null), link("serde", "1.0.1", null));
    }

    @Test
    void aPageThatIsNoIndexIsRefused() throws IOException {
        assertThat(links("serde", "")).isEmpty();
        assertThatThrownBy(() -> links("serde", "<html>\n<body>Log in</body>\n</html>"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aStreamThatBreaksIsNotTakenForABadLine() {
        InputStream broken = new InputStream() {
            private int left = 20;

            @Override
            public int read() throws IOException {
                if (left-- == 0) {
                    throw new IOException("reset");
                }
                return '{';
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                target[offset] = (byte) read();
                return 1;
            }
        };
        assertThatThrownBy(() -> new CargoLines("serde").read(broken, source(), link -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage("reset");
    }

    private Resource resolve(String path) {
        return cargo.resolve(Ask.get(path)).orElseThrow();
    }

    private static Link link(String name, String version, @Nullable Instant published) {
        return new Link(
                "/crates/" + name + "/" + version + "/download",
                null,
                new Checksum.Known(Algorithm.SHA256, SHA),
                new Coordinates("cargo", name, version),
                -1,
                published);
    }

    private static List<Link> links(String crate, String document) throws IOException {
        List<Link> links = new ArrayList<>();
        new CargoLines(crate).read(new ByteArrayInputStream(document.getBytes(UTF_8)), source(), links::add);
        return links;
    }

    private static LinkReader.Source source() {
        return new LinkReader.Source(URI.create("https://upstream.test/se/rd/serde"), "text/plain");
    }
}
