package gateway.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** One writer, many followers. */
class FollowerTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final byte[] BYTES = new byte[3_000_000];

    static {
        new Random(3).nextBytes(BYTES);
    }

    private final Sinks.Many<io.netty.buffer.ByteBuf> source =
            Sinks.many().unicast().onBackpressureBuffer();

    @TempDir
    Path folder;

    private BlobStore store;
    private Spool spool;

    @BeforeEach
    void open() throws IOException {
        store = BlobStore.open(folder, false);
        spool = java.util.Objects.requireNonNull(store.create().block(SOON));
        spool.fill(source.asFlux(), BYTES.length, Long.MAX_VALUE).subscribe(filled -> spool.complete(), spool::fail);
    }

    @AfterEach
    void everyFollowerLetsGoOfTheFile() {
        spool.release();
        await().untilAsserted(() -> assertThat(spool.file().refCnt()).isZero());
        await().until(() -> !spool.file().channel().isOpen());
        store.close();
    }

    /** The writer writes up to here. */
    private void write(int from, int to) {
        source.tryEmitNext(Unpooled.copiedBuffer(BYTES, from, to - from)).orThrow();
        await().until(() -> spool.written() == to);
    }

    /** All that a follower gets, in one piece. */
    private Mono<byte[]> read(long from, long to) {
        return spool.follow(from, to)
                .publishOn(Schedulers.boundedElastic(), 1)
                .collect(ByteArrayOutputStream::new, (out, region) -> copy(region, Channels.newChannel(out)))
                .map(ByteArrayOutputStream::toByteArray);
    }

    private static void copy(Spool.Region region, WritableByteChannel out) {
        try {
            for (long at = 0; at < region.length(); ) {
                at += region.file().transferTo(out, at);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            region.file().release();
        }
    }

    private static void drop(Spool.Region region) {
        region.file().release();
    }

    /** As the server's own subscriber does when its connection was closed this very moment. */
    @Test
    void a_follower_throws() {
        Mono<byte[]> other = read(0, Long.MAX_VALUE).cache();
        other.subscribe();
        spool.follow(0, Long.MAX_VALUE).subscribe(throwing(true));
        spool.follow(0, Long.MAX_VALUE).subscribe(throwing(false));

        write(0, BYTES.length);
        source.tryEmitComplete().orThrow();

        assertThat(other.block(SOON)).isEqualTo(BYTES);
    }

    private static CoreSubscriber<Spool.Region> throwing(boolean early) {
        return new CoreSubscriber<>() {

            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(Spool.Region region) {
                region.file().release();
                if (early) {
                    throw new IllegalStateException("closed");
                }
            }

            @Override
            public void onError(Throwable error) {
                throw new IllegalStateException("closed", error);
            }

            @Override
            public void onComplete() {
                throw new IllegalStateException("closed");
            }
        };
    }

    @Test
    void they_come_at_different_times() {
        var first = read(0, -1).toFuture();
        write(0, 1_000_000);
        var second = read(0, -1).toFuture();
        write(1_000_000, BYTES.length);
        source.tryEmitComplete().orThrow();
        var last = read(0, -1).toFuture();

        assertThat(first.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(BYTES);
        assertThat(second.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(BYTES);
        assertThat(last.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(BYTES);
    }

    @Test
    void one_wants_nothing_and_another_everything() {
        StepVerifier.create(spool.follow(0, -1), 0)
                .expectSubscription()
                .then(() -> {
                    write(0, BYTES.length);
                    source.tryEmitComplete().orThrow();
                    assertThat(read(0, -1).block(SOON)).isEqualTo(BYTES);
                })
                .thenRequest(1)
                .consumeNextWith(FollowerTest::drop)
                .thenCancel()
                .verify(SOON);
    }

    @Test
    void one_leaves() {
        StepVerifier.create(spool.follow(0, -1), 1)
                .then(() -> write(0, 1000))
                .consumeNextWith(FollowerTest::drop)
                .thenCancel()
                .verify(SOON);

        write(1000, BYTES.length);
        source.tryEmitComplete().orThrow();
        assertThat(read(0, -1).block(SOON)).isEqualTo(BYTES);
    }

    @Test
    void all_is_written_and_not_yet_verified() {
        StepVerifier.create(spool.follow(BYTES.length - 10, -1).map(region -> {
                    drop(region);
                    return region.length();
                }))
                .then(() -> write(0, BYTES.length))
                .expectNext(9L)
                .then(() -> source.tryEmitComplete().orThrow())
                .expectNext(1L)
                .verifyComplete();
    }

    @Test
    void all_is_written_and_turns_out_wrong() {
        StepVerifier.create(spool.follow(BYTES.length - 10, -1).map(region -> {
                    drop(region);
                    return region.length();
                }))
                .then(() -> write(0, BYTES.length))
                .expectNext(9L)
                .then(() -> spool.fail(new IOException("wrong checksum")))
                .verifyErrorMessage("wrong checksum");
        StepVerifier.create(spool.follow(0, -1)).verifyErrorMessage("wrong checksum");
    }

    @Test
    void the_store_fails_after_all_was_verified() {
        write(0, BYTES.length);
        var slow = spool.follow(0, -1);
        source.tryEmitComplete().orThrow();
        await().untilAsserted(() ->
                assertThat(spool.next(0, Long.MAX_VALUE).available()).isEqualTo(BYTES.length));

        spool.fail(new StorageException("cannot place a file", new IOException("no space")));

        StepVerifier.create(slow.doOnNext(FollowerTest::drop)
                        .map(Spool.Region::length)
                        .reduce(0L, Long::sum))
                .expectNext((long) BYTES.length)
                .verifyComplete();
    }

    @Test
    void one_wants_a_part() {
        var part = read(1000, 2000).toFuture();
        write(0, 1500);
        write(1500, 2500);

        assertThat(part.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(Arrays.copyOfRange(BYTES, 1000, 2000));
    }

    @Test
    void they_come_while_the_body_breaks() {
        AtomicInteger disorder = new AtomicInteger();
        for (int i = 0; i < 500; i++) {
            Spool one = java.util.Objects.requireNonNull(store.create().block(SOON));
            Thread failing = Thread.ofVirtual().start(() -> one.fail(new IOException("broken")));
            Strict strict = new Strict(disorder);
            one.follow(0, -1).subscribe(strict);
            await().pollInterval(Duration.ofMillis(1)).until(() -> strict.ended.get() == 1);
            one.release();
            assertThat(failing).isNotNull();
        }
        assertThat(disorder).hasValue(0);
    }

    /** Counts signals that come before the subscription. */
    private static final class Strict implements CoreSubscriber<Spool.Region> {
        private final AtomicInteger disorder;
        private final AtomicInteger ended = new AtomicInteger();
        private volatile boolean subscribed;

        Strict(AtomicInteger disorder) {
            this.disorder = disorder;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscribed = true;
            subscription.request(1);
        }

        @Override
        public void onNext(Spool.Region region) {
            drop(region);
        }

        @Override
        public void onError(Throwable error) {
            disorder.addAndGet(subscribed ? 0 : 1);
            ended.incrementAndGet();
        }

        @Override
        public void onComplete() {
            ended.incrementAndGet();
        }
    }
}
