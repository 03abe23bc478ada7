package gateway.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.cache.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reading what npm sends to publish, whatever its size. */
class NpmUploadTest {
    private static final String HEAD = "{\"name\": \"pump\", \"dist-tags\": {\"latest\": \"1.0.0\"},"
            + " \"versions\": {\"1.0.0\": {\"name\": \"pump\", \"version\": \"1.0.0\"}}, \"readme\": \"";
    private static final String ATTACHMENT = "\", \"_attachments\": {\"pump-1.0.0.tgz\": {\"content_type\":"
            + " \"application/octet-stream\", \"data\": \"";
    private static final String END = "\", \"length\": 1}}}";

    /** A part of a tarball, which consists of many like it; in base64 it ends where a character does. */
    private static final byte[] PART = part();

    private static final int PARTS = 1400;
    private static final long TARBALL = (long) PARTS * PART.length;
    /** How far the reader may be ahead of what it has passed on. */
    private static final long HELD = 64 << 10;

    private static byte[] part() {
        byte[] part = new byte[3 * (16 << 10)];
        new Random(7).nextBytes(part);
        return part;
    }

    /** The tarball as it comes out: nothing of it is kept, each byte is looked at. */
    private static final class Tarball extends OutputStream {
        private long written;

        @Override
        public void write(int b) {
            assertThat((byte) b).isEqualTo(PART[(int) (written % PART.length)]);
            written++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
                if (bytes[i] != PART[(int) (written % PART.length)]) {
                    throw new AssertionError("byte " + written + " is another than was sent");
                }
                written++;
            }
        }
    }

    /** The tarball in base64, which hands nothing out while too much of what it did is held somewhere. */
    private static final class Encoded extends InputStream {
        private final byte[] encoded = Base64.getEncoder().encode(PART);
        private final Tarball out;
        private long sent;

        Encoded(Tarball out) {
            this.out = out;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            long held = sent / 4 * 3 - out.written;
            if (held > HELD) {
                throw new AssertionError(held + " bytes were read and not passed on");
            }
            int at = (int) (sent % encoded.length);
            int count = Math.min(length, encoded.length - at);
            if (sent == (long) PARTS * encoded.length) {
                return -1;
            }
            System.arraycopy(encoded, at, bytes, offset, count);
            sent += count;
            return count;
        }
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static InputStream packument(String readme, InputStream encoded) {
        return new SequenceInputStream(
                Collections.enumeration(List.of(text(HEAD), text(readme), text(ATTACHMENT), encoded, text(END))));
    }

    @Test
    void a_tarball_of_any_size_passes_through_and_hardly_any_of_it_is_held() throws IOException {
        Tarball tarball = new Tarball();

        NpmUpload upload = NpmUpload.read(packument("", new Encoded(tarball)), tarball);

        assertThat(tarball.written).isEqualTo(TARBALL).isGreaterThan(64 << 20);
        assertThat(upload.tarball()).isTrue();
        assertThat(upload.first()).isEqualTo("{\"name\":\"pump\",\"version\":\"1.0.0\"}");
    }

    @Test
    void a_readme_longer_than_any_text_that_is_kept_is_passed_over() throws IOException {
        Tarball tarball = new Tarball();

        NpmUpload upload = NpmUpload.read(packument("long ".repeat(1 << 20), new Encoded(tarball)), tarball);

        assertThat(upload.tags()).containsEntry("latest", "1.0.0");
        assertThat(tarball.written).isEqualTo(TARBALL);
    }

    @Test
    void a_name_longer_than_that_is_a_complaint() {
        String name = "{\"name\": \"" + "long ".repeat(1 << 20) + "\"}";

        assertThatThrownBy(() -> NpmUpload.read(text(name), OutputStream.nullOutputStream()))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.status()).isEqualTo(400));
    }
}
