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
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PyPiPageTest {

    private static final String SHA = "0123456789abcdef".repeat(4);
    private static final String META_SHA = "fedcba9876543210".repeat(4);
    private static final String MD5 = "0123456789abcdef".repeat(2);
    private static final URI PAGE = URI.create("https://upstream.test/simple/torch/");
    private static final URI BASE = URI.create("http://127.0.0.1:8080/pypi");
    private static final JsonMapper JSON = new JsonMapper();

    private static final String JSON_PAGE = """
            {"alternate-locations":["https://upstream.test/simple/torch/"],
             "files":[
              {"filename":"torch-2.0+cpu-cp311-cp311-linux_x86_64.whl",
               "url":"https://files.upstream.test/packages/ab/torch-2.0%%2Bcpu-cp311-cp311-linux_x86_64.whl#x",
               "hashes":{"blake2b":"00","sha256":"%1$s"},
               "requires-python":">=3.8,<4 & \\"x\\"","yanked":"broken <b>","size":123,
               "upload-time":"2026-01-02T03:04:05.678901Z","gpg-sig":true,
               "core-metadata":{"sha256":"%2$s"},"data-dist-info-metadata":{"sha256":"%2$s"},
               "provenance":"https://upstream.test/integrity/torch/2.0/t.whl/provenance",
               "unknown":{"deep":[1.10,null]}},
              {"filename":"torch-1!2.0.tar.gz","url":"../../packages/torch-1%%212.0.tar.gz","hashes":{"md5":"%3$s"},
               "yanked":false,"core-metadata":false,"provenance":"https://other.test/p"},
              {"filename":"../evil.whl","url":"https://files.upstream.test/evil.whl","hashes":{}},
              {"filename":"evil.whl","url":"file:///etc/passwd","hashes":{}}],
             "meta":{"_last-serial":17,"api-version":"1.4"},
             "name":"torch","project-status":{"status":"archived"},"versions":["1!2.0","2.0+cpu"]}
            """.formatted(SHA, META_SHA, MD5);

    private static final String HTML_PAGE = """
            <!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.1"><title>x</title></head><body>
            <a href="../">up</a><a href="?C=M;O=A">sort</a><a href="mailto:x@upstream.test">mail</a>
            <a href="https://files.upstream.test/torch-2.0%%2Bcpu-cp311-cp311-linux_x86_64.whl#sha256=%1$s"
              data-requires-python="&gt;=3.8,&lt;4" data-dist-info-metadata="sha256=%2$s"
              data-core-metadata="sha256=%2$s" data-x-extra="&quot;q&quot;" rel="internal"
              >torch-2.0+cpu-cp311-cp311-linux_x86_64.whl</a><br/>
            <a href="../../packages/torch-1.0.tar.gz#md5=%3$s&amp;egg=torch" data-yanked
              data-gpg-sig="true">one</a><br/>
            <a href='/get?f=9'> torch-0.9.zip </a>
            </body></html>
            """.formatted(SHA, META_SHA, MD5);

    @Test
    void aJsonPageKeepsEverythingButItsLinks() throws IOException {
        JsonNode page = JSON.readTree(render(new PyPiJson("torch", "../../"), JSON_PAGE, PyPi.JSON));
        JsonNode expected = JSON.readTree(JSON_PAGE);
        JsonNode files = page.path("files");
        assertThat(files.size()).isEqualTo(2);
        assertThat(files.path(0).path("url").asString())
                .isEqualTo("../../files/torch/0123456789abcdef/torch-2.0+cpu-cp311-cp311-linux_x86_64.whl");
        assertThat(files.path(0).path("provenance").asString()).isEqualTo("../../integrity/torch/2.0/t.whl/provenance");
        assertThat(files.path(0).path("upload-time").asString()).isEqualTo("2026-01-02T03:04:05.678901Z");
        assertThat(files.path(0).path("unknown").path("deep").path(0).asString())
                .startsWith("1.1");
        for (String key : List.of("hashes", "yanked", "core-metadata", "data-dist-info-metadata", "requires-python")) {
            assertThat(files.path(0).path(key))
                    .isEqualTo(expected.path("files").path(0).path(key));
        }
        assertThat(files.path(1).path("url").asString())
                .matches("../../files/torch/[0-9a-f]{16}/torch-1!2\\.0\\.tar\\.gz");
        assertThat(files.path(1).path("provenance").asString()).isEqualTo("https://other.test/p");
        for (String key : List.of("alternate-locations", "meta", "name", "project-status", "versions")) {
            assertThat(page.path(key)).isEqualTo(expected.path(key));
        }
    }

    @Test
    void aJsonPageBecomesHtml() throws IOException {
        String html = render(new PyPiHtml("torch", "../"), JSON_PAGE, PyPi.JSON);
        assertThat(html)
                .startsWith("<!DOCTYPE html>")
                .contains("<meta name=\"pypi:repository-version\" content=\"1.0\">")
                .contains("<meta name=\"pypi:project-status\" content=\"archived\">")
                .contains("<a href=\"../files/torch/0123456789abcdef/torch-2.0+cpu-cp311-cp311-linux_x86_64.whl#x\"")
                .contains("data-requires-python=\"&gt;=3.8,&lt;4 &amp; &quot;x&quot;\"")
                .contains("data-yanked=\"broken &lt;b&gt;\"")
                .contains("data-core-metadata=\"sha256=" + META_SHA + "\"")
                .contains("data-dist-info-metadata=\"sha256=" + META_SHA + "\"")
                .contains("data-gpg-sig=\"true\"")
                .contains("data-provenance=\"../integrity/torch/2.0/t.whl/provenance\"")
                .contains("torch-1!2.0.tar.gz#md5=" + MD5 + "\" data-provenance=\"https://other.test/p\">")
                .doesNotContain("evil")
                .doesNotContain("files.upstream.test");
    }

    @Test
    void anHtmlPageKeepsItsAttributesAndFragments() throws IOException {
        String html = render(new PyPiHtml("torch", "../../"), HTML_PAGE, "text/html; charset=UTF-8");
        assertThat(html)
                .contains("<meta name=\"pypi:repository-version\" content=\"1.1\">")
                .contains(
                        "<a href=\"../../files/torch/0123456789abcdef/torch-2.0+cpu-cp311-cp311-linux_x86_64.whl#sha256="
                                + SHA + "\" data-requires-python=\"&gt;=3.8,&lt;4\"")
                .contains("data-x-extra=\"&quot;q&quot;\"")
                .contains("/torch-1.0.tar.gz#md5=" + MD5 + "&amp;egg=torch\" data-yanked=\"\" data-gpg-sig=\"true\">")
                .contains("/torch-0.9.zip\">torch-0.9.zip</a>")
                .doesNotContain("mailto")
                .doesNotContain(">up<");
    }

    @Test
    void anHtmlPageBecomesJson() throws IOException {
        JsonNode page = JSON.readTree(render(new PyPiJson("torch", "../"), HTML_PAGE, "text/html"));
        assertThat(page.path("meta").path("api-version").asString()).isEqualTo("1.0");
        assertThat(page.path("name").asString()).isEqualTo("torch");
        JsonNode first = page.path("files").path(0);
        assertThat(first.path("filename").asString()).isEqualTo("torch-2.0+cpu-cp311-cp311-linux_x86_64.whl");
        assertThat(first.path("url").asString()).startsWith("../files/torch/0123456789abcdef/");
        assertThat(first.path("hashes").path("sha256").asString()).isEqualTo(SHA);
        assertThat(first.path("requires-python").asString()).isEqualTo(">=3.8,<4");
        assertThat(first.path("core-metadata").path("sha256").asString()).isEqualTo(META_SHA);
        assertThat(first.path("dist-info-metadata").path("sha256").asString()).isEqualTo(META_SHA);
        JsonNode second = page.path("files").path(1);
        assertThat(second.path("yanked").booleanValue()).isTrue();
        assertThat(second.path("gpg-sig").booleanValue()).isTrue();
        assertThat(second.path("hashes").path("md5").asString()).isEqualTo(MD5);
        assertThat(second.has("core-metadata")).isFalse();
        assertThat(page.path("files").size()).isEqualTo(3);
    }

    @Test
    void aJsonPageListsFilesWithTheirSiblings() throws IOException {
        List<Link> links = links(JSON_PAGE, PyPi.JSON);
        String path = "/files/torch/0123456789abcdef/torch-2.0+cpu-cp311-cp311-linux_x86_64.whl";
        String url = "https://files.upstream.test/packages/ab/torch-2.0%2Bcpu-cp311-cp311-linux_x86_64.whl";
        Coordinates coordinates = new Coordinates("pypi", "torch", "2.0+cpu");
        Instant published = Instant.parse("2026-01-02T03:04:05.678901Z");
        assertThat(links)
                .startsWith(
                        new Link(path, url, sha256(SHA), coordinates, 123, published),
                        new Link(path + ".metadata", url + ".metadata", sha256(META_SHA), coordinates, -1, published),
                        new Link(path + ".asc", url + ".asc", null, coordinates, -1, published))
                .hasSize(4);
        assertThat(links.get(3).url()).isEqualTo("https://upstream.test/packages/torch-1%212.0.tar.gz");
        assertThat(links.get(3).checksum()).isEqualTo(new Checksum.Known(Algorithm.MD5, MD5));
        assertThat(links.get(3).coordinates()).isEqualTo(new Coordinates("pypi", "torch", "1!2.0"));
    }

    @Test
    void anHtmlPageListsFilesWithTheirSiblings() throws IOException {
        assertThat(links(HTML_PAGE, "text/html").stream().map(Link::url))
                .containsExactly(
                        "https://files.upstream.test/torch-2.0%2Bcpu-cp311-cp311-linux_x86_64.whl",
                        "https://files.upstream.test/torch-2.0%2Bcpu-cp311-cp311-linux_x86_64.whl.metadata",
                        "https://upstream.test/packages/torch-1.0.tar.gz",
                        "https://upstream.test/packages/torch-1.0.tar.gz.asc",
                        "https://upstream.test/get?f=9");
    }

    @Test
    void everyLinkOfARenderedPageIsAPathThatResolvesToThatLink() throws IOException {
        URI asked = URI.create(BASE + "/simple/torch/");
        List<String> paths = new ArrayList<>();
        for (JsonNode file : JSON.readTree(render(new PyPiJson("torch", "../../"), JSON_PAGE, PyPi.JSON))
                .path("files")) {
            String path = asked.resolve(file.path("url").asString()).getPath();
            paths.add(path.substring("/pypi".length()));
        }
        assertThat(links(JSON_PAGE, PyPi.JSON).stream().map(Link::path)).containsAll(paths);
        PyPi pypi = new PyPi();
        for (Link link : links(JSON_PAGE, PyPi.JSON)) {
            assertThat(pypi.resolve(Ask.get(link.path())).map(found -> ((Artifact) found).path()))
                    .contains(link.path());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://cdn.upstream.test/x/, torch-1.0.zip,              https://cdn.upstream.test/x/torch-1.0.zip",
        "../../root/,                  torch-1.0.zip,              https://upstream.test/root/torch-1.0.zip",
        "/abs/,                        ../torch-1.0.zip,           https://upstream.test/torch-1.0.zip",
        "'',                           //cdn.upstream.test/torch-1.0.zip, https://cdn.upstream.test/torch-1.0.zip",
        "'', torch-1.0 [x].zip, https://upstream.test/simple/torch/torch-1.0%20%5Bx%5D.zip",
        "ftp://upstream.test/,         torch-1.0.zip,              https://upstream.test/simple/torch/torch-1.0.zip",
    })
    void linksResolveAgainstTheBaseOfTheDocument(String base, String href, String url) throws IOException {
        String page =
                "<html><head><base href=\"" + base + "\"></head><body><a href=\"" + href + "\">x</a></body></html>";
        assertThat(links(page, "text/html").getFirst().url()).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html><head><title>Log in</title></head><body><form action='/in'></form></body></html>",
                "<html><body><a href='/forgot'>Forgot your password?</a></body></html>",
                "Service unavailable",
                "",
                "{\"message\":\"log in\"}",
                "{\"files\":{}}",
                "{\"files\":[{\"filename\":\"a",
                "{\"files\":[]",
            })
    void aPageThatIsNoPageIsRefused(String page) {
        assertThatThrownBy(() -> links(page, "")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> render(new PyPiJson("torch", "../"), page, "")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> render(new PyPiHtml("torch", "../"), page, "")).isInstanceOf(IOException.class);
    }

    @Test
    void aLogInPageLabelledAsJsonIsRefused() {
        assertThatThrownBy(() -> links("<html></html>", PyPi.JSON)).isInstanceOf(IOException.class);
    }

    @Test
    void aBrokenJsonPageIsNotCompletedWithBrackets() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String cut = JSON_PAGE.substring(0, JSON_PAGE.indexOf("\"meta\""));
        assertThatThrownBy(() -> new PyPiJson("torch", "../")
                        .render(stream(cut), new LinkReader.Source(PAGE, PyPi.JSON), BASE, out))
                .isInstanceOf(IOException.class);
        assertThat(out.toString(UTF_8)).doesNotEndWith("}");
    }

    @Test
    void aProjectWithoutFilesIsAPage() throws IOException {
        String html = "<html><head><meta name='pypi:repository-version' content='1.0'></head><body></body></html>";
        assertThat(links(html, "text/html")).isEmpty();
        assertThat(render(new PyPiJson("torch", "../"), html, "text/html"))
                .isEqualTo("{\"meta\":{\"api-version\":\"1.0\"},\"name\":\"torch\",\"files\":[]}");
        assertThat(render(new PyPiHtml("torch", "../"), "{\"meta\":{\"api-version\":\"1.1\"},\"files\":[]}", ""))
                .contains("content=\"1.1\"")
                .doesNotContain("<a ");
    }

    @Test
    void theOlderJsonDocumentGetsAbsoluteLinks() throws IOException {
        String document = """
                {"info":{"package_url":"https://upstream.test/project/torch/","n":1.50},
                 "releases":{"1.0":[{"filename":"torch-1.0.zip","digests":{"md5":"%2$s","sha256":"%1$s"},
                   "url":"https://files.upstream.test/torch-1.0.zip"}],"0.9":[]},
                 "urls":[{"filename":"torch-1.0.zip","digests":{"sha256":"%1$s"},
                   "url":"https://files.upstream.test/torch-1.0.zip","upload_time_iso_8601":"2026-01-02T03:04:05.6Z"}],
                 "vulnerabilities":[]}
                """.formatted(SHA, MD5);
        JsonNode result = JSON.readTree(render(new PyPiLegacy("torch"), document, "application/json"));
        String url = BASE + "/files/torch/0123456789abcdef/torch-1.0.zip";
        assertThat(result.path("urls").path(0).path("url").asString()).isEqualTo(url);
        assertThat(result.path("releases").path("1.0").path(0).path("url").asString())
                .isEqualTo(url);
        assertThat(result.path("releases").path("0.9").isArray()).isTrue();
        assertThat(result.path("info")).isEqualTo(JSON.readTree(document).path("info"));
        assertThat(result.path("urls").path(0).has("upload_time_iso_8601")).isTrue();
    }

    @Test
    void twentyThousandFilesFlowThroughEachRendering() throws IOException {
        String json = "{\"filename\":\"torch-%1$d.zip\",\"url\":\"/p/torch-%1$d.zip\",\"hashes\":{\"sha256\":\"" + SHA
                + "\"},\"size\":%1$d},\n";
        String html = "<a href=\"/p/torch-%1$d.zip#sha256=" + SHA + "\">torch-%1$d.zip</a><br/>\n";
        String last = "{\"filename\":\"torch-0.zip\",\"url\":\"/p/torch-0.zip\"}]}";
        for (Rendering.Renderer renderer :
                List.of(new PyPiJson("torch", "../../"), new PyPiHtml("torch", "../../"), new PyPiLegacy("torch"))) {
            String key = renderer instanceof PyPiLegacy ? "urls" : "files";
            flow(renderer, "{\"" + key + "\":[", json, last);
        }
        flow(new PyPiJson("torch", "../../"), "<html><body>", html, "</body></html>");
        flow(new PyPiHtml("torch", "../../"), "<html><body>", html, "</body></html>");
    }

    /** What was read and not yet written is what a renderer has in memory: each file is about as long as before. */
    private static void flow(Rendering.Renderer renderer, String begin, String file, String end) throws IOException {
        long[] written = new long[1];
        long[] most = new long[1];
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) {
                written[0]++;
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                written[0] += length;
            }
        };
        InputStream in = new InputStream() {
            private InputStream part = stream(begin);
            private int files;
            private long read;

            @Override
            public int read() {
                throw new UnsupportedOperationException("one byte at a time");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (part.available() == 0 && files <= 20_000) {
                    part = stream(files < 20_000 ? file.formatted(files) : end);
                    files++;
                }
                int n = part.read(target, offset, length);
                read += n;
                most[0] = Math.max(most[0], read - written[0]);
                return n;
            }
        };
        renderer.render(in, new LinkReader.Source(PAGE, ""), BASE, out);
        assertThat(written[0]).isGreaterThan(20_000L * 100);
        assertThat(most[0]).isLessThan(1 << 20);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private static Checksum.@Nullable Known sha256(String hex) {
        return new Checksum.Known(Algorithm.SHA256, hex);
    }

    private static List<Link> links(String page, String type) throws IOException {
        List<Link> links = new ArrayList<>();
        new PyPiLinks("torch").read(stream(page), new LinkReader.Source(PAGE, type), links::add);
        return Collections.unmodifiableList(links);
    }

    private static String render(Rendering.Renderer renderer, String page, String type) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        renderer.render(stream(page), new LinkReader.Source(PAGE, type), BASE, out);
        return out.toString(UTF_8);
    }
}
