package gateway.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import gateway.format.Algorithm;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The store in a folder: what it publishes, opens, makes and deletes. */
class BlobStoreTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final byte[] LARGE = new byte[300_000];

    static {
        new Random(5).nextBytes(LARGE);
    }

    @TempDir
    Path folder;

    private BlobStore store;

    @BeforeEach
    void open() throws IOException {
        store = BlobStore.open(folder, true);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static <T> T now(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(SOON));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Digest digest(byte[] bytes) {
        return new Digest(HexFormat.of().formatHex(Algorithm.SHA256.digest().digest(bytes)));
    }

    private Path blob(byte[] bytes) {
        String hex = digest(bytes).hex();
        return folder.resolve(".blobs/sha256").resolve(hex.substring(0, 2)).resolve(hex);
    }

    private Digest publish(byte[] bytes) {
        Spool spool = now(store.create());
        now(spool.fill(Flux.just(Unpooled.wrappedBuffer(bytes)), bytes.length, Long.MAX_VALUE));
        Digest digest = new Digest(now(spool.digest(Algorithm.SHA256)));
        store.publish(spool, digest).block(SOON);
        spool.complete();
        spool.release();
        return digest;
    }

    private byte[] content(Digest digest, long size) {
        return now(store.read(digest, size, InputStream::readAllBytes));
    }

    @Test
    void a_spool_is_published() throws Exception {
        Digest digest = publish(LARGE);

        assertThat(Files.readAllBytes(blob(LARGE))).isEqualTo(LARGE);
        assertThat(content(digest, LARGE.length)).isEqualTo(LARGE);
        assertThat(staged()).isEmpty();
    }

    @Test
    void the_same_bytes_are_published_twice() throws Exception {
        Digest digest = publish(LARGE);
        assertThat(publish(LARGE)).isEqualTo(digest);

        assertThat(content(digest, LARGE.length)).isEqualTo(LARGE);
        assertThat(staged()).isEmpty();
    }

    @Test
    void a_spool_is_abandoned() throws Exception {
        Spool spool = now(store.create());
        assertThat(staged()).hasSize(1);

        store.abandon(spool).block(SOON);
        spool.release();

        assertThat(staged()).isEmpty();
    }

    @Test
    void a_blob_has_another_size_than_the_catalog_says() {
        Digest digest = publish(LARGE);

        assertThat(store.open(digest, LARGE.length - 1).blockOptional(SOON)).isEmpty();
        assertThat(store.open(digest(text("unknown")), 7).blockOptional(SOON)).isEmpty();
    }

    @Test
    void a_blob_is_deleted_while_it_is_read() throws Exception {
        Digest digest = publish(LARGE);
        Blob open = now(store.open(digest, LARGE.length));

        store.delete(digest).block(SOON);

        assertThat(store.hot(digest)).isNull();
        assertThat(store.open(digest, LARGE.length).blockOptional(SOON)).isEmpty();
        try (InputStream in = open.stream()) {
            assertThat(in.readAllBytes()).isEqualTo(LARGE);
        }
        open.release();
        store.delete(digest).block(SOON);
    }

    @Test
    void a_reader_leaves_in_the_middle_of_a_blob_that_others_read() throws Exception {
        Digest digest = publish(LARGE);
        Blob open = now(store.open(digest, LARGE.length));
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        Disposable reader = store.read(digest, LARGE.length, in -> {
                    reading.countDown();
                    while (in.read() >= 0 && left.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    return in.readAllBytes().length;
                })
                .subscribe(count -> {}, error -> {});
        assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();

        reader.dispose();
        left.countDown();

        try (InputStream in = open.stream()) {
            assertThat(in.readAllBytes()).isEqualTo(LARGE);
        }
        assertThat(content(digest, LARGE.length)).isEqualTo(LARGE);
        open.release();
    }

    @Test
    void another_document_is_made_of_a_blob() throws Exception {
        Digest digest = publish(text("some words"));

        BlobStore.Derived derived = now(store.derive(
                digest,
                10,
                (in, out) -> out.write(
                        text(new String(in.readAllBytes(), StandardCharsets.UTF_8).toUpperCase(Locale.ROOT)))));

        assertThat(derived.digest()).isEqualTo(digest(text("SOME WORDS")));
        assertThat(content(derived.digest(), derived.size())).isEqualTo(text("SOME WORDS"));
    }

    @Test
    void making_another_document_fails() throws Exception {
        Digest digest = publish(text("some words"));

        assertThatThrownBy(() -> store.derive(digest, 10, (in, out) -> {
                            out.write(1);
                            throw new IOException("unreadable");
                        })
                        .block(SOON))
                .hasRootCauseMessage("unreadable");
        assertThat(staged()).isEmpty();
    }

    @Test
    void another_digest_of_a_blob_is_asked() {
        Digest digest = publish(LARGE);

        assertThat(now(store.digest(digest, LARGE.length, Algorithm.MD5)))
                .isEqualTo(HexFormat.of().formatHex(Algorithm.MD5.digest().digest(LARGE)));
    }

    @Test
    void a_process_that_is_gone_left_files_in_staging() throws Exception {
        Path dead = Files.createDirectories(folder.resolve(".staging/12345-dead"));
        Files.writeString(dead.resolve(".lock"), "");
        Files.writeString(dead.resolve("1"), "half a file");
        Files.createDirectories(folder.resolve(".staging/777-dead"));
        store.close();

        store = BlobStore.open(folder, true);

        assertThat(dead).doesNotExist();
        assertThat(staged()).isEmpty();
    }

    @Test
    void something_foreign_lies_in_staging() throws Exception {
        Files.writeString(folder.resolve(".staging/notes.txt"), "of an operator");
        Files.createDirectories(folder.resolve(".staging/9-dead/lost+found"));
        store.close();

        store = BlobStore.open(folder, true);

        assertThat(publish(text("works"))).isEqualTo(digest(text("works")));
    }

    @Test
    void the_store_cannot_be_written() throws Exception {
        store.check().block(SOON);
        assertThat(staged()).isEmpty();
        Path staging = folder.resolve(".staging");
        try (Stream<Path> files = Files.walk(staging)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        // Cleared by hand it is made again, but not in the place of something else.
        Files.createFile(staging);

        assertThatThrownBy(() -> store.check().block(SOON)).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> store.create().block(SOON)).isInstanceOf(StorageException.class);
    }

    @Test
    void a_small_blob_is_kept_in_memory() {
        Digest small = publish(text("small"));

        Blob blob = now(store.open(small, 5));

        assertThat(blob.bytes()).isEqualTo(text("small"));
        blob.release();
        await().until(() -> store.hot(small) != null);
    }

    private List<Path> staged() throws IOException {
        try (Stream<Path> walk = Files.walk(folder.resolve(".staging"))) {
            return walk.filter(Files::isRegularFile)
                    .filter(path -> !path.endsWith(".lock"))
                    .toList();
        }
    }
}
