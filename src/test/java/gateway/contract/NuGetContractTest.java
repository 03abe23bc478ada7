package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** NuGet: a registration where the service index says that it is, a package, and its digest in the catalog. */
class NuGetContractTest extends FormatContract {

    private static final String REGISTRATION = "/reg5/demo.package/";
    private static final String NUPKG = "demo.package/1.0.0/demo.package.1.0.0.nupkg";

    @Override
    public String format() {
        return "nuget";
    }

    @Override
    Map<String, URI> hosts() {
        return Map.of("files", files().url(), "v2", upstream().url("/api/v2"));
    }

    @Override
    void stockMore() {
        upstream().serve("/v3/index.json", """
                {
                  "version": "3.0.0", "resources": [
                    {"@id": "%2$s/flat/", "@type": "PackageBaseAddress/3.0.0"},
                    {"@id": "%1$s/reg5", "@type": ["RegistrationsBaseUrl/3.6.0", "RegistrationsBaseUrl/Versioned"]},
                    {"@id": "%1$s/find", "@type": "SearchQueryService"},
                    {"@id": "%1$s/vulnerable/index.json", "@type": "VulnerabilityInfo/6.7.0"},
                    {"@id": "%1$s/signatures/index.json", "@type": "RepositorySignatures/5.0.0"},
                    {"@id": "%1$s/publish", "@type": "PackagePublish/2.0.0"},
                    {"@id": "%1$s/api/v2", "@type": "LegacyGallery/2.0.0"}
                  ]
                }""".formatted(upstream().url(), files().url()));
        upstream().serve(REGISTRATION + "1.0.0.json", """
                {"@id": "%1$s/reg5/demo.package/1.0.0.json", "catalogEntry": "%1$s/catalog/demo.json"}""".formatted(upstream().url()));
        upstream().serve("/catalog/demo.json", """
                {"packageHash": "%s", "packageHashAlgorithm": "SHA512", "packageSize": %d}""".formatted(sha512(), payload().length));
        files().serve("/flat/demo.package/index.json", "{\"versions\":[\"1.0.0\"]}")
                .type("application/json");
        upstream().serve("/api/v2/Packages(Id='Demo.Package',Version='1.0.0')", """
                <?xml version="1.0" encoding="utf-8"?>
                <entry xml:base="%1$s/api/v2" xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://d.test" xmlns:m="http://m.test">
                <id>%1$s/api/v2/Packages(Id='Demo.Package',Version='1.0.0')</id>
                <content type="application/zip" src="%2$s/flat/%3$s" />
                <m:properties><d:PackageHash>%4$s</d:PackageHash><d:PackageHashAlgorithm>SHA512</d:PackageHashAlgorithm></m:properties>
                </entry>""".formatted(
                        upstream().url(), files().url(), NUPKG, sha512()));
    }

    @Override
    public Piece index() {
        String items = edition() == 1 ? leaf("1.0.0") : leaf("1.0.0") + "," + leaf("1.1.0");
        String document = """
                {
                  "@id": "%1$s/reg5/demo.package/index.json", "@type": ["catalog:CatalogRoot"], "count": 2, "items": [
                    {"@id": "%1$s/reg5/demo.package/page/0.1.0/0.9.0.json", "lower": "0.1.0", "upper": "0.9.0", "count": 64},
                    {"@id": "%1$s/reg5/demo.package/index.json#page/1.0.0/1.1.0", "parent": "%1$s/reg5/demo.package/index.json", "count": 1, "items": [%2$s]}
                  ],
                  "@context": {"@vocab": "http://schema.example.com/schema#"}
                }""".formatted(upstream().url(), items);
        return new Piece(
                "/v3/registration-semver2/Demo.Package/index.json",
                upstream(),
                REGISTRATION + "index.json",
                "application/json",
                "demo.package/registration-semver2/index.json",
                document.getBytes(StandardCharsets.UTF_8));
    }

    private String leaf(String version) {
        return """
                {
                  "@id": "%1$s/reg5/demo.package/%2$s.json", "@type": "Package",
                  "catalogEntry": {
                    "@id": "%1$s/catalog/demo-%2$s.json", "id": "Demo.Package", "version": "%2$s",
                    "dependencyGroups": [{
                      "@id": "%1$s/catalog/demo-%2$s.json#group", "dependencies": [
                        {"id": "Other", "range": "[1.0, )", "registration": "%1$s/reg5/other/index.json"}
                      ]
                    }],
                    "iconUrl": "%3$s/flat/demo.package/%2$s/icon", "projectUrl": "https://project.test/",
                    "packageContent": "%3$s/flat/demo.package/%2$s/demo.package.%2$s.nupkg"
                  },
                  "packageContent": "%3$s/flat/demo.package/%2$s/demo.package.%2$s.nupkg",
                  "registration": "%1$s/reg5/demo.package/index.json"
                }""".formatted(upstream().url(), version, files().url());
    }

