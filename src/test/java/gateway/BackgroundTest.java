package gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Work without anybody who waits for it. */
@ExtendWith(OutputCaptureExtension.class)
class BackgroundTest {
    private final Background background = new Background();

    @Test
    void finished_work_is_forgotten() {
        background.start("count", Flux.range(0, 3));

        assertThat(background.size()).isZero();
    }

    @Test
    void failing_work_is_logged_once(CapturedOutput output) {
        background.start("sweep the floor", Mono.error(new IllegalStateException("no broom")));

        await().untilAsserted(() -> assertThat(output).containsOnlyOnce("Could not sweep the floor"));
        assertThat(output).contains("no broom");
        assertThat(background.size()).isZero();
    }

    @Test
    void closing_ends_what_runs_and_what_starts_later() {
        var running = Sinks.one();
        background.start("wait", running.asMono());
        assertThat(background.size()).isEqualTo(1);

        background.close();
        var late = Sinks.one();
        var handle = background.start("wait", late.asMono());

        assertThat(running.currentSubscriberCount()).isZero();
        assertThat(late.currentSubscriberCount()).isZero();
        assertThat(handle.isDisposed()).isTrue();
        assertThat(background.size()).isZero();
    }

    @Test
    void one_of_several_is_stopped() {
        var first = Sinks.one();
        var second = Sinks.one();
        var handle = background.start("wait", first.asMono());
        background.start("wait", second.asMono());

        handle.dispose();

        assertThat(first.currentSubscriberCount()).isZero();
        assertThat(second.currentSubscriberCount()).isEqualTo(1);
    }
}
