package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class GoZipTest {

    private static final String PREFIX = "example.com/Leaf/a@v1.0.0-RC1/";
    private final GoZip zip = new GoZip("example.com/Leaf/a", "v1.0.0-RC1");

    @Test
    void aWholeModuleIsSound() throws IOException {
        byte[] module = module("", PREFIX + "go.mod", PREFIX + "a.go");
        assertThatCode(() -> check(module)).doesNotThrowAnyException();
    }

    @Test
    void aCommentMayFollowEvenOneThatLooksLikeAnEnd() throws IOException {
        byte[] module = module("PK\5\6" + "x".repeat(60_000), PREFIX + "go.mod");
        assertThatCode(() -> check(module)).doesNotThrowAnyException();
    }

    @Test
    void everyCutIsSeen() throws IOException {
        byte[] module = module("", PREFIX + "go.mod", PREFIX + "a.go");
        for (int length = 0; length < module.length; length += 7) {
            byte[] cut = Arrays.copyOf(module, length);
            assertThatThrownBy(() -> check(cut)).as("cut at %d", length).isInstanceOf(IOException.class);
        }
        byte[] cut = Arrays.copyOf(module, module.length - 1);
        assertThatThrownBy(() -> check(cut)).isInstanceOf(IOException.class);
    }

    @Test
    void aFlippedByteInAFileIsSeen() throws IOException {
        byte[] module = module("", PREFIX + "go.mod", PREFIX + "a.go");
        // Far inside the first file's data, which does not compress.
        module[2000] ^= 1;
        assertThatThrownBy(() -> check(module)).isInstanceOf(IOException.class);
    }

    @Test
    void aMissingDirectoryEntryIsSeen() throws IOException {
        byte[] module = module("", PREFIX + "go.mod", PREFIX + "a.go");
        module[module.length - 12] = 1;
        assertThatThrownBy(() -> check(module)).hasMessageContaining("directory");
    }

    @Test
    void anErrorPageIsNoZip() {
        assertThatThrownBy(() -> check("not found: temporary failure".getBytes(UTF_8)))
                .hasMessageContaining("no zip");
        assertThatThrownBy(() -> check(new byte[0])).isInstanceOf(IOException.class);
    }

    @Test
    void anotherModulesFilesAreRefused() throws IOException {
        byte[] module = module("", PREFIX + "go.mod", "example.com/leaf/a@v1.0.0-RC1/a.go");
        assertThatThrownBy(() -> check(module)).hasMessageContaining("is not below");
    }

    @Test
    void aStoredFileWithItsLengthBehindItIsNoFault() {
        assertThatCode(() -> check(storedWithDescriptor())).doesNotThrowAnyException();
        byte[] whole = storedWithDescriptor();
        assertThatThrownBy(() -> check(Arrays.copyOf(whole, whole.length - 5))).isInstanceOf(IOException.class);
    }

    private void check(byte[] bytes) throws IOException {
        zip.check(new ByteArrayInputStream(bytes));
    }

    private static byte[] module(String comment, String... names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] noise = new byte[5000];
        new Random(1).nextBytes(noise);
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (String name : names) {
                out.putNextEntry(new ZipEntry(name));
                out.write(noise);
                out.closeEntry();
            }
            if (!comment.isEmpty()) {
                out.setComment(comment);
            }
        }
        return bytes.toByteArray();
    }

    /** No writer of the JDK makes this legal form, so it is laid out by hand. */
    private static byte[] storedWithDescriptor() {
        byte[] name = (PREFIX + "go.mod").getBytes(UTF_8);
        byte[] data = "module example.com/Leaf/a\n".getBytes(UTF_8);
        CRC32 crc = new CRC32();
        crc.update(data);
        ByteBuffer out = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x04034b50)
                .putShort((short) 20)
                .putShort((short) 8)
                .putShort((short) 0)
                .putInt(0);
        out.putInt(0)
                .putInt(0)
                .putInt(0)
                .putShort((short) name.length)
                .putShort((short) 0)
                .put(name)
                .put(data);
        out.putInt(0x08074b50).putInt((int) crc.getValue()).putInt(data.length).putInt(data.length);
        int directory = out.position();
        out.putInt(0x02014b50)
                .putShort((short) 20)
                .putShort((short) 20)
                .putShort((short) 8)
                .putShort((short) 0);
        out.putInt(0).putInt((int) crc.getValue()).putInt(data.length).putInt(data.length);
        out.putShort((short) name.length).put(new byte[16]).put(name);
        int length = out.position() - directory;
        out.putInt(0x06054b50).putInt(0).putShort((short) 1).putShort((short) 1);
        out.putInt(length).putInt(directory).putShort((short) 0);
        return Arrays.copyOf(out.array(), out.position());
    }
}
