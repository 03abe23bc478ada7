package gateway.storage;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.format.Algorithm;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The readable side of the store: links and manifests under the names of packages. */
class PlacesTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private BlobStore store;

    @BeforeEach
    void open() throws IOException {
        store = BlobStore.open(folder, false);
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

    @Test
    void a_folder_is_not_taken_away_while_somebody_puts_a_file_into_it() {
        byte[] bytes = text("bytes");
        Digest digest = publish(bytes);

        // Each goes as soon as it has come, and its folders with it, unless another is there.
        now(Flux.range(0, 4000)
                .flatMap(
                        i -> store.place("maven/org/example/" + i % 7 + "/" + i, digest, manifest(digest))
                                .then(store.unplace("maven/org/example/" + i % 7 + "/" + i, digest)),
                        16)
                .then(Mono.just(true)));

        assertThat(folder.resolve("maven")).doesNotExist();
    }

    private static byte[] manifest(Digest digest) {
        return text("{\"sha256\": \"" + digest.hex() + "\"}");
    }

    private Path blob(byte[] bytes) {
        String hex = HexFormat.of().formatHex(Algorithm.SHA256.digest().digest(bytes));
        return folder.resolve(".blobs/sha256").resolve(hex.substring(0, 2)).resolve(hex);
    }

    private Digest publish(byte[] bytes) {
        Spool spool = now(store.create());
        now(spool.fill(Flux.just(Unpooled.wrappedBuffer(bytes)), bytes.length, Long.MAX_VALUE));
        Digest digest = new Digest(now(spool.digest(Algorithm.SHA256)));
        store.publish(spool, digest).block(SOON);
        spool.release();
        return digest;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "npm/lodash/4.17.21/lodash-4.17.21.tgz",
                "npm/@scope/name/1/name-1.tgz",
                "maven/g/../../../../etc/passwd",
                "maven/.blobs/sha256/x",
                "maven/a:b*c?d<e>f|g\"h\\i%j",
                "maven/naïve/日本語-1.0.jar",
                "maven/trailing./ space ",
                "m/con/nul"
            })
    void a_file_is_placed_under_an_odd_name(String place) throws Exception {
        Digest digest = publish(text("odd"));

        store.place(place, digest, text("manifest of " + digest.hex())).block(SOON);

        assertThat(now(store.manifest(place))).isEqualTo(text("manifest of " + digest.hex()));
        List<Path> links = links();
        assertThat(links).hasSize(1);
        assertThat(links.getFirst().toRealPath()).isEqualTo(blob(text("odd")).toRealPath());
        store.unplace(place, digest).block(SOON);
        assertThat(store.manifest(place).blockOptional(SOON)).isEmpty();
        assertThat(links()).isEmpty();
        assertThat(folder.resolve(place.split("/")[0])).doesNotExist();
    }

    @Test
    void a_name_is_longer_than_file_systems_take() {
        Digest digest = publish(text("odd"));
        for (String name : new String[] {"x".repeat(300), "日".repeat(200), "a".repeat(59) + "😀".repeat(100)}) {
            store.place("maven/" + name, digest, text("manifest of " + name)).block(SOON);

            assertThat(now(store.manifest("maven/" + name))).isEqualTo(text("manifest of " + name));
        }
    }

    @Test
    void a_folder_is_wanted_where_a_file_stands() {
        Digest digest = publish(text("odd"));
        String[] places = {"go/a", "go/a/b", "go/a/b/c", "go/a/x/y/z"};
        for (String place : places) {
            store.place(place, digest, text(place + " " + digest.hex())).block(SOON);
        }

        for (String place : places) {
            assertThat(now(store.manifest(place))).isEqualTo(text(place + " " + digest.hex()));
        }
        assertThat(store.manifests().count().block(SOON)).isEqualTo(4);
        for (String place : places) {
            store.unplace(place, digest).block(SOON);
            assertThat(store.manifest(place).blockOptional(SOON)).isEmpty();
        }
    }

    @Test
    void a_file_stands_where_a_folder_is() {
        Digest digest = publish(text("odd"));
        store.place("go/a/b", digest, text("b " + digest.hex())).block(SOON);
        store.place("go/a", digest, text("a " + digest.hex())).block(SOON);

        assertThat(now(store.manifest("go/a"))).isEqualTo(text("a " + digest.hex()));
        assertThat(now(store.manifest("go/a/b"))).isEqualTo(text("b " + digest.hex()));
    }

    @Test
    void a_place_was_taken_over_by_other_bytes() {
        Digest before = publish(text("before"));
        Digest after = publish(text("after"));
        store.place("maven/a", before, text(before.hex())).block(SOON);
        store.place("maven/a", after, text(after.hex())).block(SOON);

        store.unplace("maven/a", before).block(SOON);

        assertThat(now(store.manifest("maven/a"))).isEqualTo(text(after.hex()));
    }

    private List<Path> links() throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isSymbolicLink).toList();
        }
    }
}
