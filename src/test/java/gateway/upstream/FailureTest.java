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

import gateway.settings.Upstream;
import gateway.support.FakeClock;
import gateway.support.FakeUpstream;
import gateway.upstream.UpstreamException.Reason;
import gateway.upstream.UpstreamRequest.Lane;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Upstreams that are down, late, sick or tired of us. */
class FailureTest {
    private final FakeUpstream fake = FakeUpstream.start();
    private final Upstream upstream = fake.upstream("fake");
    private final FakeClock clock = new FakeClock();
    private final HttpUpstreams upstreams = UpstreamFixture.Settings.usual()
            .patience(Duration.ofMillis(500), Duration.ofSeconds(5))
            .open(clock);

    @AfterEach
    void close() {
        fake.close();
        upstreams.close().block(SOON);
    }

    private UpstreamRequest file() {
        return get(upstream, fake.url("/file?secret=1"));
    }

    private UpstreamRequest index() {
        return new UpstreamRequest(upstream, Lane.INDEX, "GET", fake.url("/index"), Map.of(), null, false);
    }

    private String breaker(Lane lane) {
        return upstreams.states().stream()
                .filter(state -> state.lane() == lane)
                .findFirst()
                .orElseThrow()
                .breaker();
    }

    @Test
    void nobody_listens() {
        fake.stop();
        UpstreamException error = fail(upstreams.get(file()));
        assertThat(error.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(error)
                .hasMessage("Upstream fake: 127.0.0.1:" + fake.port() + " refused the connection")
                .hasMessageNotContaining("secret");
    }

    @Test
    void no_head_comes() {
        fake.serve("/file", "late").stallAfter(-1);
        UpstreamException error = fail(upstreams.get(file()));
        assertThat(error.reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(error).hasMessageContaining("did not answer: nothing came for 500 ms");
    }

    @Test
    void the_connection_breaks_before_the_head() {
        fake.serve("/file", "never").resetAfter(-1);
        assertThat(fail(upstreams.get(file())).reason()).isEqualTo(Reason.UNREACHABLE);
        fake.serve("/file", "never").truncateAfter(-1);
        assertThat(fail(upstreams.get(file())).reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(fake.count("/file?secret=1")).isEqualTo(2);
    }

    @Test
    void something_answers_that_is_not_http() throws IOException {
        try (var server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
            Thread.ofVirtual().start(() -> {
                try (var socket = server.accept()) {
                    socket.getOutputStream().write("220 mail ready\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    socket.getInputStream().read();
                } catch (IOException e) {
                    // The client has gone.
                }
            });
            var mail = Upstream.at("mail", URI.create("http://127.0.0.1:" + server.getLocalPort()));
            assertThat(fail(upstreams.get(get(mail, mail.url()))).reason()).isEqualTo(Reason.UNREACHABLE);
        }
    }

    @Test
    void a_kept_connection_that_breaks_at_once_is_replaced() {
        var calls = new AtomicInteger();
        var good = FakeUpstream.ok(bytes(10));
        var reset = fake.serve("/reset", "").resetAfter(-1);
        fake.answer("/file", request -> calls.incrementAndGet() == 2 ? reset : good);
        fetch(upstreams, file());

        assertThat(fetch(upstreams, file())).hasSize(10);

        assertThat(calls).hasValue(3);
        assertThat(fake.connections()).isEqualTo(2);
    }

    @Test
    void a_kept_connection_that_breaks_twice_is_not_replaced_again() {
        var calls = new AtomicInteger();
        var good = FakeUpstream.ok(bytes(10));
        var reset = fake.serve("/reset", "").resetAfter(-1);
        fake.answer("/file", request -> calls.incrementAndGet() > 1 ? reset : good);
        fetch(upstreams, file());

        assertThat(fail(upstreams.get(file())).reason()).isEqualTo(Reason.UNREACHABLE);

        assertThat(calls).hasValue(3);
    }

    @Test
    void a_post_is_never_sent_twice() {
        var calls = new AtomicInteger();
        var good = FakeUpstream.ok(bytes(10));
        var reset = fake.serve("/reset", "").resetAfter(-1);
        fake.answer("/file", request -> calls.incrementAndGet() == 2 ? reset : good);
        fetch(upstreams, file());

        assertThat(fail(upstreams.get(post(upstream, fake.url("/file"), Flux.empty())))
                        .reason())
                .isEqualTo(Reason.UNREACHABLE);

        assertThat(calls).hasValue(2);
    }

    @Test
    void an_upstream_that_was_restarted_is_found_again() {
        fake.serve("/file", "found");
        fetch(upstreams, file());
        fake.stop();
        assertThat(fail(upstreams.get(file())).reason()).isEqualTo(Reason.UNREACHABLE);
        fake.restart();
        assertThat(fetch(upstreams, file())).asString().isEqualTo("found");
    }

    @Test
    void ten_failures_open_the_breaker_of_one_lane() {
        fake.status("/file", 500);
        fake.serve("/index", "fine");
        for (int i = 0; i < 10; i++) {
            assertThat(ask(upstreams, file()).status()).isEqualTo(500);
        }
        clock.advance(Duration.ofSeconds(4));

        UpstreamException error = fail(upstreams.get(file()));

        assertThat(error.reason()).isEqualTo(Reason.BREAKER_OPEN);
        assertThat(error.retryAfter()).isEqualTo(Duration.ofSeconds(6));
        assertThat(fake.count("/file?secret=1")).isEqualTo(10);
        assertThat(fetch(upstreams, index())).asString().isEqualTo("fine");
        assertThat(breaker(Lane.ARTIFACT)).isEqualTo("OPEN");
        assertThat(breaker(Lane.INDEX)).isEqualTo("CLOSED");
    }

    @Test
    void an_upstream_that_recovers_is_asked_again_after_ten_seconds() {
        fake.stop();
        for (int i = 0; i < 10; i++) {
            assertThat(fail(upstreams.get(file())).reason()).isEqualTo(Reason.UNREACHABLE);
        }
        assertThat(fail(upstreams.get(file())).reason()).isEqualTo(Reason.BREAKER_OPEN);
        fake.restart();
        fake.serve("/file", "back");
        clock.advance(Duration.ofSeconds(11));
        for (int i = 0; i < 4; i++) {
            assertThat(fetch(upstreams, file())).asString().isEqualTo("back");
        }
        assertThat(breaker(Lane.ARTIFACT)).isEqualTo("CLOSED");
    }

    @Test
    void callers_who_leave_use_up_no_trial_call() throws InterruptedException {
        fake.status("/file", 500);
        for (int i = 0; i < 10; i++) {
            ask(upstreams, file());
        }
        clock.advance(Duration.ofSeconds(11));
        for (int i = 0; i < 5; i++) {
            var answer = fake.serve("/file", "slow").pauseAfter(-1);
            var call = upstreams.get(file()).subscribe();
            answer.awaitReached();
            call.dispose();
            answer.release();
        }
        fake.serve("/file", "back");
        for (int i = 0; i < 3; i++) {
            assertThat(fetch(upstreams, file())).asString().isEqualTo("back");
        }
        assertThat(breaker(Lane.ARTIFACT)).isEqualTo("CLOSED");
    }

    @Test
    void what_we_do_wrong_opens_no_breaker() {
        fake.status("/file", 404);
        fake.redirect("/index", 302, "http://10.0.0.1/");
        for (int i = 0; i < 20; i++) {
            assertThat(ask(upstreams, file()).status()).isEqualTo(404);
            assertThat(fail(upstreams.get(index())).reason()).isEqualTo(Reason.FORBIDDEN_REDIRECT);
        }
        assertThat(breaker(Lane.ARTIFACT)).isEqualTo("CLOSED");
        assertThat(breaker(Lane.INDEX)).isEqualTo("CLOSED");
    }

    @Test
    void bodies_that_break_open_the_breaker_once_each() {
        fake.serve("/file", bytes(1000)).truncateAfter(500);
        for (int i = 0; i < 10; i++) {
            UpstreamResponse response = answer(upstreams, file());
            UpstreamException error = fail(UpstreamFixture.read(response));
            response.failed(error);
            response.failed(error);
        }
        assertThat(breaker(Lane.ARTIFACT)).isEqualTo("OPEN");
    }

    @Test
    void wrong_bytes_count_when_the_caller_says_so() {
        fake.serve("/file", bytes(1000));
        // Each is counted as fine when the body ends, and as a failure later.
        for (int i = 0; i < 5; i++) {
            UpstreamResponse response = answer(upstreams, file());
            UpstreamFixture.read(response).block(SOON);
            response.failed(new IOException("wrong checksum"));
        }
        assertThat(breaker(Lane.ARTIFACT)).isEqualTo("OPEN");
    }

    @Test
    void an_upstream_asks_us_to_wait() {
        fake.status("/file", 429).header("Retry-After", "30");

        assertThat(ask(upstreams, file()).status()).isEqualTo(429);
        clock.advance(Duration.ofSeconds(10));
        UpstreamException error = fail(upstreams.get(index()));

        assertThat(error.reason()).isEqualTo(Reason.THROTTLED);
        assertThat(error.retryAfter()).isEqualTo(Duration.ofSeconds(20));
        assertThat(fake.count("/index")).isZero();
        assertThat(upstreams.states().getFirst().throttledUntil())
                .isEqualTo(clock.instant().plusSeconds(20));
        clock.advance(Duration.ofSeconds(20));
        fake.serve("/file", "again");
        assertThat(fetch(upstreams, file())).asString().isEqualTo("again");
        assertThat(upstreams.states().getFirst().throttledUntil()).isNull();
    }

    @Test
    void an_upstream_asks_another_to_wait() {
        fake.status("/file", 429);
        ask(upstreams, file());
        var second = fake.upstream("second");
        assertThat(ask(upstreams, get(second, fake.url("/file"))).status()).isEqualTo(429);
        assertThat(fail(upstreams.get(file())).retryAfter()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void an_upstream_that_is_overloaded_names_a_time_or_not() {
        fake.status("/file", 503);
        assertThat(ask(upstreams, file()).status()).isEqualTo(503);
        fake.status("/file", 503).header("Retry-After", "Sun, 01 Mar 2026 12:01:00 GMT");
        assertThat(ask(upstreams, file()).status()).isEqualTo(503);
        assertThat(fail(upstreams.get(file())).retryAfter()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void a_wait_is_never_longer_than_five_minutes() {
        fake.status("/file", 429).header("Retry-After", "999999999999999999999");
        ask(upstreams, file());
        assertThat(fail(upstreams.get(file())).retryAfter()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void a_wait_makes_no_sense() {
        fake.status("/file", 429).header("Retry-After", "soon");
        ask(upstreams, request("HEAD", upstream, fake.url("/file")));
        assertThat(fail(upstreams.get(file())).retryAfter()).isEqualTo(Duration.ofSeconds(5));
    }
}
