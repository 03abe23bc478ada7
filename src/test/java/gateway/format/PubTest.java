package gateway.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PubTest {

    private final Pub pub = new Pub();

    @ParameterizedTest
    @ValueSource(strings = {"path", "_discoveryapis_commons", "a", "versions", "JSON_2"})
    void aListingIsAnIndexThatIsRewritten(String name) {
        Index index = (Index) resolve("/api/packages/" + name);

        assertThat(index.place()).isEqualTo(name + "/listing.json");
        assertThat(index.coordinates()).isEqualTo(new Coordinates("pub", name, null));
        assertThat(index.links()).isEqualTo(new PubListing(name));
        assertThat(index.accept()).startsWith(Pub.JSON).contains("*/*;q=");
        assertThat(rendering(index)).isEqualTo("listing " + Pub.JSON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0", "1.0.0-dev.1", "2.0.0+1", "0.12.0-nullsafety.0+x.y"})
    void aVersionIsCutOutOfTheListing(String version) {
        Index index = (Index) resolve("/api/packages/path/versions/" + version);

        assertThat(index.path()).isEqualTo("/api/packages/path");
        assertThat(rendering(index)).isEqualTo("version-" + version + " " + Pub.JSON);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/archives/path-1.9.0.tar.gz,                 path, 1.9.0",
        "/packages/path/versions/1.9.0.tar.gz,            path, 1.9.0",
        "/api/archives/a_b-2.0.0+1.tar.gz,                a_b,  2.0.0+1",
        "/packages/a_b/versions/2.0.0+1.tar.gz,           a_b,  2.0.0+1",
        "/api/archives/a-1.0.0-dev.2.tar.gz,              a,    1.0.0-dev.2",
        "/api/archives/a-1.0.0-x.tar.gz.tar.gz,           a,    1.0.0-x.tar.gz",
    })
    void everySpellingOfAnArchiveIsOneArtifact(String path, String name, String version) {
        Artifact artifact = (Artifact) resolve(path);

        assertThat(artifact.path()).isEqualTo("/api/archives/" + name + "-" + version + ".tar.gz");
        assertThat(artifact.place()).isEqualTo(name + "/" + version + "/" + name + "-" + version + ".tar.gz");
        assertThat(artifact.coordinates()).isEqualTo(new Coordinates("pub", name, version));
        assertThat(artifact.origin()).isEqualTo(new Origin.Linked());
        assertThat(((Checksum.Listed) artifact.checksum()).indexes().getFirst().path())
                .isEqualTo("/api/packages/" + name);
    }

    @Test
    void advisoriesStandBesideTheListing() {
        Index advisories = (Index) resolve("/api/packages/path/advisories");

        assertThat(advisories.place()).isEqualTo("path/advisories.json");
        assertThat(advisories.rendering()).isNull();
    }

    @Test
    void namesAreKeptAndSearchesPassedOn() {
        assertThat(resolve("/api/package-names")).isInstanceOf(Index.class);
        assertThat(resolve("/api/package-name-completion-data")).isInstanceOf(Index.class);
        assertThat(pub.resolve(new Ask("GET", "/api/search", "q=path&page=2", Accept.ANY)))
                .contains(new Resource.Passthrough(new Origin.At("", "/api/search", "q=path&page=2")));
    }

    @ParameterizedTest
    @CsvSource({"GET, /api/packages/versions/new", "POST, /api/packages/versions/newUpload", "PUT, /api/packages/a"})
    void nothingIsPublishedHere(String method, String path) {
        assertThat(pub.resolve(new Ask(method, path, "", Accept.ANY)))
                .get()
                .isInstanceOfSatisfying(
                        Resource.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(405));
    }

    @Test
    void refusalsHaveTheShapeThatTheClientPrints() {
        Format.Refusal refusal = pub.refusal(404, "no \"x\"");

        assertThat(refusal.contentType()).isEqualTo(Pub.JSON);
        assertThat(refusal.body()).contains("\"code\":\"NotFound\"").contains("\"message\":\"no \\\"x\\\"\"");
        assertThat(pub.refusal(502, "x").body()).contains("UpstreamFailed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/api",
                "/api/packages",
                "/api/packages/",
                "/api/packages/a-b",
                "/api/packages/1a",
                "/api/packages/..",
                "/api/packages/a%2e",
                "/api/packages/a/",
                "/api/packages/a/versions",
                "/api/packages/a/versions/",
                "/api/packages/a/versions/1.0",
                "/api/packages/a/versions/../b",
                "/api/packages/a/versions/1.0.0/x",
                "/api/packages/a/advisories/x",
                "/api/packages/a/options",
                "/api/archives/a-1.0.tar.gz",
                "/api/archives/a-.tar.gz",
                "/api/archives/-1.0.0.tar.gz",
                "/api/archives/a-1.0.0.zip",
                "/api/archives/a/b-1.0.0.tar.gz",
                "/api/archives/a-1.0.0-/x.tar.gz",
                "/packages/a/versions/1.0.0",
                "/packages/a/versions/../1.0.0.tar.gz",
                "/packages/a b/versions/1.0.0.tar.gz",
                "/packages/a",
                "/documentation/a/latest"
            })
    void anythingElseIsNoPath(String path) {
        assertThat(pub.resolve(Ask.get(path))).isEmpty();
    }

    private Resource resolve(String path) {
        return pub.resolve(Ask.get(path)).orElseThrow();
    }

    private static String rendering(Index index) {
        Rendering rendering = index.rendering();
        return rendering == null ? "none" : rendering.name() + " " + rendering.contentType();
    }
}
