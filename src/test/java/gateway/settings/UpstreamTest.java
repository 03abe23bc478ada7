package gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamTest {

    @TempDir
    private Path folder;

    @Test
    void aUrlReplacesABuiltInUpstreamWithItsSecondHosts() {
        Repository pypi = ConfigurationFile.of(folder, "upstream: { pypi: \"HTTP://Index.Internal:3141/root/\" }")
                .repository("/pypi");

        assertThat(pypi.upstreams())
                .containsExactly(Upstream.at("pypi", URI.create("http://index.internal:3141/root")));
    }

    @Test
    void oneMountOfAFormatIsReplacedWithoutTheOther() {
        ConfigurationFile file = ConfigurationFile.of(folder, "upstream: { debian-security: \"http://10.0.0.1/sec\" }");

        assertThat(file.repository("/debian-security").upstreams())
                .containsExactly(Upstream.at("debian-security", URI.create("http://10.0.0.1/sec")));
        assertThat(file.repository("/debian").upstreams())
                .extracting(Upstream::url)
                .doesNotContain(URI.create("http://10.0.0.1/sec"));
    }

    @Test
    void aListIsKeptInOrderAndUnnamedOnesAreNumbered() {
        Repository maven =
                ConfigurationFile.of(folder, """
                        upstream:
                          maven:
                            - { name: mirror, url: "http://a", username: ci, password: "${P}", mirror_group: central }
                            - http://b
                            - { url: "http://c", token: t, hosts: { files: "http://d/" } }
                            - { url: "http://e", headers: { X-Team: ci, X-Key: "0123" }, forbidden_means_not_found: true }
                        """, Map.of("P", "s3cret")).repository("/maven");

        assertThat(maven.upstreams())
                .containsExactly(
                        new Upstream(
                                "mirror",
                                URI.create("http://a"),
                                Map.of(),
                                new Credentials("ci", new Secret("s3cret")),
                                null,
                                Map.of(),
                                "central",
                                false),
                        Upstream.at("maven-2", URI.create("http://b")),
                        new Upstream(
                                "maven-3",
                                URI.create("http://c"),
                                Map.of("files", URI.create("http://d")),
                                null,
                                new Secret("t"),
                                Map.of(),
                                null,
                                false),
                        new Upstream(
                                "maven-4",
                                URI.create("http://e"),
                                Map.of(),
                                null,
                                null,
                                Map.of("X-Team", new Secret("ci"), "X-Key", new Secret("0123")),
                                null,
                                true));
    }

    @ParameterizedTest
    @CsvSource({
        "http://ci:p%40ss+1@h/x, ci, p@ss+1",
        "http://t0ken@h/x, t0ken, ''",
        "http://ci:a:b@h/x, ci, a:b",
    })
    void aUserInTheUrlBecomesCredentials(String url, String user, String password) {
        Upstream upstream = ConfigurationFile.of(folder, "upstream: { npm: \"" + url + "\" }")
                .repository("/npm")
                .upstreams()
                .getFirst();

        assertThat(upstream.url()).isEqualTo(URI.create("http://h/x"));
        assertThat(upstream.credentials()).isEqualTo(new Credentials(user, new Secret(password)));
    }

    @Test
    void otherTermsMakeAnotherIdentity() {
        Upstream usual = Upstream.at("x", URI.create("http://h/x"));
        Upstream stranger = onTerms(usual, new Upstream.Terms(false, null));
        Upstream hasty = onTerms(usual, new Upstream.Terms(true, Duration.ofSeconds(1)));

        assertThat(onTerms(usual, Upstream.Terms.USUAL).id()).isEqualTo(usual.id());
        assertThat(Stream.of(usual, stranger, hasty).map(Upstream::id)).doesNotHaveDuplicates();
    }

    private static Upstream onTerms(Upstream of, Upstream.Terms terms) {
        return new Upstream(
                of.name(), of.url(), of.hosts(), null, null, of.headers(), null, false, of.rules(), terms, null);
    }

    @Test
    void aFurtherMountMayLieDeeperAndNamesItsUpstreamAfterIt() {
        Repository inner = ConfigurationFile.of(
                        folder, "repositories: [{ path: /team-a/maven/, format: maven, upstream: \"http://x\" }]")
                .repository("/team-a/maven");

        assertThat(inner)
                .isEqualTo(new Repository(
                        "/team-a/maven", "maven", List.of(Upstream.at("team-a-maven", URI.create("http://x")))));
    }

    @Test
    void theIdentityIsTheNameAndAPartOfADigestThatNeverChanges() {
        assertThat(Upstream.at("npm", URI.create("http://registry.example")).id())
                .isEqualTo("npm-ce6c1388");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "url: \"http://y\"",
                "url: \"http://x\", username: a, password: bc",
                "url: \"http://x\", username: ab, password: c",
                "url: \"http://x\", token: a",
                "url: \"http://x\", headers: { A: a }",
                "url: \"http://x\", headers: { A: b }",
                "url: \"http://x\", headers: { A: a, B: b }",
                "url: \"http://x\", hosts: { a: \"http://a\" }",
                "url: \"http://x\", hosts: { files: \"http://a\" }",
            })
    void whateverIsAskedDifferentlyHasAnotherIdentity(String fields) {
        String base = "url: \"http://x\"";
        assertThat(id(fields)).matches("npm-[0-9a-f]{8}").isNotEqualTo(id(base)).isEqualTo(id(fields));
    }

    @Test
    void theOrderOfHeadersAndThePolicyDoNotChangeTheIdentity() {
        assertThat(id("url: \"http://x\", headers: { A: a, b: b }"))
                .isEqualTo(id("url: \"http://x/\", headers: { B: b, a: a }, forbidden_means_not_found: true"));
    }

    private String id(String fields) {
        return ConfigurationFile.of(folder, "upstream: { npm: {" + fields + "} }")
                .repository("/npm")
                .upstreams()
                .getFirst()
                .id();
    }
}
