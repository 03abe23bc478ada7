package gateway.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import gateway.format.Algorithm;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** The writer of a spool: what it takes, what it refuses, and that it lets go of every buffer. */
class SpoolTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final long ANY = Long.MAX_VALUE;

    private final List<ByteBuf> buffers = new CopyOnWriteArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();

    @TempDir
    Path folder;

    private BlobStore store;
    private Spool spool;

    @BeforeEach
    void open() throws IOException {
        store = BlobStore.open(folder, false);
        spool = now(store.create());
    }

    @AfterEach
    void everyBufferIsReleased() {
        spool.release();
        store.close();
        await().untilAsserted(() -> assertThat(buffers)
                .allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero()));
    }

    private static <T> T now(Mono<T> mono) {
        T value = mono.block(SOON);
        assertThat(value).isNotNull();
        return java.util.Objects.requireNonNull(value);
    }

    private ByteBuf buffer(byte[] bytes, int from, int length) {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(Math.max(1, length));
        buffer.writeBytes(bytes, from, length);
        buffers.add(buffer);
        return buffer;
    }

    /** The bytes in pieces, made when they are asked for. */
    private Flux<ByteBuf> body(byte[] bytes, int piece) {
        return Flux.range(0, (bytes.length + piece - 1) / piece)
                .map(i -> buffer(bytes, i * piece, Math.min(piece, bytes.length - i * piece)))
                .doOnCancel(() -> stopped.set(true));
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void a_body_of_its_declared_length_comes() throws Exception {
        byte[] bytes = bytes(1_000_000);

        spool.begin(Algorithm.SHA256, Urgency.BACKGROUND);
        long size = now(spool.fill(body(bytes, 10_000), bytes.length, ANY));

        assertThat(size).isEqualTo(bytes.length);
        assertThat(now(spool.digest(Algorithm.SHA256))).isEqualTo(hex(Algorithm.SHA256, bytes));
        assertThat(now(spool.digest(Algorithm.SHA1))).isEqualTo(hex(Algorithm.SHA1, bytes));
        assertThat(Files.readAllBytes(spool.path())).isEqualTo(bytes);
        assertThat(spool.written()).isEqualTo(bytes.length);
    }

    @Test
    void an_empty_body_comes() {
        spool.begin(Algorithm.SHA256, Urgency.AWAITED);

        assertThat(now(spool.fill(Flux.empty(), 0, ANY))).isZero();
        assertThat(now(spool.digest(Algorithm.SHA256))).isEqualTo(hex(Algorithm.SHA256, new byte[0]));
    }

    @Test
    void a_body_comes_faster_than_it_is_written() {
        byte[] bytes = bytes(5_000_000);

        spool.begin(Algorithm.SHA256, Urgency.AWAITED);
        now(spool.fill(body(bytes, 1000).publishOn(Schedulers.parallel(), 8), -1, ANY));

        assertThat(now(spool.digest(Algorithm.SHA256))).isEqualTo(hex(Algorithm.SHA256, bytes));
    }

    @Test
    void the_writer_asks_for_no_more_than_its_window() {
        List<Long> demands = new CopyOnWriteArrayList<>();

        now(spool.fill(body(bytes(100_000), 1000).doOnRequest(demands::add), -1, ANY));

        assertThat(demands).isNotEmpty().allSatisfy(n -> assertThat(n).isBetween(1L, 8L));
    }

    @Test
    void a_body_is_longer_than_declared() {
        assertFails(spool.fill(body(bytes(2000), 100), 1000, ANY), "more than the 1000 bytes");
        assertThat(stopped).isTrue();
    }

    @Test
    void a_body_is_shorter_than_declared() {
        assertFails(spool.fill(body(bytes(900), 100), 1000, ANY), "900 of the 1000 bytes");
    }

    @Test
    void a_body_is_larger_than_may_be_kept() {
        assertThatThrownBy(() -> spool.fill(body(bytes(2000), 100), -1, 1000).block(SOON))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("storage.max_artifact_size");
        assertThat(stopped).isTrue();
    }

    @Test
    void a_body_breaks() {
        Flux<ByteBuf> breaking = body(bytes(500), 100).concatWith(Flux.error(new IOException("reset")));

        assertFails(spool.fill(breaking, 1000, ANY), "reset");
        assertThat(spool.written()).isEqualTo(500);
    }

    @Test
    void the_file_cannot_be_written() throws Exception {
        spool.file().channel().close();

        assertThatThrownBy(() -> spool.fill(body(bytes(2000), 100), -1, ANY).block(SOON))
                .isInstanceOf(StorageException.class);
        assertThat(stopped).isTrue();
    }

    @Test
    void nobody_wants_the_result_any_more() {
        Sinks.Many<ByteBuf> source = Sinks.many().unicast().onBackpressureBuffer();
        Disposable filling = spool.fill(
                        source.asFlux()
                                .doOnCancel(() -> stopped.set(true))
                                .doOnDiscard(ByteBuf.class, ByteBuf::release),
                        -1,
                        ANY)
                .subscribe();
        source.tryEmitNext(buffer(bytes(100), 0, 100)).orThrow();
        await().until(() -> spool.written() == 100);

        filling.dispose();

        assertThat(stopped).isTrue();
        List<ByteBuf> late = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            late.add(buffer(bytes(100), 0, 100));
        }
        late.forEach(buffer -> {
            if (source.tryEmitNext(buffer).isFailure()) {
                buffer.release();
            }
        });
        assertThat(spool.written()).isEqualTo(100);
    }

    @Test
    void buffers_come_after_nobody_wants_the_result_any_more() {
        for (int i = 0; i < 200; i++) {
            Spool one = now(store.create());
            Disposable filling = one.fill(body(bytes(20_000), 100).subscribeOn(Schedulers.parallel()), -1, ANY)
                    .subscribe(filled -> {}, error -> {});
            filling.dispose();
            one.release();
        }
    }

    @Test
    void a_digest_becomes_urgent_while_it_is_computed() {
        byte[] bytes = bytes(5_000_000);
        spool.begin(Algorithm.SHA1, Urgency.BACKGROUND);

        now(spool.fill(body(bytes, 100_000).doOnNext(buffer -> spool.begin(Algorithm.SHA1, Urgency.AWAITED)), -1, ANY));

        assertThat(now(spool.digest(Algorithm.SHA1))).isEqualTo(hex(Algorithm.SHA1, bytes));
    }

    /** Whoever begins a digest in the moment in which the writer ends must not be forgotten. */
    @Test
    void a_digest_is_begun_while_the_body_ends() {
        byte[] bytes = bytes(1000);
        for (int i = 0; i < 3000; i++) {
            Spool one = now(store.create());
            Mono<Long> filling = one.fill(body(bytes, bytes.length), -1, ANY).cache();
            filling.subscribe();

            assertThat(now(one.digest(Algorithm.SHA1))).isEqualTo(hex(Algorithm.SHA1, bytes));

            now(filling);
            one.release();
        }
    }

    @Test
    void digests_of_a_body_that_breaks_end_with_its_error() {
        Mono<String> before = spool.digest(Algorithm.SHA256);
        before.subscribe(hex -> {}, error -> {});

        spool.fail(new IOException("reset"));

        assertFails(before, "reset");
        assertFails(spool.digest(Algorithm.SHA1), "reset");
    }

    @Test
    void a_digest_is_asked_for_when_the_file_is_closed() {
        Spool one = now(store.create());
        one.release();

        assertFails(one.digest(Algorithm.SHA256), "let go");
    }

    private static void assertFails(Mono<?> filling, String message) {
        assertThatThrownBy(() -> filling.block(SOON)).hasStackTraceContaining(message);
    }

    private static String hex(Algorithm algorithm, byte[] bytes) {
        return java.util.HexFormat.of().formatHex(algorithm.digest().digest(bytes));
    }
}