    @Override
    public Piece artifact() {
        return new Piece("/v3/flat/" + NUPKG, files(), "/flat/" + NUPKG, "application/octet-stream", NUPKG, payload());
    }

    @Override
    public List<String> walk() {
        return List.of("/v3/index.json", index().path(), "/v3/flat/demo.package/index.json");
    }

    @Override
    public List<String> links(String document) {
        List<String> links = new ArrayList<>();
        JsonMapper.shared().readTree(document).findValuesAsString("packageContent", links);
        assertThat(links).isNotEmpty();
        return links;
    }

    @Override
    public void assertIndex(String served) {
        String gateway = TestGateway.BASE + "/nuget/v3";
        String wanted = Stage.utf8(index().bytes())
                .replace(upstream().url() + "/reg5/", gateway + "/registration-semver2/")
                .replaceAll(
                        upstream().url() + "/catalog/demo-([0-9.]+)\\.json", gateway + "/catalog/demo.package/$1.json")
                .replace(files().url() + "/flat/", gateway + "/flat/");
        assertThat(JsonMapper.shared().readTree(served))
                .isEqualTo(JsonMapper.shared().readTree(wanted));
    }

    @Override
    public Unseen unseen() {
        return Unseen.REFUSED;
    }

    @Override
    public void assertError(HttpResponse<byte[]> answer) {
        assertThat(Stage.header(answer, "Content-Type")).startsWith("text/plain");
        assertThat(Stage.text(answer)).isNotBlank();
    }

    @Test
    void the_service_index_offers_every_alias_below_itself_and_no_signatures() {
        JsonNode service = JsonMapper.shared()
                .readTree(gateway().get(mounted("/v3/index.json")).body());

        List<String> types = new ArrayList<>();
        service.findValuesAsString("@type", types);
        assertThat(types)
                .contains(
                        "PackageBaseAddress/3.0.0",
                        "RegistrationsBaseUrl",
                        "RegistrationsBaseUrl/3.4.0",
                        "RegistrationsBaseUrl/3.6.0",
                        "RegistrationsBaseUrl/Versioned",
                        "SearchQueryService/3.0.0-beta",
                        "SearchQueryService/Versioned",
                        "VulnerabilityInfo/6.7.0",
                        "LegacyGallery/2.0.0")
                .doesNotContain("SearchAutocompleteService")
                .noneMatch(type -> type.startsWith("RepositorySignatures") || type.startsWith("PackagePublish"));
        List<String> ids = new ArrayList<>();
        service.findValuesAsString("@id", ids);
        assertThat(ids).allMatch(id -> id.startsWith(TestGateway.BASE + "/nuget/v"));
    }

    @Test
    void a_package_whose_digest_is_nowhere_must_be_a_whole_zip() throws IOException {
        upstream().status(REGISTRATION + "1.0.0.json", 404);

        assertThat(get(artifact()).statusCode()).isEqualTo(502);
        assertThat(holds(artifact())).isFalse();

        byte[] zip = zip();
        files().serve(artifact().at(), zip);
        assertThat(get(artifact()).body()).isEqualTo(zip);
        assertThat(gateway().store().holds(zip)).isTrue();
    }

    @Test
    void a_package_is_not_kept_while_its_digest_cannot_be_asked_for() {
        upstream().status("/catalog/demo.json", 500);

        assertThat(get(artifact()).statusCode()).isEqualTo(502);
        assertThat(holds(artifact())).isFalse();
    }

