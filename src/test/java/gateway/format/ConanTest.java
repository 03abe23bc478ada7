package gateway.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConanTest {

    private static final String R = "/v2/conans/zlib/1.3+x/_/_";
    private static final String REVISION = "0123456789abcdef0123456789abcdef";
    private static final String RECIPE = R + "/revisions/" + REVISION;
    private static final String PACKAGE = RECIPE + "/packages/" + "a".repeat(40);
    private static final String BINARY = PACKAGE + "/revisions/" + REVISION;
    private final Conan conan = new Conan();

    static Stream<String> indexes() {
        return Stream.of(
                R + "/latest",
                R + "/revisions",
                RECIPE + "/files",
                PACKAGE + "/latest",
                PACKAGE + "/revisions",
                BINARY + "/files",
                "/v2/conans/latest/revisions/files/packages/latest");
    }

    @ParameterizedTest
    @MethodSource("indexes")
    void whatChangesIsAnIndexInTheOneContentTypeThatClientsTake(String path) {
        Index index = (Index) resolve(path);

        assertThat(index.path()).isEqualTo(path);
        assertThat(index.place()).isEqualTo(path.substring("/v2/conans/".length()) + ".json");
        assertThat(index.contentType()).isEqualTo("application/json");
        assertThat(index.freshFor())
                .isEqualTo(path.endsWith("/files") ? Duration.ofMinutes(10) : Duration.ofMinutes(1));
    }

    /** As big as a search for everything on a busy server can be, and more than the heap of a test. */
    @Test
    void aHugeAnswerIsReadAsItComes() throws IOException {
        Index index = (Index) resolve(RECIPE + "/search");
        String binary = "{\"settings\":{\"os\":\"Linux\"},\"requires\":[" + "\"zlib/1.3\",".repeat(2_000) + "\"a/1\"]}";
        int packages = 60_000;
        Ahead answer = new Ahead(
                CondaSamples.generated(
                        packages + 1,
                        i -> i == packages ? "}" : (i == 0 ? "{" : ",") + "\"%040x\":%s".formatted(i, binary)),
                () -> 0,
                Long.MAX_VALUE);

        Objects.requireNonNull(index.links())
                .read(answer, new LinkReader.Source(URI.create("https://conan.test/search"), ""), link -> {
                    throw new AssertionError(link.toString());
                });

        assertThat(answer.position()).isGreaterThan(1L << 30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"conanmanifest.txt", "conanfile.py", "conan_export.tgz", "conan_sources.txz", "other.bin"})
    void filesOfARevisionAreArtifacts(String file) {
        for (String folder : new String[] {RECIPE + "/files/", BINARY + "/files/"}) {
            Artifact artifact = (Artifact) resolve(folder + file);

            assertThat(artifact.path()).isEqualTo(folder + file);
            assertThat(artifact.place()).isEqualTo((folder + file).substring("/v2/conans/".length()));
            assertThat(artifact.coordinates()).isEqualTo(new Coordinates("conan", "zlib", "1.3+x"));
        }
    }

    @Test
    void aFileIsCheckedByTheManifestAndTheManifestByTheRevision() {
        Artifact manifest = (Artifact) resolve(BINARY + "/files/conanmanifest.txt");
        Artifact archive = (Artifact) resolve(BINARY + "/files/conan_package.tgz");
        Artifact other = (Artifact) resolve(BINARY + "/files/other.bin");

        assertThat(manifest.check()).isEqualTo(new ConanRevision(REVISION));
        assertThat(archive.checkedBy()).extracting(Check.By::document).isEqualTo(manifest);
        assertThat(manifest.checkedBy()).isNull();
        assertThat(other.checkedBy()).isNull();
    }

    @Test
    void metadataMayChange() {
        Index index = (Index) resolve(RECIPE + "/files/metadata/sign/signature.asc");

        assertThat(index.rendering()).isNull();
        assertThat(index.encoded()).isFalse();
        assertThat(resolve(RECIPE + "/files/metadata/.conan/build.json")).isInstanceOf(Index.class);
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/conans/search, q=zlib*&ignorecase=False, @search/",
        R + "/search, list_only=True, zlib/1.3+x/_/_/search/",
        RECIPE + "/search, list_only=False, zlib/1.3+x/_/_/revisions/" + REVISION + "/search/",
    })
    void searchesAreKeptForTheirQuestion(String path, String query, String place) {
        Index index =
                (Index) conan.resolve(new Ask("GET", path, query, Accept.ANY)).orElseThrow();

        assertThat(index.path()).isEqualTo(path + "?" + query);
        assertThat(index.origin()).isEqualTo(Origin.At.path(path).asking(query));
        assertThat(index.place()).matches(java.util.regex.Pattern.quote(place) + "[0-9a-f]{32}\\.json");
        assertThat(((Index) resolve(path)).place()).isEqualTo(place + "all.json");
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/ping, ''",
        "/v2/ping, ''",
        "/v1/users/authenticate, anonymous",
        "/v2/users/authenticate, anonymous",
        "/v2/users/check_credentials, anonymous",
    })
    void greetingsAreAnsweredHere(String path, String text) {
        Resource.Literal literal = (Resource.Literal) resolve(path);

        assertThat(literal.status()).isEqualTo(200);
        assertThat(literal.body().apply(URI.create("http://localhost")))
                .asString()
                .isEqualTo(text);
        assertThat(literal.headers().containsKey("X-Conan-Server-Capabilities")).isEqualTo(path.endsWith("ping"));
    }

    @Test
    void theFirstApiIsRefusedWithAHint() {
        assertThat(resolve("/v1/conans/zlib/1.3/_/_/download_urls"))
                .isInstanceOfSatisfying(
                        Resource.Refused.class, it -> assertThat(it.status()).isEqualTo(404));
    }

    static Stream<String> nothing() {
        return Stream.of(
                "/",
                "/v2",
                "/v2/conans",
                "/v2/conans/zlib/1.3",
                "/v2/conans/zlib/1.3/_/_",
                R + "/",
                R + "/packages",
                R + "/revisions/",
                R + "/revisions/a.b/files",
                RECIPE,
                RECIPE + "/latest",
                RECIPE + "/packages",
                RECIPE + "/files/",
                RECIPE + "/files/metadata",
                RECIPE + "/files/.hidden",
                RECIPE + "/files/a/../b",
                RECIPE + "/files/a//b",
                RECIPE + "/files/a\\b",
                RECIPE + "/files/a?b",
                PACKAGE,
                PACKAGE + "/files",
                BINARY,
                BINARY + "/other",
                "/v2/conans/-zlib/1.3/_/_/latest",
                "/v2/conans/zl ib/1.3/_/_/latest",
                "/v2/conans/zlib/../_/_/latest",
                "/v2/conans/" + "a".repeat(200) + "/1/_/_/latest",
                "/v2/files/zlib/1.3/_/_/0/export/conanfile.py");
    }

    @ParameterizedTest
    @MethodSource("nothing")
    void anythingElseIsNoPath(String path) {
        assertThat(conan.resolve(Ask.get(path))).isEmpty();
    }

    @Test
    void uploadsAreRefused() {
        assertThat(conan.resolve(new Ask("PUT", RECIPE + "/files/conanfile.py", "", Accept.ANY)))
                .hasValueSatisfying(it -> assertThat(it).isInstanceOf(Resource.Refused.class));
    }

    private Resource resolve(String path) {
        return conan.resolve(Ask.get(path)).orElseThrow();
    }
}
