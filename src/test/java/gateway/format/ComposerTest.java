package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComposerTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String ROOT = """
            {"packages": [], "metadata-url": "https://meta.test/x/%package%.json?v=2",
             "search": "https://site.test/search.json?q=%query%&type=%type%", "list": "/packages/list.json",
             "providers-api": "https://site.test/providers/%package%.json",
             "security-advisories": {"metadata": true, "api-url": "https://site.test/api/"}}""";

    private final Composer composer = new Composer();

    @ParameterizedTest
    @CsvSource({
        "/p2/monolog/monolog.json, /p2/monolog/monolog.json, monolog/monolog/packages.json, monolog/monolog",
        "/p2/Acme/Lib.JSON, /p2/acme/lib.json, acme/lib/packages.json, acme/lib",
        "/p2/acme/lib~dev.json, /p2/acme/lib~dev.json, acme/lib/packages~dev.json, acme/lib",
        "/p2/a/b.json, /p2/a/b.json, a/b/packages.json, a/b",
        "/p2/a-b/c_d.e--f.json, /p2/a-b/c_d.e--f.json, a-b/c_d.e--f/packages.json, a-b/c_d.e--f",
        "/p2/packages.json/x.json, /p2/packages.json/x.json, packages.json/x/packages.json, packages.json/x",
    })
    void aPackageHasTwoDocuments(String asked, String path, String place, String name) {
        Index index = (Index) resolve("GET", asked);

        assertThat(index.path()).isEqualTo(path);
        assertThat(index.place()).isEqualTo(place);
        assertThat(index.coordinates()).isEqualTo(new Coordinates("composer", name, null));
        assertThat(index.rendering()).isNotNull();
        String file = path.substring("/p2/".length(), path.length() - ".json".length());
        assertThat(told(index.origin())).isEqualTo("https://meta.test/x/" + file + ".json?v=2");
    }

    @ParameterizedTest
    @CsvSource({
        "/dist/acme/lib/" + COMMIT + ".zip, " + COMMIT + ", zip, ~",
        "/dist/Acme/lib/" + COMMIT + ".zip, " + COMMIT + ", zip, ~",
        "/dist/acme/lib/dev/" + COMMIT + ".zip, " + COMMIT + ", zip, ~dev",
        "/dist/acme/lib/" + COMMIT + "-0123456789ab.tar.gz, " + COMMIT + "-0123456789ab, tar.gz, ~",
        "/dist/acme/lib/u" + COMMIT + ".phar, u" + COMMIT + ", phar, ~",
        "/dist/acme/lib/0123456.tar, 0123456, tar, ~",
    })
    void anArchiveIsListedInOneOfThem(String asked, String key, String ending, String document) {
        Artifact archive = (Artifact) resolve("GET", asked);

        assertThat(archive.path()).isEqualTo("/dist/acme/lib/" + key + "." + ending);
        assertThat(archive.place()).isEqualTo("acme/lib/" + key + "/lib-" + key + "." + ending);
        assertThat(archive.origin()).isEqualTo(new Origin.Linked());
        assertThat(archive.check() != null).isEqualTo(ending.equals("zip"));
        assertThat(archive.checksum()).isInstanceOfSatisfying(Checksum.Listed.class, listed -> {
            assertThat(listed.indexes().getFirst().path())
                    .isEqualTo("/p2/acme/lib"
                            + document.replace("~dev", "~DEV").replace("~", "").replace("DEV", "~dev") + ".json");
            assertThat(listed.indexes()).map(Index::path).hasSize(3).last().isEqualTo("/packages.json");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET  | /search.json              | q=a+b%26c&type=library | https://site.test/search.json?q=a+b%26c&type=library",
                "GET  | /search.json              | q=%25type%25           | https://site.test/search.json?q=%25type%25&type=",
                "GET  | /packages/list.json       | filter=a%2F*           | /packages/list.json?filter=a%2F*",
                "GET  | /providers/Acme/lib.json  | ''                     | https://site.test/providers/acme/lib.json",
                "GET  | /api/security-advisories/ | updatedSince=1         | https://site.test/api/?updatedSince=1",
                "POST | /api/security-advisories/ | ''                     | https://site.test/api/",
            })
    void questionsPassToWhereTheRootSays(String method, String path, String query, String url) {
        Resource resource =
                composer.resolve(new Ask(method, path, query, Accept.ANY)).orElseThrow();

        assertThat(told(((Resource.Passthrough) resource).origin())).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/p2",
                "/p2/lib.json",
                "/p2/acme/lib",
                "/p2/acme/lib.json.gz",
                "/p2/acme/lib~.json",
                "/p2/acme/lib~dev~dev.json",
                "/p2/acme/%lib.json",
                "/p2/.acme/lib.json",
                "/p2/acme/.lib.json",
                "/p2/acme/../lib.json",
                "/p2/a/b/c.json",
                "/p2/-/packages.json",
                "/p/acme/lib$0123.json",
                "/dist/acme/lib/main.zip",
                "/dist/acme/lib/0123456.exe",
                "/dist/acme/lib/0123456",
                "/dist/acme/lib/dev/dev/0123456.zip",
                "/dist/acme/0123456.zip",
                "/dist/acme/lib/0123456-.zip",
                "/dist/../lib/0123456.zip",
                "/providers/acme.json",
                "/providers/acme/../x.json",
                "/search",
            })
    void nonsenseDoesNotExist(String path) {
        assertThat(composer.resolve(Ask.get(path))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"PUT, /p2/acme/lib.json", "POST, /packages.json", "POST, /downloads/", "DELETE, /x"})
    void writesAreRefused(String method, String path) {
        assertThat(resolve(method, path))
                .isInstanceOfSatisfying(
                        Resource.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(405));
    }

    @Test
    void aRootThatSaysNothingTellsNothing() {
        Origin.Told told = (Origin.Told) ((Index) resolve("GET", "/p2/acme/lib.json")).origin();

        for (String root : List.of("{}", "[]", "{\"metadata-url\":1}", "{\"metadata-url\":\"a b\"}", "{\"x\"", "")) {
            assertThat(told.url().expand(root.getBytes(UTF_8), null)).as(root).isEmpty();
        }
    }

    @Test
    void refusalsAreWhatComposerPrints() {
        assertThat(composer.refusal(502, "no \"luck\"").body()).isEqualTo("{\"warning\":\"no \\\"luck\\\"\"}");
        assertThat(composer.refusal(404, "none").contentType()).startsWith("text/plain");
    }

    private Resource resolve(String method, String path) {
        return composer.resolve(new Ask(method, path, "", Accept.ANY)).orElseThrow();
    }

    private static String told(Origin origin) {
        Origin.Told told = (Origin.Told) origin;
        assertThat(told.index().path()).isEqualTo("/packages.json");
        return told.url().expand(ROOT.getBytes(UTF_8), null).orElseThrow();
    }
}
