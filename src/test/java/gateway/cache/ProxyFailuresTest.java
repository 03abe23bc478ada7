package gateway.cache;

import static gateway.cache.ProxyRig.hex;
import static gateway.cache.ProxyRig.remote;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.project.PackageFile;
import gateway.project.Project;
import gateway.project.Visibility;
import gateway.settings.Features;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Remotes of a project that fail, refuse, lead astray, or may not be asked at all. */
class ProxyFailuresTest {

    private static final String POM = "/g/a/1/a-1.pom";
    private static final byte[] BYTES = "<project/>".getBytes(StandardCharsets.UTF_8);

    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // by each test
    private ProxyRig rig;

    private void start() throws Exception {
        rig = ProxyRig.start(folder).project(Visibility.PRIVATE, "maven", upstream);
        upstream.serve("/r" + POM, BYTES);
    }

    @AfterEach
    void stop() {
        rig.close();
        upstream.close();
    }

    private void assertFails(int status) throws Exception {
        PipelineAnswer answer = rig.get("developer", POM);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.text()).startsWith("{\"message\":\"" + status + " ").doesNotContain("127.0.0.1");
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        await().until(rig::empty);
    }

    @ParameterizedTest
    @DisplayName("case 11: without credentials nobody pulls, and the remote hears nothing")
    @EnumSource(Visibility.class)
    void anonymous(Visibility visibility) throws Exception {
        start();
        rig.project(visibility, "maven", upstream);

        PipelineAnswer answer = rig.get("-", POM);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("www-authenticate")).startsWith("Basic realm=");
        assertThat(upstream.connections()).isZero();
    }

    @Test
    @DisplayName("case 12: a token that is nobody's pulls nothing from a public project either")
    void unknown() throws Exception {
        start();
        rig.project(Visibility.PUBLIC, "maven", upstream);

        assertThat(rig.get("wrong", POM).status()).isEqualTo(401);
        assertThat(upstream.connections()).isZero();
    }

    @ParameterizedTest
    @DisplayName("case 20: a switch is off, or there is no remote: 404")
    @ValueSource(strings = {"no remote", "disabled", "no dependency proxy", "no packages", "project without packages"})
    void off(String what) throws Exception {
        rig = ProxyRig.start(
                folder, new Features(!what.equals("no packages"), !what.equals("no dependency proxy"), true));
        Project.Remote remote = remote(upstream.url("/r"), null, "", true);
        rig.project(
                Visibility.PRIVATE,
                new Project.Switches(!what.equals("project without packages"), true, true),
                new Project.Proxy(
                        !what.equals("disabled"),
                        what.equals("no remote") ? Map.of() : Map.of("maven", List.of(remote))));

        assertThat(rig.get("developer", POM).status()).isEqualTo(404);
        assertThat(upstream.connections()).isZero();
    }

    @Test
    @DisplayName("case 21: the operator does not grant it to the project: 403")
    void notEntitled() throws Exception {
        start();
        rig.project(
                Visibility.PRIVATE,
                new Project.Switches(true, true, false),
                new Project.Proxy(true, Map.of("maven", List.of(remote(upstream.url("/r"), null, "", true)))));

        assertThat(rig.get("developer", POM).status()).isEqualTo(403);
        assertThat(upstream.connections()).isZero();
    }

    @Test
    @DisplayName("case 22: the remote refuses the connection")
    void refused() throws Exception {
        start();
        upstream.stop();
        assertFails(502);
    }

    @Test
    @DisplayName("case 22: the remote does not speak TLS")
    void withoutTls() throws Exception {
        start();
        URI url = URI.create(upstream.url("/r").toString().replace("http:", "https:"));
        rig.project(Visibility.PRIVATE, "maven", remote(url, null, "", true));
        assertFails(502);
    }

    @Test
    @DisplayName("case 22: the remote resets before the head")
    void reset() throws Exception {
        start();
        upstream.serve("/r" + POM, BYTES).resetAfter(-1);
        assertFails(502);
    }

    @Test
    @DisplayName("case 22: the remote accepts and never answers")
    void silent() throws Exception {
        start();
        upstream.serve("/r" + POM, BYTES).stallAfter(-1);
        assertFails(504);
    }

    @ParameterizedTest
    @DisplayName("case 23: what the remote's refusals become")
    @CsvSource({
        "404, 404",
        "410, 404",
        "500, 502",
        "503, 502",
        "401, 502",
        "403, 502",
        "407, 502",
        "400, 502",
        "429, 502"
    })
    void statuses(int theirs, int ours) throws Exception {
        start();
        upstream.status("/r" + POM, theirs);
        assertFails(ours);
        upstream.serve("/r" + POM, BYTES);
        if (theirs != 429) {
            assertThat(rig.get("developer", POM).status()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("the remote says that it has something newer and then fails: what is held is served")
    void failsToRefresh() throws Exception {
        start();
        upstream.serve("/r" + POM, BYTES).etag("\"1\"");
        assertThat(rig.get("developer", POM).status()).isEqualTo(200);
        upstream.answer(
                "/r" + POM,
                request -> request.method().equals("HEAD")
                        ? FakeUpstream.with(200).etag("\"2\"")
                        : FakeUpstream.with(500));

        assertThat(rig.get("developer", POM).text()).isEqualTo("<project/>");
        assertThat(rig.listed(POM).pulled())
                .extracting(PackageFile.Pulled::etag)
                .isEqualTo("\"1\"");
    }

    @Test
    @DisplayName("case 25: another URL without credentials: the new remote is shown none")
    void withoutCredentials() throws Exception {
        start();
        rig.project(Visibility.PRIVATE, "maven", remote(upstream.url("/r"), "user", "secret", true));
        assertThat(rig.get("developer", POM).status()).isEqualTo(200);
        try (FakeUpstream second = FakeUpstream.start()) {
            String other = POM.replace("/a-", "/b-");
            second.serve("/r" + other, BYTES);
            rig.project(Visibility.PRIVATE, "maven", second);

            assertThat(rig.get("developer", other).status()).isEqualTo(200);
            assertThat(second.requests()).hasSize(1);
            assertThat(second.requests().getFirst().header("Authorization")).isNull();
        }
    }

    @Test
    @DisplayName("case 26: credentials with signs of all kinds arrive as they are, with HEAD and with GET")
    void credentials() throws Exception {
        start();
        rig.project(Visibility.PRIVATE, "maven", remote(upstream.url("/r"), "dana@example.test", "p:a/ß€", true));

        assertThat(rig.get("developer", POM).status()).isEqualTo(200);
        assertThat(rig.get("developer", POM).status()).isEqualTo(200);
        String expected = "Basic "
                + Base64.getEncoder().encodeToString("dana@example.test:p:a/ß€".getBytes(StandardCharsets.UTF_8));
        assertThat(upstream.requests()).extracting(FakeUpstream.Request::method).containsExactly("GET", "HEAD");
        assertThat(upstream.requests())
                .allSatisfy(
                        request -> assertThat(request.header("Authorization")).isEqualTo(expected));
    }

    @ParameterizedTest
    @DisplayName("case 27: a member's remote at a private address, in numbers or by name: 502, and no connection")
    @ValueSource(strings = {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"})
    void privateRemote(String host) throws Exception {
        start();
        URI url = URI.create("http://" + host + ":" + upstream.port() + "/r");
        rig.project(Visibility.PRIVATE, "maven", remote(url, null, "", false));

        assertFails(502);
        assertThat(upstream.connections()).isZero();
    }

    @Test
    @DisplayName("case 27: a member's remote at a private address that the operator allowed")
    void allowedRemote() throws Exception {
        rig = ProxyRig.start(folder, "127.0.0.0/8")
                .project(Visibility.PRIVATE, "maven", remote(upstream.url("/r"), null, "", false));
        upstream.serve("/r" + POM, BYTES);

        assertThat(rig.get("developer", POM).status()).isEqualTo(200);
    }

    @Test
    @DisplayName("case 27: the operator's remote leads to another private address: 502, and no connection there")
    void privateRedirect() throws Exception {
        start();
        try (FakeUpstream second = FakeUpstream.at("127.0.0.2")) {
            upstream.redirect("/r" + POM, 302, second.url("/there").toString());

            assertFails(502);
            assertThat(second.connections()).isZero();
        }
    }

    @Test
    @DisplayName("case 28: the remote leads to another host, which sees no credentials")
    void redirect() throws Exception {
        rig = ProxyRig.start(folder, "127.0.0.2")
                .project(Visibility.PRIVATE, "maven", remote(upstream.url("/r"), "user", "secret", true));
        try (FakeUpstream second = FakeUpstream.at("127.0.0.2")) {
            upstream.redirect("/r" + POM, 302, second.url("/there").toString());
            second.serve("/there", BYTES);

            assertThat(rig.get("developer", POM).text()).isEqualTo("<project/>");
            assertThat(upstream.requests().getFirst().header("Authorization")).startsWith("Basic ");
            assertThat(second.requests().getFirst().header("Authorization")).isNull();
        }
    }

    @Test
    @DisplayName("the remote's own header promises another digest than its bytes have: nothing is stored")
    void lies() throws Exception {
        start();
        upstream.serve("/r" + POM, BYTES)
                .header("X-Checksum-Sha1", hex("SHA-1", "other".getBytes(StandardCharsets.UTF_8)));
        assertFails(502);
    }

    @ParameterizedTest
    @DisplayName("paths that no file can have")
    @CsvSource({"/a.jar, 404", "/g/a/1/, 404", "/g/a/1/a%5C1.jar, 400"})
    void paths(String path, int status) throws Exception {
        start();
        assertThat(rig.get("developer", path).status()).isEqualTo(status);
        assertThat(upstream.connections()).isZero();
    }
}
