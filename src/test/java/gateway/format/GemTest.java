package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GemTest {

    private static final String SHA = "0123456789abcdef".repeat(4);
    private final Gem gem = new Gem();

    @ParameterizedTest
    @CsvSource({
        "/versions,                 index/versions",
        "/names,                    index/names",
        "/info/rake,                rake/info",
        "/info/Foo_Bar.baz,         Foo_Bar.baz/info",
        "/info/-,                   -/info",
        "/info/_,                   _/info",
        "/info/.cat,                .cat/info",
        "/info/info,                info/info",
    })
    void theCompactIndexCarriesTheTagsThatBundlerChecks(String path, String place) {
        Index index = (Index) resolve(path);
        assertThat(index.path()).isEqualTo(path);
        assertThat(index.place()).isEqualTo(place);
        assertThat(index.origin()).isEqualTo(new Origin.At("index", path, ""));
        assertThat(index.tag()).isEqualTo(Algorithm.MD5);
        assertThat(index.digests()).containsExactly(Algorithm.MD5);
        assertThat(index.contentType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(index.rendering()).isNull();
        assertThat(index.grows()).isEqualTo(path.equals("/versions"));
    }

    @ParameterizedTest
    @CsvSource({
        "/specs.4.8.gz,            index/specs.4.8.gz,            true",
        "/latest_specs.4.8.gz,     index/latest_specs.4.8.gz,     true",
        "/prerelease_specs.4.8.gz, index/prerelease_specs.4.8.gz, true",
        "/specs.4.8,               index/specs.4.8,               false",
    })
    void theOldListsAreKeptAsTheyAre(String path, String place, boolean packed) {
        Index index = (Index) resolve(path);
        assertThat(index.place()).isEqualTo(place);
        assertThat(index.encoded()).isFalse();
        assertThat(index.links() != null).isEqualTo(packed);
        assertThat(index.origin()).isEqualTo(Origin.At.path(path));
    }

    @Test
    void aSpecificationOfOneGemIsConfirmedOnceADay() {
        Index index = (Index) resolve("/quick/Marshal.4.8/nokogiri-1.15.0-x86_64-linux.gemspec.rz");
        assertThat(index.place()).isEqualTo("nokogiri/1.15.0/nokogiri-1.15.0-x86_64-linux.gemspec.rz");
        assertThat(index.freshFor()).isEqualTo(Duration.ofDays(1));
        assertThat(index.coordinates()).isEqualTo(new Coordinates("gem", "nokogiri", "1.15.0"));
    }

    @ParameterizedTest
    @CsvSource({
        "rake-13.0.6,                        rake,             13.0.6, ''",
        "nokogiri-1.15.0-x86_64-linux,       nokogiri,         1.15.0, x86_64-linux",
        "nokogiri-1.15.0-x86_64-linux-gnu,   nokogiri,         1.15.0, x86_64-linux-gnu",
        "x-1.0-arm64-darwin-23,              x,                1.0,    arm64-darwin-23",
        "x-1.0-universal-java-11,            x,                1.0,    universal-java-11",
        "ffi-1.17.0-x64-mingw-ucrt,          ffi,              1.17.0, x64-mingw-ucrt",
        "ffi-1.17.0-x86-mingw32,             ffi,              1.17.0, x86-mingw32",
        "ffi-1.9.3-mswin60,                  ffi,              1.9.3,  mswin60",
        "foo-2-1.0,                          foo-2,            1.0,    ''",
        "sidekiq-6-pro-1.0,                  sidekiq-6-pro,    1.0,    ''",
        "rails-i18n-7.0.0.pre.1,             rails-i18n,       7.0.0.pre.1, ''",
        "a-1.0-mri,                          a,                1.0,    mri",
        "--1.0,                              -,                1.0,    ''",
        ".cat-0.0.1,                         .cat,             0.0.1,  ''",
    })
    void aFileNameIsReadInItsLikeliestWay(String full, String name, String version, String platform) {
        assertThat(GemName.readings(full)).first().isEqualTo(new GemName(name, version, platform));
        Artifact artifact = (Artifact) resolve("/gems/" + full + ".gem");
        assertThat(artifact.path()).isEqualTo("/gems/" + full + ".gem");
        assertThat(artifact.place()).isEqualTo(name + "/" + version + "/" + full + ".gem");
        assertThat(artifact.coordinates()).isEqualTo(new Coordinates("gem", name, version));
        assertThat(artifact.origin()).isEqualTo(Origin.At.path("/gems/" + full + ".gem"));
        assertThat(((Checksum.Listed) artifact.checksum()).indexes().getFirst().path())
                .isEqualTo("/info/" + name);
    }

    @Test
    void allReadingsOfAFileNameAreAsked() {
        Checksum.Listed listed = (Checksum.Listed) ((Artifact) resolve("/gems/x-1-y-2-z-3.gem")).checksum();
        assertThat(listed.indexes()).map(Index::path).containsExactly("/info/x-1-y-2-z", "/info/x", "/info/x-1-y");
        String many = "a" + "-1-b".repeat(40) + "-1";
        assertThat(GemName.readings(many)).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/info",
                "/info/",
                "/info/a/b",
                "/info/a b",
                "/info/..",
                "/info/ä",
                "/gems/",
                "/gems/rake.gem",
                "/gems/rake-.gem",
                "/gems/-1.0.gem",
                "/gems/rake-13.0.6",
                "/gems/rake-13.0.6.gem/x",
                "/gems/x/rake-13.0.6.gem",
                "/gems/..-1.0.gem",
                "/gems/rake-1.0\\..gem",
                "/quick/Marshal.4.8/rake.gemspec.rz",
                "/quick/Marshal.4.8/rake-1.0.gemspec",
                "/quick/rake-1.0.gemspec.rz",
                "/specs.4.8.gz/x",
                "/other_specs.4.8.gz",
                "/api/v1/dependencies",
                "/versions/",
                "/favicon.ico",
            })
    void anythingElseIsNoPath(String path) {
        assertThat(gem.resolve(Ask.get(path))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void theRootSaysThatThereIsACompactIndex(String method) {
        Resource.Literal root = (Resource.Literal)
                gem.resolve(new Ask(method, "/", "", Accept.ANY)).orElseThrow();
        assertThat(root.status()).isEqualTo(200);
    }

    @Test
    void documentsOfTheApiAreKeptForAMinute() {
        for (String path : List.of(
                "/api/v1/gems/rake.json",
                "/api/v1/versions/rake/latest.json",
                "/api/v2/rubygems/rake/versions/13.0.6.json",
                "/api/v1/attestations/rake-13.0.6.json")) {
            Index index = (Index) resolve(path);
            assertThat(index.place()).isEqualTo("index" + path);
            assertThat(index.freshFor()).isEqualTo(Duration.ofMinutes(1));
        }
    }

    @Test
    void searchesArePassedOn() {
        assertThat(gem.resolve(new Ask("GET", "/api/v1/search.json", "query=rake", Accept.ANY)))
                .contains(new Resource.Passthrough(new Origin.At("", "/api/v1/search.json", "query=rake")));
    }

    @Test
    void writesAreRefused() {
        for (String method : List.of("POST", "DELETE")) {
            Resource.Refused refused = (Resource.Refused)
                    gem.resolve(new Ask(method, "/api/v1/gems", "", Accept.ANY)).orElseThrow();
            assertThat(refused.status()).isEqualTo(405);
        }
    }

    @Test
    void linesBecomeLinks() throws IOException {
        List<Link> links = links("foo-2", """
                ---
                1.0 |checksum:%1$s
                1.0-java bar:>= 1&< 2,baz:= 3|checksum:%1$s,ruby:>= 2.7&< 4,rubygems:> 1.3.1,created_at:2026-01-02T03:04:05Z
                1.1 bar:>= 1|ruby:>= 2.7,checksum:%1$s\r
                1.2 bar:>= 1
                1.3
                """.formatted(SHA));
        assertThat(links)
                .containsExactly(
                        link("1.0", "1.0", true, null),
                        link("1.0-java", "1.0", true, Instant.parse("2026-01-02T03:04:05Z")),
                        link("1.1", "1.1", true, null),
                        link("1.2", "1.2", false, null),
                        link("1.3", "1.3", false, null));
    }

    @Test
    void aBadLineHidesNoOther() throws IOException {
        List<Link> links = links("foo-2", """
                ---
                <html> |checksum:%1$s
                ../../1.0 |checksum:%1$s
                1.0-../x |checksum:%1$s
                |checksum:%1$s
                1.0 |checksum:%1$s
                1.1 |checksum:zz,created_at:yesterday
                """.formatted(SHA));
        assertThat(links).containsExactly(link("1.0", "1.0", true, null), link("1.1", "1.1", false, null));
    }

    @Test
    void aPageThatIsNoIndexIsRefused() throws IOException {
        assertThat(links("foo", "")).isEmpty();
        assertThat(links("foo", "---\n")).isEmpty();
        assertThatThrownBy(() -> links("foo", "<html>\n<body>Log in</body>\n</html>"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aBigIndexNeverGathersInMemory() throws IOException {
        String line = "1.0." + "7".repeat(60) + " dep:>= 1,".repeat(20) + "|checksum:" + SHA + "\n";
        int lines = (200 << 20) / line.length();
        AtomicLong taken = new AtomicLong();
        Ahead index = new Ahead(CondaSamples.generated(lines, i -> line), () -> taken.get() * line.length(), 256 << 10);

        new GemInfo("big").read(index, source(), link -> taken.incrementAndGet());

        assertThat(taken).hasValue(lines);
    }

    @Test
    void packedDocumentsAreReadToTheirEnd() throws IOException {
        byte[] specs = gzip("specs".repeat(10_000).getBytes(UTF_8));
        byte[] quick = zlib("spec".repeat(10_000).getBytes(UTF_8));
        for (byte[] whole : List.of(specs, quick)) {
            assertThatCode(() -> pack(whole)).doesNotThrowAnyException();
            assertThatThrownBy(() -> pack(Arrays.copyOf(whole, whole.length - 9)))
                    .isInstanceOf(IOException.class);
            byte[] damaged = whole.clone();
            damaged[whole.length - 3] ^= 1;
            assertThatThrownBy(() -> pack(damaged)).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> pack("<html>".getBytes(UTF_8))).isInstanceOf(IOException.class);
    }

    private Resource resolve(String path) {
        return gem.resolve(Ask.get(path)).orElseThrow();
    }

    private static Link link(String full, String version, boolean known, @Nullable Instant published) {
        return new Link(
                "/gems/foo-2-" + full + ".gem",
                null,
                known ? new Checksum.Known(Algorithm.SHA256, SHA) : null,
                new Coordinates("gem", "foo-2", version),
                -1,
                published);
    }

    private static List<Link> links(String name, String document) throws IOException {
        List<Link> links = new ArrayList<>();
        new GemInfo(name).read(new ByteArrayInputStream(document.getBytes(UTF_8)), source(), links::add);
        return links;
    }

    private static void pack(byte[] document) throws IOException {
        new Packed().read(new ByteArrayInputStream(document), source(), link -> {});
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
            packed.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] zlib(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream packed = new DeflaterOutputStream(out)) {
            packed.write(bytes);
        }
        return out.toByteArray();
    }

    private static LinkReader.Source source() {
        return new LinkReader.Source(URI.create("https://upstream.test/info/foo"), "text/plain");
    }
}
