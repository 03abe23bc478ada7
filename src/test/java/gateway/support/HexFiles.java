package gateway.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Files of a Hex registry, without real signatures. */
public final class HexFiles {

    private HexFiles() {}

    /** A registry file of a package. */
    public static byte[] registryFile(String name, List<byte[]> releases) {
        Message payload = new Message();
        releases.forEach(release -> payload.bytes(1, release));
        payload.text(2, name).text(3, "hexpm");
        return packed(payload.done());
    }

    /** A payload, as if it were signed, packed. */
    public static byte[] packed(byte[] payload) {
        return gzip(new Message().bytes(1, payload).text(2, "signature").done());
    }

    /** One version, with a dependency and a field of tomorrow; an empty digest is left out. */
    public static byte[] release(String version, String outer, Instant published) {
        Message release = new Message()
                .text(1, version)
                .bytes(2, new byte[32])
                .bytes(3, new Message().text(1, "other").text(2, "~> 1.0").done());
        if (!outer.isEmpty()) {
            release.bytes(5, HexFormat.of().parseHex(outer));
        }
        Message time = new Message().number(1, published.getEpochSecond()).number(2, published.getNano());
        return release.bytes(7, time.done()).number(19, 1).fixed(20).done();
    }

    /** A package whose inner checksum is right. */
    public static byte[] tarball(byte[] contents) {
        byte[] version = "3".getBytes(StandardCharsets.UTF_8);
        byte[] metadata = "{<<\"name\">>,<<\"demo\">>}.\n".getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream covered = new ByteArrayOutputStream();
        covered.writeBytes(version);
        covered.writeBytes(metadata);
        covered.writeBytes(contents);
        return tarball(
                version,
                StoreFiles.hex("SHA-256", covered.toByteArray()).toUpperCase(java.util.Locale.ROOT),
                metadata,
                contents);
    }

    /** A package that promises this inner checksum. */
    public static byte[] tarball(byte[] version, String checksum, byte[] metadata, byte[] contents) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        member(tar, "VERSION", version);
        member(tar, "CHECKSUM", checksum.getBytes(StandardCharsets.US_ASCII));
        member(tar, "metadata.config", metadata);
        member(tar, "contents.tar.gz", contents);
        tar.writeBytes(new byte[1024]);
        return tar.toByteArray();
    }

    private static void member(ByteArrayOutputStream tar, String name, byte[] content) {
        byte[] head = new byte[512];
        put(head, 0, name);
        put(head, 100, "0000644\0");
        put(head, 124, "%011o\0".formatted(content.length));
        put(head, 136, "%011o\0".formatted(0));
        put(head, 148, " ".repeat(8));
        put(head, 156, "0ustar\00000");
        int sum = 0;
        for (byte b : head) {
            sum += b & 0xff;
        }
        put(head, 148, "%06o\0 ".formatted(sum));
        tar.writeBytes(head);
        tar.writeBytes(content);
        tar.writeBytes(new byte[-content.length & 511]);
    }

    private static void put(byte[] head, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, head, at, bytes.length);
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    /** A protobuf message that is being written. */
    public static final class Message {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        public Message bytes(int field, byte[] value) {
            varint(((long) field << 3) | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        public Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        public Message number(int field, long value) {
            varint((long) field << 3);
            varint(value);
            return this;
        }

        Message fixed(int field) {
            varint(((long) field << 3) | 1);
            out.writeBytes(new byte[8]);
            return this;
        }

        public byte[] done() {
            return out.toByteArray();
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                out.write((int) ((rest & 0x7f) | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }
    }
}
