package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Predicate;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;
import org.jspecify.annotations.Nullable;

/** Finds one file in a zip archive that comes as a stream. */
final class Zipped {

    /** More than any package has before what is looked for; an archive that unpacks to more is an attack. */
    private static final long LARGEST = 4L << 30;

    private Zipped() {}

    /**
     * The first file of such a name; null when there is none.
     *
     * @param most bytes that it may have
     * @throws IOException when it is no zip archive, is broken or has a larger file of that name
     */
    static byte @Nullable [] first(InputStream archive, Predicate<String> name, int most) throws IOException {
        ZipArchiveInputStream zip = new ZipArchiveInputStream(archive, "UTF-8", true, true);
        byte[] buffer = new byte[1 << 16];
        long unpacked = 0;
        for (ZipArchiveEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            if (name.test(entry.getName())) {
                byte[] found = zip.readNBytes(most + 1);
                if (found.length > most) {
                    throw new IOException(entry.getName() + " is larger than " + most + " bytes");
                }
                return found;
            }
            // Other files are passed over as they are packed, but where their length is told behind them only.
            if (entry.getGeneralPurposeBit().usesDataDescriptor()) {
                for (int count = zip.read(buffer); count >= 0; count = zip.read(buffer)) {
                    unpacked += count;
                    if (unpacked > LARGEST) {
                        throw new IOException("it unpacks to more than " + LARGEST + " bytes");
                    }
                }
            }
        }
        return null;
    }
}
