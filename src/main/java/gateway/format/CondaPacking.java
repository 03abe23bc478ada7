package gateway.format;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;

/** How a document of a channel is packed. */
enum CondaPacking {
    PLAIN("application/json"),
    ZST("application/zstd"),
    BZ2("application/x-bzip2");

    /** What other tools unpack without being asked to: 128 MiB. */
    private static final int WINDOW_LOG = 27;

    private static final int LEVEL = 3;

    private final String contentType;

    CondaPacking(String contentType) {
        this.contentType = contentType;
    }

    static CondaPacking of(String file) {
        return file.endsWith(".zst") ? ZST : file.endsWith(".bz2") ? BZ2 : PLAIN;
    }

    String contentType() {
        return contentType;
    }

    InputStream unpack(InputStream in) throws IOException {
        return switch (this) {
            case PLAIN -> in;
            case ZST -> new ZstdInputStream(in).setLongMax(WINDOW_LOG);
            case BZ2 -> new BZip2CompressorInputStream(in, true);
        };
    }

    /** The result has to be closed, and closes what it writes to. */
    OutputStream pack(OutputStream out) throws IOException {
        return switch (this) {
            case PLAIN -> out;
            case ZST -> new ZstdOutputStream(out, LEVEL);
            case BZ2 -> new BZip2CompressorOutputStream(out);
        };
    }
}
