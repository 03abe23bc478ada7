package gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Packed streams, cut anywhere. */
class GunzipTest {
    private final List<ByteBuf> inputs = new ArrayList<>();

    private static byte[] pack(byte[] plain) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        return packed.toByteArray();
    }

    private Flux<ByteBuf> pieces(byte[] all, int size) {
        return Flux.range(0, (all.length + size - 1) / size).map(i -> {
            var piece = Unpooled.wrappedBuffer(Arrays.copyOfRange(all, i * size, Math.min(all.length, (i + 1) * size)));
            inputs.add(piece);
            return piece;
        });
    }

    private static byte[] unpack(Flux<ByteBuf> packed) {
        var plain = new ByteArrayOutputStream();
        StepVerifier.create(Gunzip.decode(packed))
                .thenConsumeWhile(piece -> true, piece -> {
                    plain.writeBytes(ByteBufUtil.getBytes(piece));
                    piece.release();
                })
                .verifyComplete();
        return plain.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000, 10_000_000})
    void a_stream_comes_in_pieces(int size) throws IOException {
        byte[] plain = UpstreamFixture.bytes(30_000);
        assertThat(unpack(pieces(pack(plain), size))).isEqualTo(plain);
        assertThat(inputs).allMatch(input -> input.refCnt() == 0);
    }

    @Test
    void two_members_are_one_stream() throws IOException {
        byte[] two = Arrays.copyOf(pack(new byte[] {1, 2}), 200);
        byte[] second = pack(new byte[] {3});
        int length = pack(new byte[] {1, 2}).length;
        System.arraycopy(second, 0, two, length, second.length);
        assertThat(unpack(pieces(Arrays.copyOf(two, length + second.length), 3)))
                .containsExactly(1, 2, 3);
    }

    @Test
    void a_header_has_every_optional_field() throws IOException {
        byte[] packed = pack(new byte[] {1, 2, 3});
        var full = new ByteArrayOutputStream();
        full.write(packed, 0, 3);
        full.write(2 | 4 | 8 | 16);
        full.write(packed, 4, 6);
        full.writeBytes(new byte[] {3, 0, 9, 9, 9, 'n', 0, 'c', 'c', 0, 7, 7});
        full.write(packed, 10, packed.length - 10);
        for (int size : new int[] {1, 2, 100}) {
            assertThat(unpack(pieces(full.toByteArray(), size))).containsExactly(1, 2, 3);
        }
    }

    @Test
    void a_bomb_is_unpacked_only_as_far_as_it_is_asked_for() throws IOException {
        byte[] packed = pack(new byte[100_000_000]);
        StepVerifier.create(Gunzip.decode(pieces(packed, packed.length)), 2)
                .consumeNextWith(ByteBuf::release)
                .consumeNextWith(ByteBuf::release)
                .expectNoEvent(Duration.ofMillis(50))
                .thenCancel()
                .verify();
        assertThat(inputs).allMatch(input -> input.refCnt() == 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 12, 20_000, 30_010})
    void a_stream_that_ends_early_is_an_error(int length) throws IOException {
        byte[] packed = Arrays.copyOf(pack(UpstreamFixture.bytes(30_000)), length);
        StepVerifier.create(Gunzip.decode(pieces(packed, 4096)).doOnNext(ByteBuf::release))
                .thenConsumeWhile(piece -> true)
                .verifyError(ZipException.class);
        assertThat(inputs).allMatch(input -> input.refCnt() == 0);
    }

    @Test
    void a_stream_was_changed_on_its_way() throws IOException {
        byte[] packed = pack(UpstreamFixture.bytes(30_000));
        packed[packed.length - 6] ^= 1;
        StepVerifier.create(Gunzip.decode(pieces(packed, 4096)).doOnNext(ByteBuf::release))
                .thenConsumeWhile(piece -> true)
                .verifyErrorMessage("the gzip checksum does not match");
    }

    @Test
    void a_stream_is_no_gzip() {
        StepVerifier.create(Gunzip.decode(pieces("<html>".getBytes(StandardCharsets.UTF_8), 2)))
                .verifyError(ZipException.class);
    }

    @Test
    void nothing_is_nothing() {
        StepVerifier.create(Gunzip.decode(Flux.empty())).verifyComplete();
    }
}
