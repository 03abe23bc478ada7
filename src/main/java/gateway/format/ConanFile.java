package gateway.format;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * A file of a revision holds what the manifest says, neither more nor less; one pass, in bounded memory.
 *
 * @param name of the file: one that the manifest lists, or an archive of such
 */
record ConanFile(String name, ConanManifest manifest) implements Check {

    private static final Pattern ARCHIVE =
            Pattern.compile("(?<what>conan_package|conan_export|conan_sources)\\.t(?<packing>gz|xz|zst)");
    private static final Set<String> LOOSE = Set.of("conanfile.py", "conaninfo.txt");
    private static final int BUFFER = 1 << 16;
    private static final int XZ_MEMORY_KIB = 128 << 10;
    private static final int ZSTD_WINDOW_LOG = 27;

    /** Whether a manifest tells what is in a file of this name. */
    static boolean isListed(String name) {
        return LOOSE.contains(name) || ARCHIVE.matcher(name).matches();
    }

    @Override
    public void check(InputStream bytes) throws IOException {
        Matcher archive = ARCHIVE.matcher(name);
        if (archive.matches()) {
            try (InputStream tar = unpack(bytes, archive.group("packing"))) {
                entries(tar, manifest.in(archive.group("what")));
            } catch (EOFException e) {
                throw new IOException(name + " is cut", e);
            } catch (IllegalArgumentException e) {
                throw new IOException(name + " cannot be read", e);
            }
        } else {
            compare(name, md5(bytes), manifest.digests());
        }
    }

    private static InputStream unpack(InputStream bytes, String packing) throws IOException {
        InputStream in = new BufferedInputStream(bytes, BUFFER);
        return switch (packing) {
            case "gz" -> new GZIPInputStream(in, BUFFER);
            case "xz" -> new XZInputStream(in, XZ_MEMORY_KIB);
            default -> new ZstdInputStream(in).setLongMax(ZSTD_WINDOW_LOG);
        };
    }

    private void entries(InputStream unpacked, Map<String, String> expected) throws IOException {
        Set<String> seen = new HashSet<>();
        TarArchiveInputStream tar = new TarArchiveInputStream(unpacked, StandardCharsets.UTF_8.name());
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            String path = entry.getName();
            if (entry.isFIFO() || entry.isCharacterDevice() || entry.isBlockDevice()) {
                throw new IOException(name + " holds what is no file: " + path);
            } else if (entry.isSymbolicLink()) {
                // Links to folders are in no manifest.
                if (expected.containsKey(path)) {
                    compare(path, md5(entry.getLinkName()), expected);
                    seen.add(path);
                }
            } else if (entry.isLink()) {
                compare(path, expected.getOrDefault(entry.getLinkName(), "none"), expected);
                seen.add(path);
            } else if (!entry.isDirectory()) {
                compare(path, md5(tar), expected);
                seen.add(path);
            }
        }
        // The checksum of the packing stands behind the end of the archive.
        unpacked.transferTo(java.io.OutputStream.nullOutputStream());
        for (String path : expected.keySet()) {
            if (!seen.contains(path)) {
                throw new IOException(name + " lacks " + path);
            }
        }
    }

    private void compare(String path, String found, Map<String, String> expected) throws IOException {
        String wanted = expected.get(path);
        if (wanted == null) {
            throw new IOException(name + " holds what the manifest does not list: " + path);
        }
        if (!wanted.equals(found)) {
            throw new IOException("checksum mismatch in " + name + ": the manifest promises md5 " + wanted + " of "
                    + path + ", which has " + found);
        }
    }

    private static String md5(String text) {
        return HexFormat.of().formatHex(Algorithm.MD5.digest().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String md5(InputStream bytes) throws IOException {
        MessageDigest digest = Algorithm.MD5.digest();
        byte[] buffer = new byte[BUFFER];
        for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
            digest.update(buffer, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
