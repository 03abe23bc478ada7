package gateway.upstream;

import static gateway.upstream.UpstreamFixture.SOON;
import static gateway.upstream.UpstreamFixture.answer;
import static gateway.upstream.UpstreamFixture.ask;
import static gateway.upstream.UpstreamFixture.bytes;
import static gateway.upstream.UpstreamFixture.encoded;
import static gateway.upstream.UpstreamFixture.fail;
import static gateway.upstream.UpstreamFixture.fetch;
import static gateway.upstream.UpstreamFixture.get;
import static gateway.upstream.UpstreamFixture.read;
import static gateway.upstream.UpstreamFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.settings.Upstream;
import gateway.support.FakeUpstream;
import gateway.upstream.UpstreamException.Reason;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Bodies over real sockets: whole, broken, slow, packed, dropped. */
class BodyTest {
    private final FakeUpstream fake = FakeUpstream.start();
    private final Upstream upstream = fake.upstream("fake");
    private final HttpUpstreams upstreams = UpstreamFixture.Settings.usual()
            .patience(Duration.ofSeconds(5), Duration.ofMillis(400))
            .open();

    @AfterEach
    void close() {
        fake.close();
        upstreams.close().block(SOON);
    }

    private UpstreamRequest file() {
        return get(upstream, fake.url("/file"));
    }

    private UpstreamException broken(UpstreamRequest request) {
        return fail(upstreams.get(request).flatMap(UpstreamFixture::read));
    }

