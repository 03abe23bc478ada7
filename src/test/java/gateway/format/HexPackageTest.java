package gateway.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.support.HexFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HexPackageTest {

    private static final String SHA = "0123456789abcdef".repeat(4);
    private static final Instant TIME = Instant.parse("2026-03-01T10:00:00.5Z");

    @Test
    void releasesBecomeLinks() throws IOException {
        byte[] file = HexFiles.registryFile(
                "jason", List.of(HexFiles.release("1.0.0", SHA, TIME), HexFiles.release("1.1.0-rc.1", "", TIME)));

        assertThat(links("jason", file))
                .containsExactly(
                        new Link(
                                "/tarballs/jason-1.0.0.tar",
                                null,
                                new Checksum.Known(Algorithm.SHA256, SHA),
                                new Coordinates("hex", "jason", "1.0.0"),
                                -1,
                                TIME),
                        new Link(
                                "/tarballs/jason-1.1.0-rc.1.tar",
                                null,
                                null,
                                new Coordinates("hex", "jason", "1.1.0-rc.1"),
                                -1,
                                TIME));
    }

    @Test
    void aVersionThatIsNoneIsPassedOver() throws IOException {
        byte[] file = HexFiles.registryFile(
                "jason", List.of(HexFiles.release("../../x", SHA, TIME), HexFiles.release("1.0.0", SHA, TIME)));

        assertThat(links("jason", file)).map(Link::path).containsExactly("/tarballs/jason-1.0.0.tar");
    }

    @Test
    void aFileOfAnotherPackageIsRefused() {
        byte[] file = HexFiles.registryFile("poison", List.of(HexFiles.release("1.0.0", SHA, TIME)));

        assertThatThrownBy(() -> links("jason", file)).isInstanceOf(IOException.class);
    }

    @Test
    void whatIsNoRegistryFileIsRefused() {
        byte[] good = HexFiles.registryFile("jason", List.of(HexFiles.release("1.0.0", SHA, TIME)));
        for (byte[] bad : List.of(
                new byte[0],
                "<html>log in</html>".getBytes(StandardCharsets.UTF_8),
                Arrays.copyOf(good, good.length / 2),
                Arrays.copyOf(good, good.length - 1),
                HexFiles.packed(new byte[] {(byte) 0xff}),
                HexFiles.packed(new byte[] {10, 127, 1}),
                HexFiles.packed(new byte[] {10, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 127}),
                HexFiles.packed(new byte[] {0, 0}),
                HexFiles.packed(new byte[] {11}),
                HexFiles.packed(new byte[] {18, 2, (byte) 'x', (byte) 'y'}))) {
            assertThatThrownBy(() -> links("jason", bad)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void noiseNeverDoesMoreThanFail() {
        Random random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            byte[] noise = new byte[random.nextInt(60)];
            random.nextBytes(noise);
            try {
                links("jason", HexFiles.packed(noise));
            } catch (IOException expected) {
                assertThat(expected).isNotNull();
            }
        }
    }

    @Test
    void twoHundredThousandReleasesFlow() throws IOException {
        byte[] release = HexFiles.release("1.0.0", SHA, TIME);
        byte[] field = new HexFiles.Message().bytes(1, release).done();
        int count = 200_000;
        List<InputStream> parts =
                List.of(new ByteArrayInputStream(begin(field.length * (long) count)), repeated(field, count));
        int[] seen = new int[1];

        long before = used();
        long[] most = new long[1];
        ProtobufReader.of(new java.io.SequenceInputStream(Collections.enumeration(parts)))
                .fields((number, signed) -> signed.message((inner, payload) -> payload.message((part, value) -> {
                    if (part == 1 && seen[0]++ % 50_000 == 0) {
                        most[0] = Math.max(most[0], used() - before);
                    }
                })));

        assertThat(seen[0]).isEqualTo(count);
        assertThat(most[0]).isLessThan(field.length * (long) count / 2);
    }

    /** Field 1, whose value has this length. */
    private static byte[] begin(long length) {
        byte[] begin = new HexFiles.Message().number(1, length).done();
        begin[0] |= 2;
        return begin;
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static InputStream repeated(byte[] part, int count) {
        return new InputStream() {
            private long position;

            @Override
            public int read() {
                return position == (long) part.length * count ? -1 : part[(int) (position++ % part.length)] & 0xff;
            }

            @Override
            public int read(byte[] target, int from, int length) {
                int at = (int) (position % part.length);
                int some = position == (long) part.length * count ? -1 : Math.min(length, part.length - at);
                System.arraycopy(part, at, target, from, Math.max(0, some));
                position += Math.max(0, some);
                return some;
            }
        };
    }

    private static List<Link> links(String name, byte[] file) throws IOException {
        List<Link> links = new ArrayList<>();
        new HexPackage("/tarballs/", name)
                .read(
                        new Trickle(new ByteArrayInputStream(file)),
                        new LinkReader.Source(URI.create("https://upstream.test/packages/" + name), ""),
                        links::add);
        return links;
    }
}
