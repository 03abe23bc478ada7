package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PubListingTest {

    private static final String SHA = "0123456789abcdef".repeat(4);
    private static final URI BASE = URI.create("http://127.0.0.1:8080/pub");
    private static final LinkReader.Source SOURCE =
            new LinkReader.Source(URI.create("https://upstream.test/some/api/packages/path"), "");
    private static final PubListing PATH = new PubListing("path");

    private static final String LISTING = """
            {"name":"path","latest":{"version":"1.1.0+1","retracted":true,"pubspec":{"name":"path","version":"1.1.0+1",
              "homepage":"https://upstream.test/path","dependencies":{"x":{"hosted":{"url":"https://other.test"}}}},
              "archive_url":"https://upstream.test/api/archives/path-1.1.0%%2B1.tar.gz","archive_sha256":"%1$s"},
             "versions":[
              {"version":"1.0.0","pubspec":{"archive_url":"https://upstream.test/untouched","n":1.50},
               "archive_url":"https:\\/\\/upstream.test\\/packages\\/path\\/versions\\/1.0.0.tar.gz?token=x",
               "archive_sha256":"%1$s","published":"2026-01-02T03:04:05.678901Z"},
              {"archive_url":"../archives/here.tgz","archive_sha256":"nothing","unknown":[{"archive_url":"z"}],
               "version":"1.1.0-dev.1","published":"lately"},
              {"version":"1.1.0+1","archive_url":"https://upstream.test/api/archives/path-1.1.0%%2B1.tar.gz"},
              {"version":"../x","archive_url":"https://upstream.test/x"},
              7
             ],"isDiscontinued":true, "advisoriesUpdated":"2026-01-02T00:00:00Z"}
            """.formatted(SHA);

    @Test
    void archivesAreLedThroughTheGatewayAndNothingElseChanges() throws IOException {
        assertThat(render(PATH.all(), LISTING)).isEqualTo("""
            {"name":"path","latest":{"version":"1.1.0+1","retracted":true,"pubspec":{"name":"path","version":"1.1.0+1",
              "homepage":"https://upstream.test/path","dependencies":{"x":{"hosted":{"url":"https://other.test"}}}},
              "archive_url":"http://127.0.0.1:8080/pub/api/archives/path-1.1.0+1.tar.gz","archive_sha256":"%1$s"},
             "versions":[
              {"version":"1.0.0","pubspec":{"archive_url":"https://upstream.test/untouched","n":1.50},
               "archive_url":"http://127.0.0.1:8080/pub/api/archives/path-1.0.0.tar.gz",
               "archive_sha256":"%1$s","published":"2026-01-02T03:04:05.678901Z"},
              {"archive_sha256":"nothing","unknown":[{"archive_url":"z"}],
               "version":"1.1.0-dev.1","published":"lately","archive_url":"http://127.0.0.1:8080/pub/api/archives/path-1.1.0-dev.1.tar.gz"},
              {"version":"1.1.0+1","archive_url":"http://127.0.0.1:8080/pub/api/archives/path-1.1.0+1.tar.gz"},
              {"version":"../x","archive_url":"https://upstream.test/x"},
              7
             ],"isDiscontinued":true, "advisoriesUpdated":"2026-01-02T00:00:00Z"}
            """.formatted(SHA));
    }

    @Test
    void versionsBecomeLinks() throws IOException {
        assertThat(links(LISTING))
                .containsExactly(
                        link(
                                "1.0.0",
                                "https://upstream.test/packages/path/versions/1.0.0.tar.gz?token=x",
                                true,
                                Instant.parse("2026-01-02T03:04:05.678901Z")),
                        link("1.1.0-dev.1", "https://upstream.test/some/api/archives/here.tgz", false, null),
                        link("1.1.0+1", "https://upstream.test/api/archives/path-1.1.0%2B1.tar.gz", false, null));
    }

    @Test
    void aVersionWithoutAnArchiveHasNoAddress() throws IOException {
        assertThat(links("{\"versions\":[{\"version\":\"1.0.0\"},{\"version\":\"1.0.1\",\"archive_url\":7}]}"))
                .allMatch(link -> link.url() == null)
                .hasSize(2);
        assertThat(links("{\"versions\":[]}")).isEmpty();
        assertThat(links("{\"versions\":null}")).isEmpty();
    }

    @Test
    void oneVersionIsCutOut() throws IOException {
        assertThat(render(PATH.version("1.1.0+1"), LISTING)).isEqualToIgnoringWhitespace("""
                {"version":"1.1.0+1","archive_url":"http://127.0.0.1:8080/pub/api/archives/path-1.1.0+1.tar.gz"}
                """);
        assertThatThrownBy(() -> render(PATH.version("9.0.0"), LISTING)).isInstanceOf(Rendering.Absent.class);
    }

    @Test
    void whatIsNoListingIsRefused() {
        for (String bad :
                List.of("", "<html>", "[]", "{}", "{\"versions\":[{\"version\":\"1.0.0\"}", "{\"versions\":[}")) {
            assertThatThrownBy(() -> links(bad)).as(bad).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aVersionLargerThanAnyIsRefused() {
        String listing =
                "{\"versions\":[{\"version\":\"1.0.0\",\"pubspec\":[" + "\"0123456789\",".repeat(1 << 19) + "0]}]}";

        assertThatThrownBy(() -> render(PATH.version("1.0.0"), listing)).isInstanceOf(IOException.class);
    }

    // What was read and not yet written is what the renderer has in memory.
    @Test
    void aHundredThousandVersionsFlow() throws IOException {
        String version = "{\"version\":\"1.0.%d\",\"pubspec\":{\"name\":\"path\",\"description\":\"" + "d".repeat(500)
                + "\"},\"archive_url\":\"https://upstream.test/path.tar.gz\",\"archive_sha256\":\"" + SHA + "\"},";
        int count = 100_000;
        long[] written = new long[1];
        long[] most = new long[1];
        long[] read = new long[1];
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) {
                written[0]++;
            }

            @Override
            public void write(byte[] bytes, int from, int length) {
                written[0] += length;
            }
        };
        InputStream in = new InputStream() {
            private InputStream part = stream("{\"versions\":[");
            private int next;

            @Override
            public int read() {
                throw new UnsupportedOperationException("one byte at a time");
            }

            @Override
            public int read(byte[] target, int from, int length) throws IOException {
                if (part.available() == 0 && next <= count) {
                    part = stream(next < count ? version.formatted(next) : "{\"version\":\"2.0.0\"}]}");
                    next++;
                }
                int some = part.read(target, from, length);
                read[0] += some;
                most[0] = Math.max(most[0], read[0] - written[0]);
                return some;
            }
        };
        PATH.all().renderer().render(in, SOURCE, BASE, out);

        assertThat(written[0]).isGreaterThan(count * 500L);
        assertThat(most[0]).isLessThan(1 << 20);
    }

    private static Link link(String version, String url, boolean sha, @Nullable Instant published) {
        return new Link(
                "/api/archives/path-" + version + ".tar.gz",
                url,
                sha ? new Checksum.Known(Algorithm.SHA256, SHA) : null,
                new Coordinates("pub", "path", version),
                -1,
                published);
    }

    private static List<Link> links(String listing) throws IOException {
        List<Link> links = new ArrayList<>();
        PATH.read(new Trickle(stream(listing), 3), SOURCE, links::add);
        return links;
    }

    private static String render(Rendering rendering, String listing) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        rendering.renderer().render(new Trickle(stream(listing), 5), SOURCE, BASE, out);
        return out.toString(UTF_8);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }
}
