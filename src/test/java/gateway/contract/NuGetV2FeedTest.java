package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.FakeUpstream;
import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A feed that knows nothing of V3, as an old gallery behind a proxy is: one that links to itself by another name. */
class NuGetV2FeedTest {

    private static final String INSIDE = "http://gallery.internal/nuget";
    private static final String BOTH = "/FindPackagesById()?id='Old.Demo'";

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path folder;

    private final FakeUpstream feed = FakeUpstream.start();
    private final byte[] nupkg = new byte[50_000];

    @SuppressWarnings("NullAway.Init") // before each test
    private TestGateway gateway;

    @BeforeEach
    void open() {
        gateway = new TestGateway(folder);
        gateway.start("""
                upstream: { nuget: "%s" }
                shutdown: { grace: 1s }
                """.formatted(feed.url("/nuget")));
        new Random(5).nextBytes(nupkg);
        feed.serve("/nuget/", "<service xml:base='" + INSIDE + "/'><workspace/></service>");
        feed.serve("/nuget/$metadata", "<edmx:Edmx xmlns:edmx='http://edmx.test'/>");
        feed.serve("/nuget/Packages()?$skip=1", page("", entry("1.1.0")));
        feed.serve(
                "/nuget/Packages()",
                page("<link rel='next' href='" + INSIDE + "/Packages()?$skip=1'/>", entry("1.0.0")));
        feed.serve("/nuget" + BOTH, page("", entry("1.0.0") + entry("1.1.0")));
        feed.serve("/nuget/Packages()/$count", "2").type("text/plain");
        for (String version : new String[] {"1.0.0", "1.1.0"}) {
            feed.serve("/nuget/Packages(Id='Old.Demo',Version='" + version + "')", entry(version));
            feed.serve("/nuget/Download/" + version, nupkg);
        }
    }

    @AfterEach
    void close() {
        gateway.close();
        feed.close();
    }

    @Test
    void its_packages_are_listed_page_by_page() {
        assertThat(text("")).contains("<service xml:base=\"" + TestGateway.BASE + "/nuget/v2/\"");
        assertThat(text("/$metadata")).contains("edmx");
        assertThat(text("/Packages()/$count")).isEqualTo("2");

        String first = text("/Packages()");

        String next = TestGateway.BASE + "/nuget/v2/Packages()?$skip=1";
        assertThat(first).contains("href=\"" + next + "\"").contains(content("1.0.0"));
        assertThat(text("/Packages()?$skip=1")).contains(content("1.1.0"));
    }

    @Test
    void a_package_is_found_and_downloaded_and_then_needs_no_feed() {
        for (int round = 0; round < 2; round++) {
            assertThat(text(BOTH)).contains(content("1.0.0"), content("1.1.0"));
            HttpResponse<byte[]> answer = gateway.get("/nuget/v2/package/Old.Demo/1.1.0");
            assertThat(answer.body()).isEqualTo(nupkg);
            feed.stop();
        }
        assertThat(feed.count("/nuget/Download/1.1.0")).isEqualTo(1);
    }

    @Test
    void a_damaged_package_is_refused() {
        byte[] damaged = nupkg.clone();
        damaged[100]++;
        feed.serve("/nuget/Download/1.1.0", damaged);

        assertThat(gateway.get("/nuget/v2/package/Old.Demo/1.1.0").statusCode()).isEqualTo(502);
        assertThat(gateway.store().holds(damaged)).isFalse();
    }

    @Test
    void what_it_does_not_have_is_not_found_in_either_version() {
        assertThat(gateway.get("/nuget/v2/package/Old.Demo/9.0.0").statusCode()).isEqualTo(404);
        assertThat(gateway.get("/nuget/v3/index.json").statusCode()).isEqualTo(404);
    }

    /** What clients are shown, from which no link leads elsewhere. */
    private String text(String path) {
        HttpResponse<byte[]> answer = gateway.get("/nuget/v2" + path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        assertThat(Stage.text(answer))
                .doesNotContain("gallery.internal", feed.url().getAuthority());
        return Stage.text(answer);
    }

    private static String content(String version) {
        return "src=\"" + TestGateway.BASE + "/nuget/v2/package/Old.Demo/" + version + "\"";
    }

    private static String page(String more, String entries) {
        return "<feed xmlns='http://www.w3.org/2005/Atom'><id>" + INSIDE + "/Packages</id>" + more + entries
                + "</feed>";
    }

    /** Its files stand at addresses that say nothing of the package, relative to the feed's. */
    private String entry(String version) {
        byte[] digest = HexFormat.of().parseHex(StoreFiles.hex("SHA-512", nupkg));
        return """
                <entry xmlns="http://www.w3.org/2005/Atom" xmlns:d="http://d.test" xmlns:m="http://m.test">
                <id>%1$s/Packages(Id='Old.Demo',Version='%2$s')</id>
                <content type="application/zip" src="Download/%2$s"/>
                <m:properties><d:PackageHash>%3$s</d:PackageHash><d:PackageHashAlgorithm>SHA512</d:PackageHashAlgorithm></m:properties>
                </entry>""".formatted(INSIDE, version, Base64.getEncoder().encodeToString(digest));
    }
}
