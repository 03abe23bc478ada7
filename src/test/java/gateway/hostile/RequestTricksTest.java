package gateway.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests whose method, headers or body are not those of a package manager. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestTricksTest {

    private static final String[] SECRETS = {
        "Authorization: Basic YWxpY2U6c2VjcmV0",
        "Cookie: session=secret",
        "Proxy-Authorization: Basic YWxpY2U6c2VjcmV0",
        "X-Api-Key: secret",
        "X-NuGet-ApiKey: secret",
        "Npm-Otp: secret"
    };

    @SuppressWarnings("NullAway.Init") // before all tests
    private AllMounts mounts;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        mounts = AllMounts.start(folder);
    }

    @AfterAll
    void stop() {
        mounts.close();
    }

    static List<String> formats() {
        return AllMounts.formats();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void a_client_tries_methods(String format) throws Exception {
        String path = "/" + format + AllMounts.artifact(format);
        int before = mounts.upstream().requests().size();
        for (String method : List.of(
                "TRACE",
                "TRACK",
                "OPTIONS",
                "PATCH",
                "DELETE",
                "PUT",
                "POST",
                "CONNECT",
                "PROPFIND",
                "PURGE",
                "BREW",
                "get",
                "A".repeat(200))) {
            if (format.equals("gradle") && method.equals("PUT")) {
                continue;
            }
            String answer = mounts.converse(method + " " + path + " HTTP/1.1\r\nHost: gateway.test\r\nX-Mark: mark\r\n"
                    + "Connection: close\r\nContent-Length: 0\r\n\r\n");

            assertThat(AllMounts.status(answer)).as(method).isBetween(400, 499);
            assertThat(answer).doesNotContain("X-Mark");
        }
        assertThat(mounts.upstream().requests()).hasSize(before);
        assertThat(mounts.status("CONNECT", "evil.test:443")).isBetween(400, 499);
        assertThat(mounts.status("OPTIONS", "*")).isBetween(400, 499);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void a_client_sends_credentials_that_are_for_somebody_else(String format) throws Exception {
        String mount = "/" + format;
        int before = mounts.upstream().requests().size();
        mounts.status("GET", mount + AllMounts.artifact(format), SECRETS);
        mounts.status("HEAD", mount + AllMounts.artifact(format), SECRETS);
        // Searches, audits and the like are passed on, with a few headers of the client's.
        List<String> more = new ArrayList<>(List.of(SECRETS));
        more.add("Content-Length: 2");
        for (String passed : List.of(
                "/-/npm/v1/security/advisories/bulk",
                "/-/v1/search?text=a",
                "/v3/query?q=a",
                "/v2/Search()?searchTerm='a'",
                "/search.json?q=a",
                "/api/search?q=a",
                "/v2/conans/search?q=a",
                "/api/v1/crates?q=a")) {
            mounts.status("GET", mount + passed, SECRETS);
            mounts.converse("POST " + mount + passed + " HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n"
                    + String.join("\r\n", more) + "\r\n\r\n{}");
        }

        List<FakeUpstream.Request> requests = mounts.upstream().requests();
        assertThat(requests.subList(before, requests.size()))
                .allSatisfy(request ->
                        assertThat(request.headers().toString()).doesNotContain("secret", "YWxpY2U6c2VjcmV0"))
                .hasSizeGreaterThanOrEqualTo(format.equals("gradle") ? 0 : 1);
    }

    @Test
    void a_client_says_what_the_gateway_is_called() throws Exception {
        String document = """
                {"name": "named", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {"name": "named",
                 "version": "1.0.0", "dist": {"tarball": "%s"}}}}\
                """.formatted(mounts.upstream().url(AllMounts.registry("npm") + "/named/-/named-1.0.0.tgz"));
        mounts.upstream().serve(AllMounts.registry("npm") + "/named", document).type("application/json");
        String[] poison = {
            "X-Forwarded-Host: evil.test",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Port: 666",
            "X-Forwarded-Prefix: /evil",
            "X-Forwarded-Server: evil.test",
            "X-Forwarded-For: 127.0.0.1",
            "X-Original-URL: /evil",
            "X-Rewrite-URL: /evil",
            "X-HTTP-Method-Override: DELETE",
            "Forwarded: host=evil.test;proto=https;for=127.0.0.1",
            "Referer: http://evil.test",
            "Origin: http://evil.test"
        };
        for (int i = 0; i < 4; i++) {
            String answer = mounts.converse("GET /npm/named HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n"
                    + String.join("\r\n", poison) + "\r\n\r\n");
            assertThat(AllMounts.status(answer)).isEqualTo(200);
            assertThat(answer).doesNotContain("evil").contains("http://gateway.test/npm/named/-/named-1.0.0.tgz");
            answer = mounts.converse(
                    "GET http://evil.test/npm/named HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n");
            assertThat(AllMounts.status(answer)).isEqualTo(200);
            assertThat(answer).doesNotContain("evil");
            // The one who is to be led astray.
            assertThat(mounts.gateway().get("/npm/named").text())
                    .doesNotContain("evil")
                    .contains("http://gateway.test/npm/named/-/named-1.0.0.tgz");
        }
        for (String page : List.of("/", "/npm", "/pypi/simple", "/npm/named/")) {
            assertThat(mounts.converse("GET " + page + " HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n"
                            + String.join("\r\n", poison) + "\r\n\r\n"))
                    .as(page)
                    .doesNotContain("evil.test");
        }
    }

    @Test
    void a_client_wants_thousands_of_ranges() throws Exception {
        byte[] body = new byte[20_000];
        new Random(1).nextBytes(body);
        String path = "/org/example/demo/2.0/demo-2.0.jar";
        mounts.upstream().serve(AllMounts.registry("maven") + path, body);
        String single = IntStream.range(0, 3_000).mapToObj(i -> i + "-" + i).collect(Collectors.joining(","));
        String overlapping = "0-,".repeat(5_000) + "0-";
        // Cold, held, and when the reply is ready.
        for (int i = 0; i < 4; i++) {
            for (String range : List.of(single, overlapping)) {
                PipelineAnswer answer = mounts.gateway().get("/maven" + path, "Range: bytes=" + range);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.length()).isEqualTo(body.length);
                assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(body));
            }
            mounts.gateway().get("/maven" + path);
        }
        for (String range : List.of(
                "bytes=" + "9".repeat(40) + "-",
                "bytes=0-" + "9".repeat(40),
                "bytes=--1",
                "bytes=1--2",
                "bytes=0-0;q=1",
                "bytes=0x0-0x1",
                "bytes=\u0660-\u0661",
                "bytes= 0-1",
                "BYTES",
                "=",
                "",
                "bytes=" + ",".repeat(10_000))) {
            assertThat(mounts.gateway().get("/maven" + path, "Range: " + range).status())
                    .as(range)
                    .isIn(200, 206, 416);
        }
        assertThat(mounts.upstream().count(AllMounts.registry("maven") + path)).isEqualTo(1);
    }

    @Test
    void a_head_is_too_large() throws Exception {
        String many = IntStream.range(0, 5_000).mapToObj(i -> "X-" + i + ": a").collect(Collectors.joining("\r\n"));
        assertThat(mounts.status("GET", "/npm/demo", many)).isEqualTo(431);
        assertThat(mounts.status("GET", "/npm/demo", "X-Long: " + "a".repeat(40_000)))
                .isEqualTo(431);
        assertThat(mounts.status("GET", "/npm/demo", "X".repeat(40_000) + ": a"))
                .isEqualTo(431);
        assertThat(mounts.status("GET", "/npm/demo", "Cookie: " + "a=b; ".repeat(4_000)))
                .isIn(200, 404);
        assertThat(mounts.status("G".repeat(20_000), "/npm/demo")).isIn(400, 414);
    }

    @Test
    void a_client_asks_for_what_is_not_spoken_here() throws Exception {
        for (String header : List.of(
                "Upgrade: h2c",
                "Upgrade: websocket",
                "Expect: 200-ok",
                "Expect: 100-continue",
                "Connection: Upgrade, HTTP2-Settings",
                "TE: trailers, deflate;q=0.5",
                "Trailer: Content-Length",
                "Accept: " + "a/b;q=0.1,".repeat(2_000) + "*/*",
                "Accept: ,;=,q;;",
                "Accept-Encoding: " + "gzip;q=0.1,".repeat(2_000),
                "Accept-Encoding: gzip;q=nan, ;;;",
                "If-None-Match: " + "\"a\",".repeat(5_000),
                "If-None-Match: \"",
                "If-Modified-Since: yesterday",
                "If-Modified-Since: Sun, 06 Nov 999999999 08:49:37 GMT",
                "If-Range: \"",
                "Cache-Control: max-age=" + "9".repeat(50),
                "Cache-Control: " + "no-cache,".repeat(3_000),
                "User-Agent: ",
                "User-Agent: " + "R (4.5.0 x86_64) ".repeat(1_000),
                "Content-Type: \u0001",
                "Content-Encoding: bzip9")) {
            for (String format : formats()) {
                assertThat(mounts.status("GET", "/" + format + AllMounts.artifact(format), header))
                        .as(format + " " + header)
                        .isIn(200, 304, 400, 404, 417, 502);
            }
        }
    }
}
