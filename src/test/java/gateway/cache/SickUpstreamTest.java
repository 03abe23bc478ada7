package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeClock;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One upstream is sick: what is held is served all the same, others do not notice, and it is asked again when it is well. */
class SickUpstreamTest {

    private static final String HELD = "/g/held/1/held-1.jar";
    private static final String METADATA = "/g/held/maven-metadata.xml";

    private final FakeUpstream sick = FakeUpstream.start();
    private final FakeUpstream well = FakeUpstream.at("127.0.0.2");

    private final FakeClock clock = new FakeClock();

    @TempDir
    Path folder;

    private PipelineGateway gateway;

    @BeforeEach
    void prepare() {
        gateway = PipelineGateway.in(folder)
                .mount("/sick", "maven", sick.upstream("sick"))
                .mount("/well", "maven", well.upstream("well"))
                .clock(clock);
    }

    @AfterEach
    void stop() {
        gateway.close();
        sick.close();
        well.close();
    }

    private void start(Duration patience) throws Exception {
        gateway.timeouts(patience, patience).start();
        sick.serve(HELD, "held");
        sick.serve(METADATA, "<metadata/>");
        assertThat(gateway.get("/sick" + HELD).text()).isEqualTo("held");
        assertThat(gateway.get("/sick" + METADATA).text()).isEqualTo("<metadata/>");
    }

    /** More than it has connections for hang on the sick one, before the head and within the body. */
    @Test
    void another_repository_does_not_notice_one_that_hangs() throws Exception {
        start(Duration.ofMinutes(2));
        List<PipelineClient> hanging = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                String path = "/g/a/" + i + "/a-" + i + ".jar";
                sick.serve(path, new byte[400_000]).stallAfter(i % 2 == 0 ? -1 : 300_000);
                hanging.add(gateway.ask("/sick" + path));
            }
            // All the connections that one upstream may have, but for those that ask for digests.
            await().until(() -> sick.open() >= 64);

            for (int i = 0; i < 50; i++) {
                String path = "/g/b/" + i + "/b-" + i + ".jar";
                well.serve(path, "b" + i);
                assertThat(gateway.get("/well" + path).text()).isEqualTo("b" + i);
                assertThat(gateway.get("/well" + path).cacheStatus()).isEqualTo("gateway; hit");
            }
            assertThat(gateway.get("/sick" + HELD).cacheStatus()).isEqualTo("gateway; hit");
            assertThat(gateway.get("/sick" + METADATA).cacheStatus()).isEqualTo("gateway; hit");
            // They hang still: nothing above had to wait until they gave up.
            assertThat(sick.open()).isGreaterThanOrEqualTo(64);
        } finally {
            for (PipelineClient client : hanging) {
                client.close();
            }
        }
    }

    @Test
    void it_comes_and_goes_for_seconds() throws Exception {
        flap(4, new Random(5));
    }

    /** The same for minutes: {@code -Dgateway.long.rounds} times. */
    @Test
    @Tag("long")
    void it_comes_and_goes_for_minutes() throws Exception {
        flap(Integer.getInteger("gateway.long.rounds", 200), new Random(7));
    }

    private enum State {
        UP,
        DOWN,
        SLOW,
        FAILING,
        THROTTLING
    }

    private void flap(int rounds, Random random) throws Exception {
        start(Duration.ofSeconds(1));
        int file = 0;
        for (int round = 0; round < rounds; round++) {
            State state = State.values()[1 + random.nextInt(State.values().length - 1)];
            become(state);
            for (int i = 0; i < 15; i++) {
                PipelineAnswer held = gateway.get("/sick" + HELD);
                assertThat(held.status()).as("held while it is %s", state).isEqualTo(200);
                assertThat(held.text()).isEqualTo("held");
                PipelineAnswer index = gateway.get("/sick" + METADATA, "Cache-Control: only-if-cached");
                assertThat(index.text()).as("index while it is %s", state).isEqualTo("<metadata/>");
                if (state != State.SLOW || i < 2) {
                    PipelineAnswer cold = gateway.get("/sick" + name(++file));
                    assertThat(cold.status()).as("cold while it is %s", state).isIn(429, 502, 504);
                    assertThat(cold.header("retry-after")).isNotNull();
                }
            }
            become(State.UP);
            // The breaker's pause is ten seconds, and who asked us to wait named one.
            int seconds = 0;
            while (!gateway.get("/sick" + name(++file)).text().equals("fresh")) {
                clock.advance(Duration.ofSeconds(1));
                assertThat(++seconds).as("recovery after it was %s", state).isLessThanOrEqualTo(11);
            }
        }
        assertThat(gateway.get("/sick" + HELD).text()).isEqualTo("held");
        await().untilAsserted(() -> assertThat(gateway.files()).noneMatch(path -> path.startsWith(".staging")));
    }

    private static String name(int file) {
        return "/g/c/" + file + "/c-" + file + ".jar";
    }

    private void become(State state) {
        sick.stop();
        if (state == State.DOWN) {
            return;
        }
        sick.otherwise(request -> switch (state) {
            case UP, DOWN -> FakeUpstream.ok("fresh".getBytes(StandardCharsets.UTF_8));
            case SLOW -> FakeUpstream.ok(new byte[0]).stallAfter(-1);
            case FAILING -> FakeUpstream.with(500);
            case THROTTLING -> FakeUpstream.with(429).header("Retry-After", "1");
        });
        sick.restart();
    }
}
