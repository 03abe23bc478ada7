package gateway.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that a proxy in front of the gateway may read differently: they are refused, or read in the one right way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmugglingTest {

    private static final String HELD = "/maven/org/example/demo/1.0/demo-1.0.jar";
    private static final String SMUGGLED = "/maven/org/example/smuggled/1.0/smuggled-1.0.jar";
    /** What is to be taken for a request of somebody else's. */
    private static final String PRIZE = "GET " + SMUGGLED + " HTTP/1.1\r\nHost: gateway.test\r\n\r\n";

    @SuppressWarnings("NullAway.Init") // before all tests
    private AllMounts mounts;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        mounts = AllMounts.start(folder);
        mounts.upstream().serve(AllMounts.registry("maven") + HELD.substring("/maven".length()), "held");
        // A hit that is given again goes past most of the server.
        await().until(() -> {
            mounts.gateway().get(HELD);
            return mounts.gateway().get("/metrics").text().contains("gateway_ready_replies 1");
        });
    }

    @AfterAll
    void stop() {
        mounts.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 6\nTransfer-Encoding: chunked\n\n0\n\n",
                "Transfer-Encoding: chunked\nContent-Length: 6\n\n0\n\n",
                "Content-Length: 0\nContent-Length: 44\n\n",
                "Content-Length: 5\nContent-Length: 5\n\nhello",
                "Content-Length: 0, 44\n\n",
                "Content-Length: +5\n\nhello",
                "Content-Length: -5\n\nhello",
                "Content-Length: 0x5\n\nhello",
                "Content-Length: 5 5\n\nhello",
                "Content-Length:\n\n",
                "Content-Length: five\n\nhello",
                "Content-Length: 99999999999999999999\n\nhello",
                "Content-Length : 5\n\nhello",
                "Content-Length\t: 5\n\nhello",
                "Transfer-Encoding : chunked\n\n0\n\n",
                "Transfer-Encoding: identity\n\n",
                "Transfer-Encoding: xchunked\n\n0\n\n",
                "Transfer-Encoding: chunked, identity\n\n0\n\n",
                "Transfer-Encoding: gzip, chunked\n\n0\n\n",
                "Transfer-Encoding: chunked\nTransfer-Encoding: identity\n\n0\n\n",
                "Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n0\n\n",
                "Transfer-Encoding:\n chunked\n\n0\n\n",
                "Transfer-Encoding: \"chunked\"\n\n0\n\n",
                "Transfer-Encoding: chunked;q=1\n\n0\n\n",
                "Transfer-Encoding: \u000bchunked\n\n0\n\n",
                "Host: other.test\n\n",
                "X-Nothing\n\n",
                ": empty\n\n",
                "X-Nu\u0000ll: a\n\n",
                "X-Null: a\u0000b\n\n",
                "X-Return: a\rContent-Length: 44\n\n",
                "X Space: a\n\n"
            })
    void a_head_has_two_meanings(String rest) throws IOException {
        for (String method : new String[] {"GET", "POST", "PUT"}) {
            assertRefused(method + " " + HELD + " HTTP/1.1\r\nHost: gateway.test\r\n" + lines(rest) + PRIZE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET HELD HTTP/1.1\n\n",
                "GET HELD HTTP/1.1\n Host: gateway.test\n\n",
                "GET HELD HTTP/1.1\nHost: a b\n\n",
                "GET HELD HTTP/1.1\nHost: gateway.test/npm\n\n",
                "GET HELD HTTP/1.1\nHost: user@gateway.test\n\n",
                "GET HELD HTTP/1.1\nHost: gateway.test, other.test\n\n",
                "GET HELD HTTP/1.0\nTransfer-Encoding: chunked\n\n0\n\n",
                "GET HELD HTTP/1.1 HTTP/1.1\nHost: gateway.test\n\n",
                "GET HELD\nHost: gateway.test\n\n",
                "GET HELD HTTP/2.0\nHost: gateway.test\n\n",
                "GET HELD HTTP/1.1x\nHost: gateway.test\n\n",
                "GET HELD JUNK/1.1\nHost: gateway.test\n\n",
                "G\u0000T HELD HTTP/1.1\nHost: gateway.test\n\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\n\n",
                "PRI * HTTP/2.0\n\nSM\n\n"
            })
    void a_request_is_none(String head) throws IOException {
        assertRefused(lines(head.replace("HELD", HELD)) + PRIZE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1\nhello\n0\n\n",
                "0x5\nhello\n0\n\n",
                "5 5\nhello\n0\n\n",
                "five\nhello\n0\n\n",
                "FFFFFFFFFFFFFFFFF\nhello\n0\n\n",
                "5\nhello!!\n0\n\n",
                "5;a=\rb\nhello\n0\n\n",
                "\n5\nhello\n0\n\n"
            })
    void chunks_are_not_what_they_should_be(String chunks) throws IOException {
        String answer = mounts.converse("PUT /gradle/" + "a".repeat(32)
                + " HTTP/1.1\r\nHost: gateway.test\r\nTransfer-Encoding: chunked\r\n\r\n" + lines(chunks) + PRIZE);

        assertThat(answers(answer)).as(answer).isLessThanOrEqualTo(1);
        assertNothingSmuggled();
    }

    @Test
    void a_line_ends_in_a_way_of_its_own() throws IOException {
        for (String end : new String[] {"\n", "\r", "\r\r\n", "\n\r"}) {
            String head = "GET " + HELD + " HTTP/1.1" + end + "Host: gateway.test" + end + end;
            String answer = mounts.converse(head + "Connection: close\r\n\r\n");

            assertThat(AllMounts.status(answer)).as(answer).isEqualTo(400);
            assertThat(answers(answer)).isEqualTo(1);
        }
    }

    @Test
    void a_body_looks_like_a_request() throws IOException {
        for (String method : new String[] {"GET", "HEAD", "PUT"}) {
            String answer =
                    mounts.converse(method + " " + HELD + " HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n"
                            + "Content-Length: " + PRIZE.length() + "\r\n\r\n" + PRIZE);

            assertThat(answers(answer)).as(answer).isEqualTo(1);
            assertNothingSmuggled();
        }
    }

    @Test
    void a_request_follows_a_body_that_nobody_asked_for() throws IOException {
        try (PipelineClient client = PipelineClient.connect(mounts.gateway().port())) {
            for (int i = 0; i < 20; i++) {
                client.raw("GET " + HELD + " HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: " + PRIZE.length()
                        + "\r\n\r\n" + PRIZE);
                client.raw("GET " + HELD + " HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
                client.raw("GET /maven/org/example/none HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
                for (int expected : new int[] {200, 200, 404}) {
                    PipelineAnswer answer = client.head("GET").whole();
                    assertThat(answer.status()).isEqualTo(expected);
                    assertThat(answer.whole()).isTrue();
                }
            }
        }
        assertNothingSmuggled();
    }

    @Test
    void a_folded_line_is_one_line() throws IOException {
        String answer = mounts.converse("GET " + HELD + " HTTP/1.1\r\nHost: gateway.test\r\nX-Folded: a\r\n"
                + " Content-Length: " + PRIZE.length() + "\r\nConnection: close\r\n\r\n");

        assertThat(AllMounts.status(answer)).isIn(200, 400);
        assertThat(answers(answer)).isEqualTo(1);
    }

    @Test
    void a_client_speaks_http_1_0_and_names_no_host() throws IOException {
        String answer = mounts.converse("GET " + HELD + " HTTP/1.0\r\n\r\n" + PRIZE);

        assertThat(AllMounts.status(answer)).isEqualTo(200);
        assertThat(answers(answer)).isEqualTo(1);
        assertNothingSmuggled();
    }

    private void assertRefused(String bytes) throws IOException {
        String answer = mounts.converse(bytes);
        assertThat(AllMounts.status(answer)).as(answer).isEqualTo(400);
        assertThat(answers(answer)).as(answer).isEqualTo(1);
        assertNothingSmuggled();
    }

    private void assertNothingSmuggled() {
        assertThat(mounts.upstream().requests())
                .noneMatch(request -> request.path().contains("smuggled"));
    }

    private static int answers(String bytes) {
        return bytes.split("HTTP/1\\.[01] [0-9]{3}", -1).length - 1;
    }

    private static String lines(String text) {
        return text.replace("\n", "\r\n");
    }
}
