package gateway.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Proves that the guards around every other test are on. */
class GuardsTest {

    @Test
    void a_thread_that_must_not_block_sleeps() {
        var sleeper = Mono.fromCallable(() -> {
                    Thread.sleep(1);
                    return "slept";
                })
                .subscribeOn(Schedulers.parallel());

        StepVerifier.create(sleeper).expectError(BlockingOperationError.class).verify(Duration.ofSeconds(10));
    }

    @Test
    void nobody_releases_a_buffer() {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);

        ByteBufAllocator.DEFAULT.directBuffer(16).touch("left on purpose");

        await().untilAsserted(() -> assertThat(LeakGuard.take(leak -> leak.contains("left on purpose")))
                .isNotEmpty());
    }
}
