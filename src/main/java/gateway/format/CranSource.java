package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Looks whether the bytes are the whole source of a package, for versions that no list names any more. */
record CranSource(String name, String version) implements Check {

    /** A hundred times the size of a real one. */
    private static final int DESCRIPTION = 1 << 20;
    /** More than any package has; a file that unpacks to more is an attack. */
    private static final long LARGEST = 16L << 30;

    @Override
    public void check(InputStream bytes) throws IOException {
        boolean described = false;
        long unpacked = 0;
        byte[] buffer = new byte[1 << 16];
        try (InputStream gzip = new GZIPInputStream(bytes, 1 << 16);
                TarArchiveInputStream tar = new TarArchiveInputStream(gzip)) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (!described && isDescription(entry)) {
                    describes(new String(tar.readNBytes(DESCRIPTION), StandardCharsets.ISO_8859_1));
                    described = true;
                }
                unpacked += Math.max(0, entry.getSize());
                if (unpacked > LARGEST) {
                    throw new IOException("unpacked it is larger than any package");
                }
            }
            // To the very end, where the checksum of all of it stands.
            while (gzip.read(buffer) >= 0) {
                unpacked++;
            }
        }
        if (!described) {
            throw new IOException("no source of a package: it has no " + name + "/DESCRIPTION");
        }
    }

    private boolean isDescription(TarArchiveEntry entry) {
        String path = entry.getName();
        return (path.startsWith("./") ? path.substring(2) : path).equals(name + "/DESCRIPTION");
    }

    private void describes(String description) throws IOException {
        String found = description
                .lines()
                .filter(line -> line.startsWith("Version:"))
                .map(line -> line.substring("Version:".length()).strip())
                .findFirst()
                .orElse("none");
        if (!found.equals(version)) {
            throw new IOException("it should be " + name + " " + version + ", and its DESCRIPTION says " + found);
        }
    }
}
