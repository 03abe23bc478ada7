package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpmTest {

    private static final String SHORT = "application/vnd.npm.install-v1+json";

    private final Npm npm = new Npm();

    @ParameterizedTest
    @CsvSource({
        "/lodash, /lodash, /lodash, lodash",
        "/lodash/, /lodash, /lodash, lodash",
        "/JSONStream, /JSONStream, /JSONStream, JSONStream",
        "/-, /-, /-, -",
        "/@babel/core, /@babel/core, /@babel%2fcore, @babel/core",
        "/@babel%2fcore, /@babel/core, /@babel%2fcore, @babel/core",
        "/@babel%2Fcore, /@babel/core, /@babel%2fcore, @babel/core",
        "/%40babel%2Fcore, /@babel/core, /@babel%2fcore, @babel/core",
    })
    void aNameIsAPackument(String asked, String path, String origin, String name) {
        Index index = index(asked);

        assertThat(index.path()).isEqualTo(path);
        assertThat(index.place()).isEqualTo(name + "/packument.json");
        assertThat(index.origin()).isEqualTo(new Origin.At("", origin, ""));
        assertThat(index.coordinates()).isEqualTo(new Coordinates("npm", name, null));
        assertThat(index.links()).isEqualTo(new NpmLinks(new NpmPackage(name)));
        assertThat(index.accept()).startsWith("application/json").contains("*/*;q=");
        assertThat(rendering(index)).isEqualTo("full application/json");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "-                                                      | full",
                "*/*                                                    | full",
                "application/json                                       | full",
                "application/json; q=1.0, */*                           | full",
                "text/html, */*;q=0.8                                   | full",
                "image/png                                              | full",
                SHORT + "                                               | abbreviated",
                SHORT + "; q=1.0, application/json; q=0.8, */*          | abbreviated",
                SHORT + ", application/json                             | abbreviated",
                "Application/Vnd.npm.install-v1+JSON                    | abbreviated",
                SHORT + ";q=0.5, application/json                       | full",
                SHORT + ";q=0.5, */*                                    | full",
                SHORT + ";q=0, application/json;q=0.1                   | full",
            })
    void theShortFormIsForThoseWhoAskForIt(@Nullable String accept, String form) {
        Index index = (Index)
                npm.resolve(new Ask("GET", "/lodash", "", Accept.parse(accept))).orElseThrow();

        assertThat(rendering(index)).startsWith(form + " ");
        assertThat(index.accept()).as("upstream").startsWith("application/json,");
    }

    @ParameterizedTest
    @CsvSource({
        "/lodash/4.17.21, /lodash, version-4.17.21",
        "/lodash/latest, /lodash, version-latest",
        "/lodash/5.0.0-rc.1+build, /lodash, version-5.0.0-rc.1+build",
        "/lodash/download, /lodash, version-download",
        "/@babel/core/7.0.0, /@babel/core, version-7.0.0",
        "/@babel%2fcore/next, /@babel/core, version-next",
        "/-/package/lodash/dist-tags, /lodash, dist-tags",
        "/-/package/@babel/core/dist-tags, /@babel/core, dist-tags",
        "/-/package/@babel%2fcore/dist-tags, /@babel/core, dist-tags",
    })
    void aVersionATagAndTheTagsAreCutOutOfThePackument(String asked, String path, String form) {
        Index index = index(asked);

        assertThat(index.path()).isEqualTo(path);
        assertThat(index.place()).isEqualTo(path.substring(1) + "/packument.json");
        assertThat(rendering(index)).isEqualTo(form + " application/json");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "/lodash/-/lodash-4.17.21.tgz, /lodash/-/lodash-4.17.21.tgz, lodash/4.17.21/lodash-4.17.21.tgz, 4.17.21",
                "/@babel/core/-/core-7.0.0.tgz, /@babel/core/-/core-7.0.0.tgz, @babel/core/7.0.0/core-7.0.0.tgz, 7.0.0",
                "/@babel%2fcore/-/core-7.0.0.tgz, /@babel/core/-/core-7.0.0.tgz, @babel/core/7.0.0/core-7.0.0.tgz, 7.0.0",
                "/@s/n/-/@s/n-1.0.0.tgz, /@s/n/-/n-1.0.0.tgz, @s/n/1.0.0/n-1.0.0.tgz, 1.0.0",
                "/n/download/n-1.0.0.tgz, /n/-/n-1.0.0.tgz, n/1.0.0/n-1.0.0.tgz, 1.0.0",
                "/@s/n/download/n-1.0.0.tgz, /@s/n/-/n-1.0.0.tgz, @s/n/1.0.0/n-1.0.0.tgz, 1.0.0",
                "/download/@s/n/1.0.0/0a1b2c, /@s/n/-/n-1.0.0.tgz, @s/n/1.0.0/n-1.0.0.tgz, 1.0.0",
                "/n/-/odd name.tgz, /n/-/odd name.tgz, n/-/odd name.tgz, null",
                "/-/-/--0.0.1.tgz, /-/-/--0.0.1.tgz, -/0.0.1/--0.0.1.tgz, 0.0.1",
            })
    void aTarballIsAnArtifactListedInItsPackument(String asked, String path, String place, @Nullable String version) {
        Artifact artifact = (Artifact) resolve("GET", asked);
        String name = path.substring(1, path.indexOf("/-/", 1));

        assertThat(artifact.path()).isEqualTo(path);
        assertThat(artifact.place()).isEqualTo(place);
        assertThat(artifact.coordinates()).isEqualTo(new Coordinates("npm", name, version));
        assertThat(artifact.contentType()).isEqualTo("application/octet-stream");
        assertThat(artifact.origin())
                .isEqualTo(Origin.At.path(asked.replace("%2f", "/")))
                .extracting(origin -> ((Origin.At) origin).path())
                .isEqualTo(asked.replace("%2f", "/").replace(" ", "%20"));
        assertThat(artifact.checksum()).isInstanceOfSatisfying(Checksum.Listed.class, listed -> {
            assertThat(listed.indexes().getFirst().path()).isEqualTo("/" + name);
            assertThat(listed.indexes().getFirst().links()).isNotNull();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/@babel",
                "/@/x",
                "/.hidden",
                "/_utils",
                "/favicon.ico",
                "/node_modules",
                "/..%2f..%2fetc",
                "/@s%2f..",
                "/@s%2fa%2fb/-/b-1.0.0.tgz",
                "/lodash%00",
                "/lodash/-/lodash",
                "/lodash/-/.tgz",
                "/lodash/-/..%2fx-1.0.0.tgz",
                "/lodash/-/a/b.tgz",
                "/lodash/-/a/b/c.tgz",
                "/lodash/dist/lodash-1.0.0.tgz",
                "/lodash//lodash-1.0.0.tgz",
                "/@s/n/-/@t/n-1.0.0.tgz",
                "/download/s/n/1.0.0/0a1b2c",
                "/download/@s/n/%2e%2e/0a1b2c",
                "/download/@s/n/latest/0a1b2c",
                "/a/b/c/d/e/f",
            })
    void nonsenseDoesNotExist(String path) {
        assertThat(npm.resolve(Ask.get(path))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /lodash/^4.0.0, 404",
        "GET, /lodash/>=1 <2, 404",
        "GET, /lodash/*, 404",
        "GET, /lodash/.., 404",
        "GET, /lodash/-, 404",
        "GET, /lodash/-/, 404",
        "GET, /-/, 404",
        "GET, /-/all, 404",
        "GET, /-/npm/v1/user, 404",
        "GET, /-/npm/v1/tokens, 404",
        "GET, /-/npm/v1/security/advisories/bulk, 404",
        "GET, /-/npm/v1/attestations/lodash, 404",
        "GET, /-/npm/v1/attestations/@s/n, 404",
        "GET, /-/npm/v1/attestations/..@1.0.0, 404",
        "GET, /-/org/team/package, 404",
        "GET, /-/package/lodash/access, 404",
        "GET, /-/package/dist-tags, 404",
        "GET, /-/package/lodash/dist-tags/latest, 404",
        "GET, /-/whoami, 401",
        "PUT, /-/user/org.couchdb.user:me, 404",
        "DELETE, /-/user/token/abc, 404",
        "POST, /-/v1/login, 404",
        "PUT, /lodash, 405",
        "PUT, /@babel%2fcore, 405",
        "PUT, /-/package/lodash/dist-tags/latest, 405",
        "DELETE, /lodash/-/lodash-1.0.0.tgz/-rev/1, 405",
        "POST, /lodash, 405",
        "PATCH, /.., 405",
        "PUT, /-/npm/v1/security/audits, 405",
        "POST, /-/npm/v1/security/other, 405",
    })
    void whatIsNotServedIsRefused(String method, String path, int status) {
        assertThat(resolve(method, path))
                .isInstanceOfSatisfying(
                        Resource.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(status));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /-/npm/v1/security/advisories/bulk, ''",
        "POST, /-/npm/v1/security/audits, ''",
        "POST, /-/npm/v1/security/audits/quick, ''",
        "GET, /-/v1/search, text=left%20pad&size=20",
        "HEAD, /-/v1/search, text=x",
    })
    void auditsAndSearchesPassThrough(String method, String path, String query) {
        assertThat(npm.resolve(new Ask(method, path, query, Accept.ANY)))
                .contains(new Resource.Passthrough(new Origin.At("", path, query)));
    }

    @ParameterizedTest
    @CsvSource({
        "/-/npm/v1/keys, /-/npm/v1/keys, -/npm/v1/keys.json",
        "/-/npm/v1/attestations/n@1.0.0, /-/npm/v1/attestations/n@1.0.0, n/1.0.0/attestations.json",
        "/-/npm/v1/attestations/@s/n@1.0.0, /-/npm/v1/attestations/@s%2fn@1.0.0, @s/n/1.0.0/attestations.json",
        "/-/npm/v1/attestations/@s%2fn@1.0.0, /-/npm/v1/attestations/@s%2fn@1.0.0, @s/n/1.0.0/attestations.json",
    })
    void keysAndAttestationsAreKeptForMinutes(String asked, String origin, String place) {
        Index index = index(asked);

        assertThat(index.path()).isEqualTo(asked.replace("%2f", "/"));
        assertThat(index.origin()).isEqualTo(new Origin.At("", origin, ""));
        assertThat(index.place()).isEqualTo(place);
        assertThat(index.rendering()).isNull();
        assertThat(index.freshFor()).isEqualTo(Resource.FRESH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/lodash", "/lodash/latest", "/lodash/-/lodash-4.17.21.tgz", "/-/npm/v1/keys"})
    void headIsWhatGetIs(String path) {
        assertThat(resolve("HEAD", path)).hasSameClassAs(resolve("GET", path));
    }

    @Test
    void aPingNeedsNoUpstream() {
        assertThat(resolve("GET", "/-/ping")).isInstanceOfSatisfying(Resource.Literal.class, literal -> {
            assertThat(literal.status()).isEqualTo(200);
            assertThat(new String(literal.body().apply(URI.create("http://127.0.0.1")), UTF_8))
                    .isEqualTo("{}");
        });
    }

    @Test
    void refusalsAreWhatNpmPrints() {
        Format.Refusal refusal = npm.refusal(405, "no \"writes\" here");

        assertThat(refusal.contentType()).isEqualTo("application/json");
        assertThat(refusal.body()).isEqualTo("{\"error\":\"no \\\"writes\\\" here\"}");
    }

    private Resource resolve(String method, String path) {
        return npm.resolve(new Ask(method, path, "", Accept.ANY)).orElseThrow();
    }

    private Index index(String path) {
        return (Index) resolve("GET", path);
    }

    private static @Nullable String rendering(Index index) {
        Rendering rendering = index.rendering();
        return rendering == null ? null : rendering.name() + " " + rendering.contentType();
    }
}
