package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NuGetTest {

    private static final String SERVICE = """
            {"version":"3.0.0","resources":[
              {"@id":"https://flat.test/v3-flat/","@type":"PackageBaseAddress/3.0.0"},
              {"@id":"https://api.test/reg/","@type":"RegistrationsBaseUrl"},
              {"@id":"https://api.test/reg-gz","@type":["RegistrationsBaseUrl/3.4.0"]},
              {"@id":"https://api.test/reg-2/","@type":"RegistrationsBaseUrl/3.6.0","comment":["x",{}]},
              {"@id":"https://search.test/query","@type":"SearchQueryService"},
              {"@id":"https://search-2.test/query","@type":"SearchQueryService"},
              {"@id":"https://search.test/complete?feed=1","@type":"SearchAutocompleteService/3.5.0"}
            ],"@context":{"@vocab":"http://schema.test/"}}""";

    private final NuGet nuget = new NuGet();

    @ParameterizedTest
    @CsvSource({
        "Newtonsoft.Json, 13.0.3, newtonsoft.json, 13.0.3",
        "a, 1, a, 1.0.0",
        "a, 1.2, a, 1.2.0",
        "a, 01.002.0003.0, a, 1.2.3",
        "a, 1.2.3.4, a, 1.2.3.4",
        "A_b-C.d, 1.0.0-Beta.1+Build.5, a_b-c.d, 1.0.0-beta.1",
    })
    void aPackageHasOneAddressInWhateverWayItIsWritten(String id, String version, String name, String number) {
        String place = name + "/" + number + "/" + name + "." + number + ".nupkg";

        for (String file :
                List.of(id + "." + version + ".nupkg", (name + "." + number + ".nupkg").toUpperCase(Locale.ROOT))) {
            Artifact nupkg = (Artifact) resolve("/v3/flat/" + id + "/" + version + "/" + file);
            assertThat(nupkg.path()).isEqualTo("/v3/flat/" + place);
            assertThat(nupkg.place()).isEqualTo(place);
            assertThat(nupkg.coordinates()).isEqualTo(new Coordinates("nuget", name, number));
            assertThat(nupkg.digests()).containsExactly(Algorithm.SHA512);
            assertThat(nupkg.check()).isNotNull();
            assertThat(told(nupkg.origin())).isEqualTo("https://flat.test/v3-flat/" + place);
            assertThat(nupkg.checksum())
                    .isInstanceOfSatisfying(
                            Checksum.ListedBeside.class,
                            beside -> assertThat(beside.index().path())
                                    .isEqualTo("/v3/catalog/" + name + "/" + number + ".json"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v3/flat/A.B/index.json | /v3/flat/a.b/index.json | a.b/versions.json | https://flat.test/v3-flat/a.b/index.json",
                "/v3/registration/A/index.json | /v3/registration/a/index.json | a/registration/index.json | https://api.test/reg/a/index.json",
                "/v3/registration-gz/a/1.0.0.json | /v3/registration-gz/a/1.0.0.json | a/registration-gz/1.0.0.json | https://api.test/reg-gz/a/1.0.0.json",
                "/v3/registration-semver2/a/page/1.0.0/2.0.0-B.json | /v3/registration-semver2/a/page/1.0.0/2.0.0-B.json"
                        + " | a/registration-semver2/page/1.0.0/2.0.0-B.json | https://api.test/reg-2/a/page/1.0.0/2.0.0-B.json",
            })
    void indexesAreWhereTheServiceIndexSays(String asked, String path, String place, String url) {
        Index index = (Index) resolve(asked);

        assertThat(index.path()).isEqualTo(path);
        assertThat(index.place()).isEqualTo(place);
        assertThat(told(index.origin())).isEqualTo(url);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v3/query | q=b&a=1 | /v3/query?a=1&q=b | https://search.test/query?q=b&a=1",
                "/v3/query | a=1&q=%62 | /v3/query?a=1&q=b | https://search.test/query?a=1&q=%62",
                "/v3/query | '' | /v3/query? | https://search.test/query",
                "/v3/autocomplete | id=x | /v3/autocomplete?id=x | https://search.test/complete?feed=1&id=x",
            })
    void questionsAreKeptUnderWhatTheyAsk(String asked, String query, String path, String url) {
        Index index =
                (Index) nuget.resolve(new Ask("GET", asked, query, Accept.ANY)).orElseThrow();

        assertThat(index.path()).isEqualTo(path);
        assertThat(index.place()).startsWith("-/").endsWith(".json").doesNotContain("?");
        assertThat(told(index.origin())).isEqualTo(url);
    }

    @ParameterizedTest
    @CsvSource({
        "readme, a/1.0.0/readme",
        "icon, a/1.0.0/icon",
        "license, a/1.0.0/license",
        "A.nuspec, a/1.0.0/a.nuspec",
    })
    void whatStandsBesideAPackageIsKeptAsWell(String file, String place) {
        assertThat(((Artifact) resolve("/v3/flat/a/1.0/" + file)).place()).isEqualTo(place);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            delimiter = '|',
            value = {
                "/v2 | '' | /v2/ | / | application/xml;charset=utf-8",
                "/api/v2/ | '' | /v2/ | / | application/xml;charset=utf-8",
                "/v2/$metadata | '' | /v2/$metadata | /$metadata | -",
                "/v2/FindPackagesById() | id='X'&$top=1 | /v2/FindPackagesById()?$top=1&id='X' | /FindPackagesById() | application/atom+xml;type=feed;charset=utf-8",
                "/v2/FindPackagesById() | %24top=1&id=%27X%27 | /v2/FindPackagesById()?$top=1&id='X' | /FindPackagesById() | application/atom+xml;type=feed;charset=utf-8",
                "/v2/Packages | $skiptoken='X','1' | /v2/Packages?$skiptoken='X','1' | /Packages | application/atom+xml;type=feed;charset=utf-8",
                "/v2/Search()/$count | '' | /v2/Search()/$count | /Search()/$count | -",
                "/v2/Packages(Id='X',Version='1.0') | '' | /v2/Packages(Id='X',Version='1.0') | /Packages(Id='X',Version='1.0') | application/atom+xml;type=entry;charset=utf-8",
            })
    void theOlderFeedIsAnotherHost(String asked, String query, String path, String origin, @Nullable String type) {
        Index index =
                (Index) nuget.resolve(new Ask("GET", asked, query, Accept.ANY)).orElseThrow();

        assertThat(index.path()).isEqualTo(path);
        assertThat(index.origin()).isEqualTo(new Origin.At("v2", origin, query));
        Rendering rendering = index.rendering();
        assertThat(rendering == null ? null : rendering.contentType()).isEqualTo(type);
    }

    @Test
    void aPackageOfTheOlderFeedIsWhereItsEntrySays() {
        Artifact nupkg = (Artifact) resolve("/v2/package/Demo/1.0");

        assertThat(nupkg.path()).isEqualTo("/v2/package/demo/1.0.0");
        assertThat(nupkg.origin()).isEqualTo(new Origin.Linked());
        assertThat(nupkg.checksum())
                .isInstanceOfSatisfying(
                        Checksum.Listed.class,
                        listed -> assertThat(listed.indexes().getFirst().path())
                                .isEqualTo("/v2/Packages(Id='Demo',Version='1.0')"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v3/flat/a",
                "/v3/flat/a/1.0.0",
                "/v3/flat/a/1.0.0/b.1.0.0.nupkg",
                "/v3/flat/a/1.0.0/a.1.0.1.nupkg",
                "/v3/flat/a/1.x/a.1.x.nupkg",
                "/v3/flat/../1.0.0/...1.0.0.nupkg",
                "/v3/flat/a/../index.json",
                "/v3/flat/a b/index.json",
                "/v3/flat/a/1.0.0/passwd",
                "/v3/flat/a/99999999999/a.99999999999.nupkg",
                "/v3/registration-other/a/index.json",
                "/v3/registration/a/../index.json",
                "/v3/registration/a/.hidden.json",
                "/v3/registration/a/page/1/2/3/4/5/6.json",
                "/v3/registration/a/index.xml",
                "/v3/catalog/a/x.json",
                "/v3/vulnerabilities/other",
                "/v3/vulnerabilities/../index.json",
                "/v2/package/a",
                "/v2/package/a/x",
                "/v2/Packages(Id='..',Version='1.0')",
                "/v2/Packages(Id='a/b',Version='1.0')",
                "/v2/Other()",
                "/v2/$batch",
                "/v2x/$metadata",
                "/api",
            })
    void nonsenseDoesNotExist(String path) {
        assertThat(nuget.resolve(Ask.get(path))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"PUT, /api/v2/package", "PUT, /v3/publish/", "POST, /v2/$batch", "DELETE, /api/v2/package/a/1.0.0"})
    void writesAreRefused(String method, String path) {
        assertThat(nuget.resolve(new Ask(method, path, "", Accept.ANY)))
                .get()
                .isInstanceOfSatisfying(
                        Resource.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(405));
    }

    @Test
    void whatTheUpstreamDoesNotOfferIsNowhere() {
        for (String service :
                List.of("{}", "{\"resources\":[]}", "{\"resources\":[{\"@type\":\"SearchQueryService\"}]}", "[]", "")) {
            for (NuGetResource resource : NuGetResource.values()) {
                assertThat(new NuGetTold(resource, "x", "").expand(service.getBytes(UTF_8), null))
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "2026-01-02T03:04:05.1234567Z, 2026-01-02T03:04:05.123456700Z",
                "2026-01-02T03:04:05+01:00, 2026-01-02T02:04:05Z",
                "2026-01-02T03:04:05.06, 2026-01-02T03:04:05.060Z",
                "1900-01-01T00:00:00+00:00, -",
                "never, -",
            })
    void timesAreReadInEveryForm(String text, @Nullable String instant) {
        var read = NuGetCatalog.published(text);

        assertThat(read == null ? null : read.toString()).isEqualTo(instant);
    }

    private Resource resolve(String path) {
        return nuget.resolve(Ask.get(path)).orElseThrow();
    }

    private static String told(Origin origin) {
        Origin.Told told = (Origin.Told) origin;
        assertThat(told.index().path()).isEqualTo("/v3/index.json");
        return told.url().expand(SERVICE.getBytes(UTF_8), null).orElseThrow();
    }
}
