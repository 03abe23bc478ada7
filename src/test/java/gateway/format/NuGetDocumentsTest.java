package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NuGetDocumentsTest {

    private static final URI BASE = URI.create("https://gate.test/nuget");
    private static final NuGetId DEMO = new NuGetId("demo");
    private static final NuGetRegistration LIST = new NuGetRegistration(NuGetResource.GZIPPED, DEMO, "index.json");
    private static final LinkReader.Source REGISTRATION = source("https://api.test/v3/reg5-gz/Demo/index.json");
    private static final LinkReader.Source FEED = source("https://www.test/api/v2/FindPackagesById()");

    private static final String ATOM = """
            <?xml version="1.0" encoding="utf-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://d.test" xmlns:m="http://m.test" xml:base="https://www.test/api/v2">
              <id>http://other-name.test/api/v2/Packages</id>
              <title type="text">a &amp; b &lt;c&gt; "d"</title>
              <link rel="self" href="Packages"/>
              <entry>
                <id>https://www.test/api/v2/Packages(Id='Demo',Version='1.0')</id>
                <link rel="edit" href="Packages(Id='Demo',Version='1.0')" />
                <content type="application/zip" src="https://files.test/demo.1.0.nupkg?token=1&amp;x=2" />
                <m:properties>
                  <d:PackageHash>%s</d:PackageHash><d:PackageHashAlgorithm>SHA512</d:PackageHashAlgorithm>
                  <d:PackageSize m:type="Edm.Int64">42</d:PackageSize><d:Published m:type="Edm.DateTime">2026-01-02T03:04:05.06</d:Published>
                  <d:GalleryDetailsUrl>https://www.test/packages/Demo/1.0</d:GalleryDetailsUrl>
                </m:properties>
              </entry>
              <link rel="next" href="https://www.test/api/v2/FindPackagesById?id='Demo'&amp;$skiptoken='Demo','1.0'" />
              <link href="https://elsewhere.test/x" /><link href="https://www.test/api/v22" />
            </feed>
            """.formatted("A".repeat(86) + "==");

    @Test
    void aFeedDiffersOnlyInTheLinks() throws IOException {
        String expected = ATOM.replace("https://www.test/api/v2\"", "https://gate.test/nuget/v2\"")
                .replace("http://other-name.test/api/v2/", "https://gate.test/nuget/v2/")
                .replace("https://www.test/api/v2/", "https://gate.test/nuget/v2/")
                .replace(
                        "https://files.test/demo.1.0.nupkg?token=1&amp;x=2",
                        "https://gate.test/nuget/v2/package/Demo/1.0")
                .replace("\"d\"", "&quot;d&quot;")
                .replace(" />", "/>");

        assertThat(feed(ATOM).strip()).isEqualTo(expected.strip());
    }

    @Test
    void anEntryIsOneLink() throws IOException {
        List<Link> links = new ArrayList<>();
        NuGetId.Version of = DEMO.at("1.0").orElseThrow();
        new NuGetV2Entry(of).read(new ByteArrayInputStream(ATOM.getBytes(UTF_8)), FEED, links::add);

        assertThat(links)
                .containsExactly(new Link(
                        "/v2/package/demo/1.0.0",
                        "https://files.test/demo.1.0.nupkg?token=1&x=2",
                        new Checksum.Known(Algorithm.SHA512, "0".repeat(128)),
                        of.coordinates(),
                        42,
                        java.time.Instant.parse("2026-01-02T03:04:05.06Z")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<feed>",
                "no xml",
                "<!DOCTYPE feed [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><feed>&x;</feed>",
                "<!DOCTYPE feed><feed/>",
            })
    void whatIsNoFeedIsAnError(String document) {
        assertThatThrownBy(() -> feed(document)).isInstanceOf(IOException.class);
    }

    @Test
    void aCutRegistrationIsAnError() {
        byte[] document = ("{\"items\":[{\"items\":[" + leaf(1) + "]}]}").getBytes(UTF_8);
        for (int length = 0; length < document.length; length += 13) {
            var cut = new ByteArrayInputStream(document, 0, length);
            assertThatThrownBy(() -> render(LIST.rendering(), cut, REGISTRATION))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatCannotBeUnderstoodStaysAsItIs() throws IOException {
        String odd =
                "{\"items\":[1,null,{\"@id\":7,\"items\":{}},{\"items\":[\"x\",{\"catalogEntry\":null}]}],\"@id\":\":\"}";

        assertThat(render(LIST.rendering(), new ByteArrayInputStream(odd.getBytes(UTF_8)), REGISTRATION))
                .isEqualTo(odd);
    }

    @Test
    void whatStandsOutsideTheRegistrationIsAPartOfTheDocumentThatNamesIt() throws IOException {
        String document = """
                {"@id":"https://cdn.test/a","parent":"https://10.0.0.1/v3/reg5-gz/demo/index.json","items":[\
                {"@id":"https://10.0.0.1/v3/reg5-gz/demo/page/1/2.json"},\
                {"@id":"https://cdn.test/pages/7?sig=x#1"},\
                {"@id":"/v3/reg5-gz/demo/page/without-an-ending","items":[{"@id":"../leaf.json"},{"@id":"1.0.0.json"}]},\
                {"@id":"urn:x"}]}""";
        List<Link> links = new ArrayList<>();
        LIST.read(stream(document), REGISTRATION, links::add);
        List<String> paths = links.stream().map(Link::path).toList();

        assertThat(links)
                .extracting(Link::url)
                .containsExactly(
                        "https://cdn.test/pages/7?sig=x",
                        "https://api.test/v3/reg5-gz/demo/page/without-an-ending",
                        "https://api.test/v3/reg5-gz/leaf.json");
        assertThat(paths)
                .doesNotHaveDuplicates()
                .allMatch(path -> path.matches("/v3/registration-gz/demo/index/-/[0-9a-f]{16}\\.json"));
        assertThat(render(LIST.rendering(), stream(document), REGISTRATION))
                .isEqualTo("""
                {"@id":"%1$s/v3/registration-gz/demo/index.json","parent":"%1$s/v3/registration-gz/demo/index.json","items":[\
                {"@id":"%1$s/v3/registration-gz/demo/page/1/2.json"},\
                {"@id":"%1$s%2$s#1"},\
                {"@id":"%1$s%3$s","items":[{"@id":"%1$s%4$s"},{"@id":"%1$s/v3/registration-gz/Demo/1.0.0.json"}]},\
                {"@id":"urn:x"}]}""".formatted(BASE, paths.get(0), paths.get(1), paths.get(2)));
    }

    @Test
    void aLeafLeadsToThePackageAndTheCatalog() throws IOException {
        String leaf = """
                {"@id":"https://api.test/v3/reg5-gz/demo/1.0.0.json","catalogEntry":"https://api.test/cat/1.json",\
                "packageContent":"https://api.test/odd/place","registration":"https://api.test/v3/reg5-gz/demo/index.json"}""";
        NuGetRegistration form = new NuGetRegistration(NuGetResource.GZIPPED, DEMO, "1.0.0.json");

        assertThat(render(
                        form.rendering(),
                        new ByteArrayInputStream(leaf.getBytes(UTF_8)),
                        source("https://api.test/v3/reg5-gz/demo/1.0.0.json")))
                .isEqualTo("""
                {"@id":"https://gate.test/nuget/v3/registration-gz/demo/1.0.0.json",\
                "catalogEntry":"https://gate.test/nuget/v3/catalog/demo/1.0.0.json",\
                "packageContent":"https://gate.test/nuget/v3/flat/demo/1.0.0/demo.1.0.0.nupkg",\
                "registration":"https://gate.test/nuget/v3/registration-gz/demo/index.json"}""");
    }

    /** What is read of the document but not yet written never exceeds a few windows. */
    @Test
    void aBigRegistrationNeverGathersInMemory() throws IOException {
        long[] counts = new long[3];
        InputStream in = new FilterInputStream(big()) {
            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                int count = super.read(bytes, from, length);
                counts[0] += Math.max(count, 0);
                counts[2] = Math.max(counts[2], counts[0] - counts[1]);
                return count;
            }
        };
        LIST.rendering().renderer().render(in, REGISTRATION, URI.create("https://g.t"), new OutputStream() {
            @Override
            public void write(int b) {
                counts[1]++;
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                counts[1] += length;
            }
        });

        assertThat(counts[0]).isGreaterThan(12 << 20);
        long shrunk = counts[0] - counts[1];
        assertThat(shrunk).as("links became shorter").isBetween(0L, 4L << 20);
        assertThat(counts[2] - shrunk).isLessThan(256L << 10);
    }

    /** From where it came, nothing of it is in its registration: each version is a link. */
    @Test
    void thePartsOfABigRegistrationAreLinkedAsItIsRead() throws IOException {
        AtomicLong taken = new AtomicLong();
        Ahead document = new Ahead(big(), () -> taken.get() * leaf(0).length(), 1 << 20);

        LIST.read(document, source("https://elsewhere.test/demo"), link -> taken.incrementAndGet());

        assertThat(taken).as("the page and its versions").hasValue(12_001);
        assertThat(document.position()).isGreaterThan(12 << 20);
    }

    private static InputStream big() {
        List<InputStream> parts = new ArrayList<>();
        parts.add(stream("{\"count\":1,\"items\":[{\"@id\":\"x\",\"items\":["));
        for (int i = 0; i < 12_000; i++) {
            parts.add(stream((i == 0 ? "" : ",") + leaf(i)));
        }
        parts.add(stream("]}]}"));
        return new SequenceInputStream(Collections.enumeration(parts));
    }

    private static String leaf(int i) {
        return """
                {"@id":"https://api.test/v3/reg5-gz/demo/1.%1$d.0.json","@type":"Package","catalogEntry":{\
                "@id":"https://api.test/v3/catalog0/data/2026/demo.1.%1$d.0.json","id":"Demo","version":"1.%1$d.0",\
                "description":"%2$s"},"packageContent":"https://api.test/v3-flat/demo/1.%1$d.0/demo.1.%1$d.0.nupkg"}""".formatted(i, "x".repeat(800));
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private static LinkReader.Source source(String url) {
        return new LinkReader.Source(URI.create(url), "");
    }

    private static String feed(String document) throws IOException {
        var out = new ByteArrayOutputStream();
        NuGetV2Document.render(stream(document), FEED, BASE, out);
        return out.toString(UTF_8);
    }

    private static String render(Rendering form, InputStream document, LinkReader.Source source) throws IOException {
        var out = new ByteArrayOutputStream();
        form.renderer().render(document, source, BASE, out);
        return out.toString(UTF_8);
    }
}