    @Test
    void a_file_arrives_as_it_is() {
        byte[] file = bytes(3_000_000);
        fake.serve("/file", file).type("application/octet-stream").etag("\"1\"");

        UpstreamResponse response = answer(upstreams, file());
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.length()).contains(3_000_000L);
        assertThat(response.header("etag")).isEqualTo("\"1\"");
        assertThat(response.header("ETag")).isEqualTo("\"1\"");
        assertThat(response.header("Age")).isNull();
        assertThat(response.uri()).isEqualTo(fake.url("/file"));
        assertThat(read(response).block(SOON)).isEqualTo(file);
    }

    @Test
    void a_chunked_file_has_no_length_before_its_end() {
        byte[] file = bytes(300_000);
        fake.serve("/file", file).chunked().pieces(1000);

        UpstreamResponse response = answer(upstreams, file());
        assertThat(response.length()).isEmpty();
        assertThat(read(response).block(SOON)).isEqualTo(file);
    }

    @Test
    void one_connection_serves_one_request_after_the_other() {
        fake.serve("/file", bytes(100_000));
        for (int i = 0; i < 5; i++) {
            fetch(upstreams, file());
        }
        assertThat(fake.connections()).isEqualTo(1);
    }

    @Test
    void head_has_a_length_and_no_body() {
        fake.serve("/file", bytes(1000));

        UpstreamResponse response = answer(upstreams, request("HEAD", upstream, fake.url("/file")));
        assertThat(response.length()).contains(1000L);
        assertThat(read(response).block(SOON)).isEmpty();
        ask(upstreams, request("HEAD", upstream, fake.url("/file")));
        fetch(upstreams, file());
        assertThat(fake.connections()).isEqualTo(1);
    }

    @Test
    void a_body_that_ends_before_its_length_is_broken() {
        fake.serve("/file", bytes(100_000)).truncateAfter(60_000);

        var received = new AtomicLong();
        StepVerifier.create(upstreams
                        .get(file())
                        .flatMapMany(UpstreamResponse::body)
                        .doOnNext(buffer -> {
                            received.addAndGet(buffer.readableBytes());
                            buffer.release();
                        }))
                .thenConsumeWhile(buffer -> true)
                .expectErrorSatisfies(error ->
                        assertThat(((UpstreamException) error).reason()).isEqualTo(Reason.BROKEN_BODY))
                .verify(SOON);
        assertThat(received).hasValue(60_000);
    }

    @Test
    void a_chunked_body_without_its_end_is_broken() {
        fake.serve("/file", bytes(100_000)).chunked().truncateAfter(60_000);
        assertThat(broken(file()).reason()).isEqualTo(Reason.BROKEN_BODY);
    }

    @Test
    void a_reset_within_the_body_breaks_it() {
        fake.serve("/file", bytes(100_000)).resetAfter(60_000);
        assertThat(broken(file()).reason()).isEqualTo(Reason.BROKEN_BODY);
    }

    @Test
    void a_stalled_body_is_given_up() {
        fake.serve("/file", bytes(100_000)).stallAfter(60_000);

        UpstreamException error = broken(file());

        assertThat(error.reason()).isEqualTo(Reason.BROKEN_BODY);
        assertThat(error).hasMessageContaining("stalled").hasMessageContaining("fake");
        await().untilAsserted(() -> assertThat(fake.open()).isZero());
    }

    @Test
    void a_body_that_comes_in_drops_is_not_stalled() {
        var answer = fake.serve("/file", bytes(6)).pieces(1);
        fake.answer("/file", request -> answer);
        assertThat(fetch(upstreams, file())).hasSize(6);
    }

    @Test
    void a_slow_consumer_is_no_stalled_upstream() {
        byte[] file = bytes(20_000_000);
        fake.serve("/file", file);
        var received = new AtomicLong();
        StepVerifier.create(upstreams.get(file()).flatMapMany(UpstreamResponse::body), 1)
                .consumeNextWith(buffer -> take(buffer, received))
                .thenAwait(Duration.ofMillis(1500))
                .thenRequest(40)
                .thenConsumeWhile(buffer -> received.get() < 500_000, buffer -> take(buffer, received))
                .thenAwait(Duration.ofMillis(1500))
                .thenRequest(Long.MAX_VALUE)
                .thenConsumeWhile(buffer -> true, buffer -> take(buffer, received))
                .verifyComplete();
        assertThat(received).hasValue(20_000_000);
    }

    @Test
    void an_upstream_that_stalls_after_a_slow_consumer_came_back_is_given_up() {
        fake.serve("/file", bytes(20_000_000)).stallAfter(19_000_000);
        var received = new AtomicLong();
        StepVerifier.create(upstreams.get(file()).flatMapMany(UpstreamResponse::body), 1)
                .consumeNextWith(buffer -> take(buffer, received))
                .thenAwait(Duration.ofSeconds(1))
                .thenRequest(Long.MAX_VALUE)
                .thenConsumeWhile(buffer -> true, buffer -> take(buffer, received))
                .expectErrorSatisfies(error -> assertThat(error).hasMessageContaining("stalled"))
                .verify(SOON);
        assertThat(received).hasValue(19_000_000);
    }

    private static void take(ByteBuf buffer, AtomicLong received) {
        received.addAndGet(buffer.readableBytes());
        buffer.release();
    }

    @Test
    void bytes_behind_the_end_do_not_reach_the_next_answer() {
        fake.serve("/file", bytes(1000)).withSurplus(5000);
        for (int i = 0; i < 4; i++) {
            assertThat(fetch(upstreams, file())).isEqualTo(bytes(1000));
        }
    }

    @Test
    void a_cancelled_body_closes_its_connection() {
        var answer = fake.serve("/file", bytes(5_000_000)).pauseAfter(1_000_000);

        StepVerifier.create(upstreams.get(file()).flatMapMany(UpstreamResponse::body))
                .consumeNextWith(ByteBuf::release)
                .thenCancel()
                .verify(SOON);

        answer.release();
        await().untilAsserted(() -> assertThat(fake.open()).isZero());
    }

    @Test
    void a_discarded_answer_closes_its_connection() {
        fake.serve("/file", bytes(50_000_000));
        ask(upstreams, file());
        await().untilAsserted(() -> assertThat(fake.open()).isZero());
    }

    @Test
    void a_discarded_404_keeps_its_connection() {
        for (int i = 0; i < 3; i++) {
            assertThat(ask(upstreams, get(upstream, fake.url("/absent"))).status())
                    .isEqualTo(404);
        }
        assertThat(fake.connections()).isEqualTo(1);
    }

    @Test
    void the_text_of_an_error_can_be_read() {
        fake.status("/file", 404);
        assertThat(fetch(upstreams, file())).asString().isEqualTo("status 404");
    }

    @Test
    void the_text_of_an_error_breaks_off() {
        fake.status("/file", 500).declaring(200).truncateAfter(10);
        UpstreamResponse response = answer(upstreams, file());
        assertThat(response.status()).isEqualTo(500);
        assertThat(fail(read(response)).reason()).isEqualTo(Reason.BROKEN_BODY);
    }

    @Test
    void a_body_is_taken_once() {
        fake.serve("/file", "once");
        UpstreamResponse response = answer(upstreams, file());
        read(response).block(SOON);
        StepVerifier.create(response.body()).verifyError(IllegalStateException.class);
        response.discard();
    }

    @Test
    void a_caller_who_leaves_before_the_head_ends_the_call() throws InterruptedException {
        var answer = fake.serve("/file", "late").pauseAfter(-1);
        var call = upstreams.get(file()).subscribe();
        answer.awaitReached();

        call.dispose();
        answer.release();

        await().untilAsserted(() -> assertThat(fake.open()).isZero());
    }

    @Test
    void packed_bodies_are_unpacked_when_asked_for() {
        byte[] file = "package ".repeat(200_000).getBytes(StandardCharsets.UTF_8);
        fake.serve("/index", file).gzip();

        UpstreamResponse response = answer(upstreams, encoded(upstream, fake.url("/index")));
        assertThat(response.length()).isEmpty();
        assertThat(response.header("Content-Encoding")).isNull();
        assertThat(read(response).block(SOON)).isEqualTo(file);
        assertThat(fake.requests().getFirst().header("accept-encoding")).isEqualTo("gzip");
    }

    @Test
    void nothing_is_packed_when_not_asked_for() {
        fake.serve("/file", bytes(1000)).gzip();
        assertThat(fetch(upstreams, file())).isEqualTo(bytes(1000));
        assertThat(fake.requests().getFirst().header("accept-encoding")).isEqualTo("identity");
    }

    @Test
    void a_packed_body_that_breaks_off_is_broken() {
        fake.serve("/index", bytes(1_000_000)).gzip().chunked().truncateAfter(500_000);
        assertThat(broken(encoded(upstream, fake.url("/index"))).reason()).isEqualTo(Reason.BROKEN_BODY);
    }

    @Test
    void many_calls_at_once_share_a_bounded_number_of_connections() {
        fake.serve("/file", bytes(200_000));
        var patient = UpstreamFixture.Settings.usual()
                .patience(Duration.ofMinutes(1), Duration.ofMinutes(1))
                .open();
        var calls = Flux.range(0, 300).flatMap(i -> patient.get(file()).flatMap(UpstreamFixture::read), 300);
        StepVerifier.create(calls.count()).expectNext(300L).verifyComplete();
        assertThat(fake.connections()).isLessThanOrEqualTo(64);
        patient.close().block(SOON);
    }

    @Test
    void an_answer_that_nobody_takes_gives_its_connection_up() {
        fake.serve("/file", bytes(10_000_000));
        var hasty =
                UpstreamFixture.Settings.usual().flight(Duration.ofMillis(300)).open();
        assertThat(hasty.get(file()).block(SOON)).isNotNull();
        await().untilAsserted(() -> assertThat(fake.open()).isZero());
        hasty.close().block(SOON);
    }
}
