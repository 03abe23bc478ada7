package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.settings.Credentials;
import gateway.settings.Secret;
import gateway.settings.Upstream;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineGateway;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Private bytes stay with those whose credentials fetched them, on this host and on the next. */
class SeparationTest {

    private static final String PATH = "/g/a/1/a-1.jar";
    private static final byte[] BODY = CoalescingTest.bytes(300_000);

    private final FakeUpstream upstream = FakeUpstream.start();
    private final FakeUpstream other = FakeUpstream.at("127.0.0.2");

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void prepare() {
        gateway = PipelineGateway.in(folder);
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
        other.close();
    }

    private Upstream as(String name, @Nullable String user) {
        Credentials credentials = user == null ? null : new Credentials(user, new Secret("secret of " + user));
        return new Upstream(name, upstream.url(), Map.of(), credentials, null, Map.of(), null, false);
    }

    private static String basic(String user) {
        String pair = user + ":secret of " + user;
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private void onlyFor(String... users) {
        upstream.answer(PATH, request -> {
            for (String user : users) {
                if (basic(user).equals(request.header("authorization"))) {
                    return FakeUpstream.ok(BODY);
                }
            }
            return upstream.status("/refused", 401);
        });
    }

    @Test
    void a_repository_without_the_right_credentials_asks_for_bytes_that_another_holds() throws Exception {
        gateway.mount("/private", "maven", as("maven", "alice"))
                .mount("/wrong", "maven", as("maven", "mallory"))
                .mount("/open", "maven", as("maven", null))
                .start();
        onlyFor("alice");

        assertThat(gateway.get("/private" + PATH).sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
        assertThat(gateway.get("/wrong" + PATH).status()).isEqualTo(502);
        assertThat(gateway.get("/open" + PATH).status()).isEqualTo(502);
        assertThat(gateway.get("/wrong" + PATH, "Range: bytes=0-9").status()).isEqualTo(502);
        assertThat(gateway.get("/wrong" + PATH + ".sha256").status()).isNotEqualTo(200);
        assertThat(upstream.count(PATH)).isEqualTo(4);
    }

    @Test
    void two_repositories_hold_the_same_bytes_each_by_its_own_right() throws Exception {
        gateway.mount("/one", "maven", as("maven", "alice"))
                .mount("/two", "maven", as("maven", "bob"))
                .start();
        onlyFor("alice", "bob");

        assertThat(gateway.get("/one" + PATH).status()).isEqualTo(200);
        assertThat(gateway.get("/two" + PATH).sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
        assertThat(upstream.count(PATH)).isEqualTo(2);
        assertThat(gateway.files())
                .filteredOn(file -> file.startsWith(".blobs"))
                .hasSize(1);
    }

    @Test
    void credentials_are_changed_between_two_starts() throws Exception {
        onlyFor("alice");
        gateway.mount("/m", "maven", as("maven", "alice")).start();
        assertThat(gateway.get("/m" + PATH).status()).isEqualTo(200);
        gateway.close();

        gateway = PipelineGateway.in(folder)
                .mount("/m", "maven", as("maven", "mallory"))
                .start();

        assertThat(gateway.get("/m" + PATH).status()).isEqualTo(502);
    }

    @Test
    void a_client_sends_credentials_of_its_own() throws Exception {
        gateway.mount("/m", "maven", as("maven", null)).start();
        upstream.serve(PATH, BODY).header("Set-Cookie", "session=1");

        PipelineAnswer answer = gateway.get("/m" + PATH, "Authorization: " + basic("alice"), "Cookie: a=b");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("set-cookie")).isNull();
        assertThat(upstream.requests(PATH).getFirst().header("authorization")).isNull();
        assertThat(upstream.requests(PATH).getFirst().header("cookie")).isNull();
    }

    @Test
    void the_upstream_redirects_to_another_host() throws Exception {
        gateway.allow("127.0.0.2/32").mount("/m", "maven", as("maven", "alice")).start();
        upstream.redirect(PATH, 302, other.url("/files/a-1.jar").toString());
        other.serve("/files/a-1.jar", BODY);

        assertThat(gateway.get("/m" + PATH).sha256()).isEqualTo(PipelineAnswer.sha256(BODY));
        assertThat(upstream.requests(PATH).getFirst().header("authorization")).isEqualTo(basic("alice"));
        assertThat(other.requests().getFirst().header("authorization")).isNull();
    }

    @Test
    void the_upstream_redirects_to_a_private_address() throws Exception {
        gateway.mount("/m", "maven", as("maven", "alice")).start();
        upstream.redirect(PATH, 302, other.url("/files/a-1.jar").toString());
        other.serve("/files/a-1.jar", BODY);

        assertThat(gateway.get("/m" + PATH).status()).isEqualTo(502);
        assertThat(other.connections()).isZero();
    }
}
