package gateway.upstream;

import static gateway.upstream.UpstreamFixture.SOON;
import static gateway.upstream.UpstreamFixture.answer;
import static gateway.upstream.UpstreamFixture.ask;
import static gateway.upstream.UpstreamFixture.bytes;
import static gateway.upstream.UpstreamFixture.fetch;
import static gateway.upstream.UpstreamFixture.get;
import static gateway.upstream.UpstreamFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.settings.Rules;
import gateway.settings.Upstream;
import gateway.support.FakeUpstream;
import gateway.upstream.UpstreamRequest.Lane;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members of projects who name one upstream after the other. */
class PeersTest {
    private static final int MOST = 3;
    private static final int MANY = 20;

    private final FakeUpstream fake = FakeUpstream.start();
    private final HttpUpstreams upstreams = UpstreamFixture.Settings.usual()
            .allowing("127.0.0.1")
            .patience(Duration.ofMinutes(1), Duration.ofMinutes(1))
            .keeping(MOST);

    @AfterEach
    void close() {
        fake.close();
        upstreams.close().block(SOON);
    }

    private Upstream named(String member) {
        return new Upstream(
                member,
                fake.url("/" + member),
                Map.of(),
                null,
                null,
                Map.of(),
                null,
                false,
                Rules.NONE,
                new Upstream.Terms(false, null),
                null);
    }

    private UpstreamRequest file(Upstream upstream) {
        return get(upstream, fake.url("/file"));
    }

    private void nameMany() {
        fake.serve("/file", "small");
        for (int i = 0; i < MANY; i++) {
            fetch(upstreams, file(named("passing" + i)));
        }
    }

    private Set<String> kept() {
        return upstreams.states().stream().map(UpstreamState::name).collect(Collectors.toSet());
    }

    private long asked(Upstream upstream) {
        return upstreams.state(upstream, Lane.ARTIFACT).asked();
    }

    @Test
    void only_the_latest_are_kept_and_the_connections_of_the_others_closed() {
        nameMany();

        assertThat(kept()).containsExactlyInAnyOrder("passing17", "passing18", "passing19");
        await().untilAsserted(() -> assertThat(fake.open()).isLessThanOrEqualTo(MOST));
    }

    @Test
    void who_is_asked_again_and_again_stays() {
        fake.serve("/file", "small");
        Upstream busy = named("busy");
        for (int i = 0; i < MANY; i++) {
            fetch(upstreams, file(busy));
            fetch(upstreams, file(named("passing" + i)));
        }

        assertThat(asked(busy)).isEqualTo(MANY);
    }

    @Test
    void what_the_operator_named_stays() {
        fake.serve("/file", "small");
        Upstream configured = fake.upstream("configured");
        fetch(upstreams, file(configured));

        nameMany();

        assertThat(asked(configured)).isOne();
        assertThat(kept()).hasSize(MOST + 1).contains("configured");
    }

    @Test
    void who_sends_a_body_stays_until_its_end() {
        byte[] bytes = bytes(4 * 1024 * 1024);
        fake.serve("/large", bytes);
        Upstream sending = named("sending");
        UpstreamResponse response = answer(upstreams, get(sending, fake.url("/large")));

        nameMany();

        assertThat(asked(sending)).isOne();
        assertThat(read(response).block(SOON)).isEqualTo(bytes);
        await().untilAsserted(() -> {
            nameMany();
            assertThat(asked(sending)).isZero();
        });
    }

    @Test
    void who_is_waited_for_stays() {
        fake.serve("/never", "late").stallAfter(-1);
        Upstream slow = named("slow");
        var waiting = upstreams.get(get(slow, fake.url("/never"))).subscribe();
        await().until(() -> fake.count("/never") == 1);

        nameMany();

        assertThat(asked(slow)).isOne();
        waiting.dispose();
        await().untilAsserted(() -> {
            nameMany();
            assertThat(asked(slow)).isZero();
        });
    }

    @Test
    void a_discarded_answer_keeps_nothing() {
        fake.serve("/large", bytes(4 * 1024 * 1024));
        Upstream left = named("left");
        ask(upstreams, get(left, fake.url("/large")));

        nameMany();

        assertThat(asked(left)).isZero();
    }

    @Test
    void who_asked_us_to_wait_is_forgotten_last() {
        fake.status("/busy", 429).header("Retry-After", "120");
        Upstream tired = named("tired");
        ask(upstreams, get(tired, fake.url("/busy")));

        nameMany();

        assertThat(upstreams.state(tired, Lane.ARTIFACT).throttledUntil()).isNotNull();
        assertThat(kept()).hasSize(MOST);
    }
}