    @Test
    void a_registration_comes_compressed_and_is_kept_plain() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(index().bytes());
        }
        upstream()
                .serve(index().at(), packed.toByteArray())
                .type("application/json")
                .header("Content-Encoding", "gzip");

        assertIndex(Stage.text(get(index())));
        assertThat(holds(index())).isTrue();
    }

    @Test
    void pages_and_versions_may_stand_anywhere() {
        upstream()
                .serve(index().at(), """
                {"@id": "%1$s/reg5/demo.package/index.json", "count": 1, "items": [{"@id": "%2$s/pages/7?part=1", "count": 1}]}""".formatted(upstream().url(), files().url()))
                .type("application/json");
        files().serve("/pages/7?part=1", """
                {"@id": "%1$s/pages/7?part=1", "parent": "%1$s/odd.json", "items": [
                  {"@id": "%1$s/leaf/1", "catalogEntry": {"@id": "%1$s/c/1", "id": "Demo.Package", "version": "1.0.0"}}
                ]}""".formatted(files().url())).type("application/json");
        files().serve("/leaf/1", """
                {"@id": "%1$s/leaf/1", "catalogEntry": "%1$s/c/1", "registration": "%1$s/odd.json",
                 "packageContent": "%1$s/demo.package.1.0.0.nupkg"}""".formatted(files().url())).type("application/json");
        files().serve("/c/1", "{\"id\": \"Demo.Package\"}").type("application/json");

        for (int round = 0; round < 2; round++) {
            JsonNode page = led(json(index().path()), "/items/0/@id");
            assertThat(page.path("parent").asString())
                    .isEqualTo(TestGateway.BASE + "/nuget" + index().path().toLowerCase(Locale.ROOT));
            JsonNode leaf = led(page, "/items/0/@id");
            assertThat(leaf.path("packageContent").asString()).isEqualTo(TestGateway.BASE + "/nuget/v3/flat/" + NUPKG);
            assertThat(led(leaf, "/catalogEntry").path("id").asString()).isEqualTo("Demo.Package");
            stopUpstream();
        }
        assertThat(gateway()
                        .get(mounted("/v3/registration-semver2/demo.package/index/-/0123456789abcdef.json"))
                        .statusCode())
                .isEqualTo(404);
    }

    /** The document to which a link leads, by way of the gateway alone. */
    private JsonNode led(JsonNode from, String link) {
        String url = from.at(link).asString();
        assertThat(url).startsWith(TestGateway.BASE + "/nuget/v3/");
        return json(url.substring((TestGateway.BASE + "/nuget").length()));
    }

    private JsonNode json(String path) {
        String text = Stage.text(gateway().get(mounted(path)));
        assertThat(text)
                .doesNotContain(upstream().url().getAuthority(), files().url().getAuthority());
        return JsonMapper.shared().readTree(text);
    }

    @Test
    void an_old_client_reads_the_feed_and_fetches_a_package() {
        var entry = gateway().get(mounted("/v2/Packages(Id=%27Demo.Package%27,Version=%271.0.0%27)"));

        assertThat(Stage.header(entry, "Content-Type")).startsWith("application/atom+xml;type=entry");
        assertThat(Stage.text(entry))
                .doesNotContain(upstream().url().getAuthority(), files().url().getAuthority())
                .contains("<id>" + TestGateway.BASE + "/nuget/v2/Packages(Id='Demo.Package',Version='1.0.0')</id>")
                .contains("src=\"" + TestGateway.BASE + "/nuget/v2/package/Demo.Package/1.0.0\"");
        assertThat(gateway().get(mounted("/v2/package/Demo.Package/1.0.0")).body())
                .isEqualTo(payload());
    }

    @Test
    void an_old_client_is_sent_a_damaged_package() {
        files().serve("/flat/" + NUPKG, artifact().damaged());

        assertThat(gateway().get(mounted("/v2/package/Demo.Package/1.0.0")).statusCode())
                .isEqualTo(502);
    }

    @Test
    void the_pages_of_vulnerabilities_may_stand_anywhere() {
        String list = "[{\"@name\":\"base\",\"@id\":\"" + files().url("/v/base.json") + "\",\"@updated\":\"2026\"}]";
        upstream().serve("/vulnerable/index.json", list).type("application/json");
        files().serve("/v/base.json", "{\"some\":[]}");

        String served = Stage.text(gateway().get(mounted("/v3/vulnerabilities/index.json")));

        String page = JsonMapper.shared().readTree(served).path(0).path("@id").asString();
        assertThat(page).startsWith(TestGateway.BASE + "/nuget/v3/vulnerabilities/");
        assertThat(Stage.text(gateway().get(page.substring(TestGateway.BASE.length()))))
                .isEqualTo("{\"some\":[]}");
    }

    @Test
    void a_search_is_kept_for_a_while_and_leads_to_the_registration() {
        upstream().serve("/find", """
                {"@context": {"@base": "%1$s/reg5/"}, "totalHits": 1, "data": [{
                  "@id": "%1$s/reg5/demo.package/index.json", "registration": "%1$s/reg5/demo.package/index.json",
                  "id": "Demo.Package", "version": "1.0.0", "iconUrl": "%1$s/flat/demo.package/1.0.0/icon",
                  "versions": [{"version": "1.0", "@id": "%1$s/reg5/demo.package/1.0.0.json"}]
                }]}""".formatted(upstream().url())).type("application/json");

        String found = Stage.text(gateway().get(mounted("/v3/query?semVerLevel=2.0.0&q=demo")));
        String again = Stage.text(gateway().get(mounted("/v3/query?q=demo&semVerLevel=2%2E0.0")));

        assertThat(again).isEqualTo(found);
        assertThat(found).doesNotContain(upstream().url().getAuthority());
        assertThat(JsonMapper.shared()
                        .readTree(found)
                        .at("/data/0/versions/0/@id")
                        .asString())
                .isEqualTo(TestGateway.BASE + "/nuget/v3/registration-semver2/demo.package/1.0.0.json");
    }

    private static byte[] zip() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("demo.nuspec"));
            zip.write("<package/>".getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private String sha512() {
        byte[] digest = HexFormat.of().parseHex(StoreFiles.hex("SHA-512", payload()));
        return Base64.getEncoder().encodeToString(digest);
    }
}
