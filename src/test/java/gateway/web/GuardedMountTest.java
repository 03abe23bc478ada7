package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.TestGateway;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A repository that wants a token from everybody. */
class GuardedMountTest {

    private static final String JAR = "/internal/g/a/1/a-1.jar";
    private static final String DANA = "Private-Token: dana-and-nobody-else";
    private static final String SETTINGS = """
            admin: { token: "the administrator's own token" }
            projects:
              - path: acme/app
                members:
                  - { user: dana, role: guest, tokens: [ { kind: personal, scopes: [api], value: dana-and-nobody-else } ] }
                  - { user: rita, role: guest, tokens: [ { kind: personal, scopes: [read_api], value: rita-and-nobody-else } ] }
                deploy_tokens:
                  - { username: ci, scopes: [read_package_registry], value: reads-packages-only }
                  - { username: cd, scopes: [write_package_registry], value: writes-packages-too }
            network: { allow_private_upstreams: [127.0.0.0/8] }
            repositories:
              - { path: /internal, format: maven, upstream: "UPSTREAM", access: token }
              - { path: /builds, format: gradle, access: token }
              - { path: /open, format: maven, upstream: "UPSTREAM" }
            """;

    @TempDir
    Path folder;

    private final FakeUpstream upstream = FakeUpstream.start();

    @SuppressWarnings("NullAway.Init") // by start
    private TestGateway gateway;

    @BeforeEach
    void start() {
        upstream.serve("/g/a/1/a-1.jar", "bytes");
        gateway = new TestGateway(folder);
        gateway.start(SETTINGS.replace("UPSTREAM", upstream.url().toString()));
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    @Test
    void nobody_is_served_without_one_and_the_upstream_is_not_asked() throws Exception {
        PipelineAnswer answer = get(JAR);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Basic realm=\"gateway\"");
        assertThat(answer.text()).contains("wants a token");
        assertThat(get(JAR, "Private-Token: somebody-else-entirely").status()).isEqualTo(401);
        assertThat(get(JAR, basic("dana", "wrong-one-altogether")).status()).isEqualTo(401);
        assertThat(upstream.requests()).isEmpty();
        assertThat(get("/open/g/a/1/a-1.jar").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                DANA,
                "Authorization: Bearer dana-and-nobody-else",
                "Authorization: dana-and-nobody-else",
                "Deploy-Token: reads-packages-only",
                "Private-Token: the administrator's own token",
            })
    void any_valid_one_opens_it(String token) throws Exception {
        assertThat(get(JAR, token).text()).isEqualTo("bytes");
    }

    @Test
    void it_may_come_as_a_password() throws Exception {
        assertThat(get(JAR, basic("dana", "dana-and-nobody-else")).text()).isEqualTo("bytes");
        assertThat(get(JAR, basic("ci", "reads-packages-only")).text()).isEqualTo("bytes");
    }

    @Test
    void who_is_sent_away_is_in_the_audit_log() throws Exception {
        get(JAR);
        get(JAR, "Private-Token: somebody-else-entirely");

        assertThat(new String(admin("GET", "/audit_events").body(), StandardCharsets.UTF_8))
                .contains("\"author\":\"anonymous\"", "\"author\":\"unknown\"", "GET /internal")
                .doesNotContain("somebody-else-entirely");
    }

    @Test
    void the_short_way_for_hits_is_open_to_those_alone_who_were_let_in() throws Exception {
        hotFor(DANA);

        assertThat(get(JAR, DANA).text()).isEqualTo("bytes");
        assertThat(get(JAR).status()).isEqualTo(401);
        assertThat(get(JAR, "Private-Token: somebody-else-entirely").status()).isEqualTo(401);
        assertThat(get(JAR, "Deploy-Token: reads-packages-only").text()).isEqualTo("bytes");
        assertThat(upstream.count("/g/a/1/a-1.jar")).isEqualTo(1);
    }

    @Test
    void it_closes_the_moment_that_a_token_is_revoked() throws Exception {
        hotFor("Deploy-Token: reads-packages-only");

        assertThat(admin("DELETE", "/projects/acme%2Fapp/deploy_tokens/" + number("ci"))
                        .statusCode())
                .isEqualTo(204);

        assertThat(get(JAR, "Deploy-Token: reads-packages-only").status()).isEqualTo(401);
        assertThat(get(JAR, DANA).status()).isEqualTo(200);
    }

    @Test
    void what_clients_store_takes_a_token_that_may_write() throws Exception {
        assertThat(put()).isEqualTo(401);
        assertThat(put("Private-Token", "rita-and-nobody-else")).isEqualTo(401);
        assertThat(put("Deploy-Token", "reads-packages-only")).isEqualTo(401);
        assertThat(get("/builds/0123456789abcdef0123456789abcdef", "Deploy-Token: reads-packages-only")
                        .status())
                .isEqualTo(404);
        assertThat(put("Deploy-Token", "writes-packages-too")).isBetween(200, 204);
        assertThat(get("/builds/0123456789abcdef0123456789abcdef", "Deploy-Token: reads-packages-only")
                        .text())
                .isEqualTo("something");
    }

    @Test
    void what_is_explained_of_it_is_for_those_who_may_see_it() throws Exception {
        get(JAR, DANA);

        assertThat(get("/explain?path=" + JAR).status()).isEqualTo(401);
        assertThat(get("/explain?path=" + JAR, DANA).text()).contains("\"format\"");
    }

    /** Asks until the answer comes the short way. */
    private void hotFor(String token) {
        await().until(() -> {
            get(JAR, token);
            return get("/metrics").text().contains("gateway_ready_replies 1.0");
        });
    }

    private PipelineAnswer get(String path, String... headers) throws IOException {
        return PipelineClient.get(gateway.address().getPort(), path, headers);
    }

    private static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private int put(String... headers) {
        return gateway.send("PUT", "/builds/0123456789abcdef0123456789abcdef", headers)
                .statusCode();
    }

    private long number(String username) {
        byte[] rows = admin("GET", "/projects/acme%2Fapp/deploy_tokens").body();
        for (JsonNode row : JsonMapper.shared().readTree(rows)) {
            if (row.path("username").asString("").equals(username)) {
                return row.path("id").asLong();
            }
        }
        throw new AssertionError("no deploy token of " + username + " in " + new String(rows, StandardCharsets.UTF_8));
    }

    private HttpResponse<byte[]> admin(String method, String path) {
        return gateway.send(method, "/api/v4" + path, "Private-Token", "the administrator's own token");
    }
}
