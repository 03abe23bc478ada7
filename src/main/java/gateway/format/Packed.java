package gateway.format;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import java.util.zip.InflaterInputStream;

/** Reads a compressed document to its end, which shows that it is one and is whole; it lists nothing that we read. */
final class Packed implements LinkReader {

    private static final int ZLIB = 0x78;
    private static final int BUFFER = 1 << 16;
    /** More than any index has; a document that unpacks to more is an attack. */
    private static final long LARGEST = 2L << 30;

    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        BufferedInputStream in = new BufferedInputStream(document, BUFFER);
        in.mark(1);
        int first = in.read();
        in.reset();
        InputStream unpacked = first == ZLIB ? new InflaterInputStream(in) : DebianUnpacked.of(in);
        if (first >= 0 && unpacked instanceof BufferedInputStream) {
            throw new IOException("not a compressed document: " + source.url());
        }
        byte[] buffer = new byte[BUFFER];
        long total = 0;
        for (int count = unpacked.read(buffer); count >= 0; count = unpacked.read(buffer)) {
            total += count;
            if (total > LARGEST) {
                throw new IOException("unpacks to more than " + LARGEST + " bytes: " + source.url());
            }
        }
    }
}
