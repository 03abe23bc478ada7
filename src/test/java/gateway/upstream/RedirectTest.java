package gateway.upstream;

import static gateway.upstream.UpstreamFixture.SOON;
import static gateway.upstream.UpstreamFixture.answer;
import static gateway.upstream.UpstreamFixture.ask;
import static gateway.upstream.UpstreamFixture.bytes;
import static gateway.upstream.UpstreamFixture.fail;
import static gateway.upstream.UpstreamFixture.fetch;
import static gateway.upstream.UpstreamFixture.get;
import static gateway.upstream.UpstreamFixture.post;
import static gateway.upstream.UpstreamFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.settings.Credentials;
import gateway.settings.Secret;
import gateway.settings.Upstream;
import gateway.support.FakeUpstream;
import gateway.upstream.UpstreamException.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Redirects over real sockets, and what goes along with them. */
class RedirectTest {
    private final FakeUpstream home = FakeUpstream.start();
    private final FakeUpstream other = FakeUpstream.at("127.0.0.2");
    private final Upstream upstream = new Upstream(
            "home",
            home.url("/registry"),
            Map.of(),
            new Credentials("user", new Secret("pass")),
            null,
            Map.of("X-Key", new Secret("key")),
            null,
            false);
    private final HttpUpstreams upstreams =
            UpstreamFixture.Settings.usual().allowing("127.0.0.2/32").open();

    @AfterEach
    void close() {
        home.close();
        other.close();
        upstreams.close().block(SOON);
    }

    private UpstreamRequest file() {
        return get(upstream, home.url("/registry/file"));
    }

