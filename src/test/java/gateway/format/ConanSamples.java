package gateway.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Files of a revision, as a client uploads them. */
public final class ConanSamples {

    /** Adds what it wants to an archive. */
    interface Filling {
        void fill(TarArchiveOutputStream tar) throws IOException;
    }

    /** Packs. */
    interface Packing {
        OutputStream pack(OutputStream out) throws IOException;
    }

    private ConanSamples() {}

    /** One file, packed by gzip. */
    public static byte[] archive(String name, byte[] content) {
        return archive(GZIPOutputStream::new, tar -> put(tar, name, content));
    }

    static byte[] archive(Packing packing, Filling filling) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(packing.pack(bytes))) {
            filling.fill(tar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static void put(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    static void link(TarArchiveOutputStream tar, byte type, String name, String target) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, type);
        entry.setLinkName(target);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    /** @param files names and contents in turn, in the order of their names */
    public static String manifest(Object... files) {
        StringBuilder manifest = new StringBuilder("1700000000\n");
        for (int i = 0; i < files.length; i += 2) {
            manifest.append(files[i])
                    .append(": ")
                    .append(md5((byte[]) files[i + 1]))
                    .append('\n');
        }
        return manifest.toString();
    }

    /** The revision that such a manifest has. */
    public static String revision(String manifest) {
        return md5(manifest.substring(manifest.indexOf('\n') + 1).getBytes(StandardCharsets.UTF_8));
    }

    static String md5(byte[] bytes) {
        return HexFormat.of().formatHex(Algorithm.MD5.digest().digest(bytes));
    }
}
