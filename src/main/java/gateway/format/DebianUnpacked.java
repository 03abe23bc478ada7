package gateway.format;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;

/** Unpacks a document by its first bytes, since a name by digest has no extension. */
final class DebianUnpacked {

    /** Enough for {@code xz -9} and no more: a list has no business with a larger dictionary. */
    private static final int MEMORY_KIB = 128 * 1024;

    private static final int BUFFER = 64 * 1024;

    private DebianUnpacked() {}

    /** What cannot be unpacked here comes as it is, and then does not look like a list. */
    static InputStream of(InputStream document) throws IOException {
        BufferedInputStream in = new BufferedInputStream(document, BUFFER);
        in.mark(8);
        byte[] magic = in.readNBytes(6);
        in.reset();
        if (begins(magic, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            return new XZInputStream(in, MEMORY_KIB);
        }
        if (begins(magic, 0x1f, 0x8b)) {
            return new GZIPInputStream(in, BUFFER);
        }
        if (begins(magic, 'B', 'Z', 'h')) {
            return new BZip2CompressorInputStream(in, true);
        }
        if (begins(magic, 0x5d, 0, 0)) {
            return new LZMAInputStream(in, MEMORY_KIB);
        }
        return in;
    }

    private static boolean begins(byte[] bytes, int... magic) {
        if (bytes.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((bytes[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