    private UpstreamException refused(String location) {
        home.redirect("/registry/file", 302, location);
        UpstreamException error = fail(upstreams.get(file()));
        assertThat(error.reason()).isEqualTo(Reason.FORBIDDEN_REDIRECT);
        return error;
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_is_followed(int status) {
        home.redirect("/registry/file", status, "/registry/elsewhere?a=b%20c");
        home.serve("/registry/elsewhere", "found");

        UpstreamResponse response = answer(upstreams, file());
        assertThat(response.uri()).isEqualTo(home.url("/registry/elsewhere?a=b%20c"));
        assertThat(UpstreamFixture.read(response).block(SOON)).asString().isEqualTo("found");
        assertThat(home.requests().getLast().path()).isEqualTo("/registry/elsewhere?a=b%20c");
        assertThat(home.connections()).isEqualTo(1);
    }

    @Test
    void credentials_go_home_and_nowhere_else() {
        home.redirect("/registry/file", 302, other.url("/file?signature=1").toString());
        other.serve("/file", "found");

        fetch(
                upstreams,
                get(upstream, home.url("/registry/file"), Map.of("Range", "bytes=1-", "Authorization", "own")));

        var first = home.requests().getFirst();
        var second = other.requests().getFirst();
        assertThat(first.header("authorization")).isEqualTo("own");
        assertThat(first.header("x-key")).isEqualTo("key");
        assertThat(first.header("user-agent")).isEqualTo("gateway/test");
        assertThat(second.header("authorization")).isNull();
        assertThat(second.header("x-key")).isNull();
        assertThat(second.header("range")).isEqualTo("bytes=1-");
        assertThat(second.header("host")).isEqualTo("127.0.0.2:" + other.port());
    }

    @Test
    void the_upstream_has_a_user_and_a_password() {
        home.serve("/registry/file", "found");
        fetch(upstreams, file());
        assertThat(home.requests().getFirst().header("authorization")).isEqualTo("Basic dXNlcjpwYXNz");
    }

    @Test
    void the_upstream_has_a_token() {
        var withToken = new Upstream("home", home.url(), Map.of(), null, new Secret("t0k"), Map.of(), null, false);
        home.serve("/file", "found");
        fetch(upstreams, get(withToken, home.url("/file")));
        assertThat(home.requests().getFirst().header("authorization")).isEqualTo("Bearer t0k");
    }

    @Test
    void a_named_host_gets_the_credentials_too() {
        var named = new Upstream(
                "home",
                home.url("/registry"),
                Map.of("files", other.url("/files")),
                upstream.credentials(),
                null,
                Map.of(),
                null,
                false);
        home.redirect("/registry/file", 302, other.url("/files/1").toString());
        other.redirect("/files/1", 302, "/open/1");
        other.serve("/open/1", "found");

        fetch(upstreams, get(named, home.url("/registry/file")));

        assertThat(other.requests("/files/1").getFirst().header("authorization"))
                .isNotNull();
        assertThat(other.requests("/open/1").getFirst().header("authorization")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/registry2/x", "/", "/registry/../secret", "/registry/%2e%2e/secret", "/registry/..%2fsecret"})
    void another_path_of_the_same_host_gets_no_credentials(String path) {
        home.answer(path, request -> FakeUpstream.ok(bytes(1)));
        ask(upstreams, get(upstream, home.url(path)));
        assertThat(home.requests().getFirst().header("authorization")).isNull();
    }

    @Test
    void another_port_of_the_same_host_is_another_host() {
        try (var neighbour = FakeUpstream.start()) {
            neighbour.serve("/file", "private");
            refused(neighbour.url("/file").toString());
            assertThat(neighbour.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.3/x",
                "http://[::1]/x",
                "http://[::ffff:127.0.0.1]/x",
                "http://10.1.2.3/x",
                "http://169.254.169.254/latest/meta-data/",
                "http://[fd00:ec2::254]/x",
                "http://100.100.100.200/x",
                "http://0.0.0.0/x",
                "http://2130706433/x",
                "http://localhost:1/x",
                "//user@10.1.2.3/x"
            })
    void a_redirect_into_a_private_network_is_refused(String location) {
        assertThat(refused(location)).hasMessageContaining("private").hasMessageNotContaining("pass");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://127.0.0.1/x",
                "file:///etc/passwd",
                "http:///x",
                "javascript:0",
                "http://0x7f.1/x",
                "http://127.1/x"
            })
    void a_redirect_to_no_web_address_is_refused(String location) {
        assertThat(refused(location)).hasMessageContaining("not an http or https URL");
    }

    @Test
    void a_circle_is_refused() {
        home.redirect("/registry/a", 302, "/registry/b");
        home.redirect("/registry/b", 302, "/registry/a");
        assertThat(fail(upstreams.get(get(upstream, home.url("/registry/a"))))).hasMessageContaining("circle");
        assertThat(home.requests()).hasSize(2);
    }

    @Test
    void five_redirects_are_followed_and_not_six() {
        for (int i = 0; i < 6; i++) {
            home.redirect("/registry/" + i, 302, String.valueOf(i + 1));
        }
        home.serve("/registry/6", "found");
        assertThat(fetch(upstreams, get(upstream, home.url("/registry/1"))))
                .asString()
                .isEqualTo("found");
        assertThat(fail(upstreams.get(get(upstream, home.url("/registry/0"))))).hasMessageContaining("too often");
    }

    @Test
    void a_user_in_the_location_is_ignored() {
        home.redirect("/registry/file", 302, "http://a:b@127.0.0.2:" + other.port() + "/file#part");
        other.serve("/file", "found");
        fetch(upstreams, file());
        assertThat(other.requests().getFirst().header("authorization")).isNull();
        assertThat(other.requests().getFirst().path()).isEqualTo("/file");
    }

    @Test
    void a_location_is_not_written_as_it_should_be() {
        home.redirect("/registry/file", 302, "a b[1]|é%zz?q=\"x\"");
        home.answer("/registry/a%20b%5B1%5D%7C%C3%A9%25zz", request -> FakeUpstream.ok(bytes(1)));
        assertThat(fetch(upstreams, file())).hasSize(1);
        assertThat(home.requests().getLast().path()).endsWith("?q=%22x%22");
    }

    @Test
    void a_location_is_only_a_query() {
        home.redirect("/registry/file", 302, "?page=2");
        home.answer("/registry/file?page=2", request -> FakeUpstream.ok(bytes(1)));
        assertThat(fetch(upstreams, file())).hasSize(1);
    }

    @Test
    void a_redirect_without_a_location_is_an_answer() {
        home.status("/registry/file", 302);
        assertThat(ask(upstreams, file()).status()).isEqualTo(302);
    }

    @Test
    void a_redirected_head_stays_a_head() {
        home.redirect("/registry/file", 302, "/registry/elsewhere");
        home.serve("/registry/elsewhere", bytes(10));
        var response = ask(upstreams, request("HEAD", upstream, home.url("/registry/file")));
        assertThat(response.length()).contains(10L);
        assertThat(home.requests().getLast().method()).isEqualTo("HEAD");
    }

    @Test
    void a_post_is_sent_with_its_body() {
        home.answer("/registry/audit", request -> FakeUpstream.ok(request.body()));
        var body = Flux.just("one", "two")
                .map(text -> Unpooled.wrappedBuffer(Objects.requireNonNull(text).getBytes(StandardCharsets.UTF_8)));
        assertThat(fetch(upstreams, post(upstream, home.url("/registry/audit"), body)))
                .asString()
                .isEqualTo("onetwo");
        assertThat(home.requests().getFirst().method()).isEqualTo("POST");
    }

    @Test
    void a_post_becomes_a_get_after_303_and_cannot_be_repeated_after_307() {
        home.redirect("/registry/303", 303, "/registry/found");
        home.redirect("/registry/307", 307, "/registry/found");
        home.serve("/registry/found", "found");
        assertThat(fetch(upstreams, post(upstream, home.url("/registry/303"), body())))
                .asString()
                .isEqualTo("found");
        assertThat(home.requests().getLast().method()).isEqualTo("GET");
        assertThat(fail(upstreams.get(post(upstream, home.url("/registry/307"), body()))))
                .hasMessageContaining("cannot be sent twice");
    }

    private static Flux<ByteBuf> body() {
        return Flux.defer(() -> Flux.just(Unpooled.wrappedBuffer(new byte[] {1, 2, 3})));
    }

    @Test
    void a_link_to_a_private_host_is_refused_without_any_redirect() {
        assertThat(fail(upstreams.get(get(upstream, URI.create("http://10.0.0.1/x"))))
                        .reason())
                .isEqualTo(Reason.FORBIDDEN_REDIRECT);
    }
}
