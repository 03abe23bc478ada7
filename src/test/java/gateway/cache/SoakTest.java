package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import gateway.support.FakeAnswer;
import gateway.support.FakeUpstream;
import gateway.support.PipelineAnswer;
import gateway.support.PipelineClient;
import gateway.support.PipelineGateway;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A farm works for {@code -Dgateway.long.minutes}, with an upstream that fails in every way now and then: each whole answer is
 * right, and memory, descriptors and staging are in the end what they were after the first minute. Buffers that nobody
 * released fail every test class.
 */
@Tag("long")
class SoakTest {

    private static final Logger log = LoggerFactory.getLogger(SoakTest.class);
    private static final int FILES = 600;
    private static final int CLIENTS = 12;

    private final FakeUpstream upstream = FakeUpstream.start();
    private final AtomicLong whole = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong cut = new AtomicLong();

    @TempDir
    Path folder;

    /** What is in use when nobody asks for anything. */
    private record Use(long heap, long direct, long netty, long descriptors) {

        static Use now() {
            System.gc();
            System.gc();
            long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
            var metric = ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
            var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            return new Use(heap, direct, metric.usedDirectMemory(), system.getOpenFileDescriptorCount());
        }
    }

    @Test
    void a_farm_works_with_an_upstream_that_fails_now_and_then() throws Exception {
        upstream.otherwise(this::answer);
        Duration whole = Duration.ofMinutes(Integer.getInteger("gateway.long.minutes", 20));
        try (PipelineGateway gateway = PipelineGateway.in(folder)
                .maven(upstream)
                .maxSize(60_000_000)
                .timeouts(Duration.ofSeconds(2), Duration.ofSeconds(2))
                .start()) {
            load(gateway, Duration.ofMinutes(1));
            Use before = rest(gateway);
            load(gateway, whole);
            Use after = rest(gateway);

            log.info("{} whole, {} broken off, {} cut, {} refused", this.whole, broken, cut, refused);
            log.info("{} then {}", before, after);
            assertThat(this.whole.get()).isPositive();
            assertThat(broken.get()).isPositive();
            assertThat(refused.get()).isPositive();
            assertThat(cut.get()).isLessThan(broken.get());
            assertThat(after.heap()).isLessThan(before.heap() + (32 << 20));
            assertThat(after.direct()).isLessThan(before.direct() + (32 << 20));
            assertThat(after.netty()).isLessThan(before.netty() + (32 << 20));
            assertThat(after.descriptors()).isLessThan(before.descriptors() + 50);
        } finally {
            upstream.close();
        }
    }

    private void load(PipelineGateway gateway, Duration how) throws Exception {
        long end = System.nanoTime() + how.toNanos();
        List<Future<?>> clients = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CLIENTS; i++) {
                Random random = new Random(i);
                clients.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        try {
                            ask(gateway, random);
                        } catch (SocketException e) {
                            // Cut off before its head was on the way.
                            assertThat(e).hasMessage("Connection reset");
                            cut.incrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> client : clients) {
                client.get();
            }
        }
    }

    /** Waits until all that was begun is over. */
    private Use rest(PipelineGateway gateway) {
        await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
            assertThat(gateway.get("/metrics").text()).contains("gateway_flights 0.0");
            assertThat(gateway.files()).noneMatch(path -> path.startsWith(".staging"));
        });
        return Use.now();
    }

    private void ask(PipelineGateway gateway, Random random) throws IOException {
        // Low numbers are popular.
        int file = (int) (FILES * Math.pow(random.nextDouble(), 3));
        String path = "/maven" + path(file);
        switch (random.nextInt(20)) {
            case 0 -> {
                try (PipelineClient client = gateway.ask(path)) {
                    client.head("GET").read(1);
                } catch (IOException e) {
                    // Left in the middle, or broken off before that.
                }
            }
            case 1 -> gateway.head(path);
            case 2 -> part(gateway.get(path, "Range: bytes=10-19"), file);
            default -> {
                PipelineAnswer answer = gateway.get(path);
                if (answer.status() == 200 && answer.whole()) {
                    assertThat(answer.sha256()).isEqualTo(PipelineAnswer.sha256(bytes(file)));
                    whole.incrementAndGet();
                } else if (answer.status() == 200) {
                    broken.incrementAndGet();
                } else {
                    assertThat(answer.status()).isIn(404, 429, 502, 504);
                    refused.incrementAndGet();
                }
            }
        }
    }

    private static void part(PipelineAnswer answer, int file) {
        if (answer.status() == 206 && answer.whole()) {
            assertThat(answer.start()).isEqualTo(java.util.Arrays.copyOfRange(bytes(file), 10, 20));
        }
    }

    private static String path(int file) {
        return "/g/a/" + file + "/a-" + file + ".jar";
    }

    private static byte[] bytes(int file) {
        return CoalescingTest.bytes(1000 + file * 7919 % 600_000);
    }

    private final Random faults = new Random(11);

    private synchronized FakeAnswer answer(FakeUpstream.Request request) {
        if (!request.path().endsWith(".jar")) {
            return FakeUpstream.with(404);
        }
        byte[] body = bytes(Integer.parseInt(request.path().split("/")[3]));
        FakeAnswer answer = FakeUpstream.ok(body);
        return switch (faults.nextInt(40)) {
            case 0 -> answer.truncateAfter(body.length / 2);
            case 1 -> answer.etag("\"" + body.length + "\"").resetAfter(body.length / 2);
            case 2 -> FakeUpstream.with(500);
            case 3 -> answer.stallAfter(body.length / 3);
            case 4 -> answer.chunked().pieces(10_000);
            case 5 -> faults.nextInt(50) == 0 ? FakeUpstream.with(429).header("Retry-After", "1") : answer;
            case 6 -> answer.pieces(20_000).every(Duration.ofMillis(5));
            default -> answer.etag("\"" + body.length + "\"");
        };
    }
}
