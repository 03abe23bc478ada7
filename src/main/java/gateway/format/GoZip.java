package gateway.format;

import java.io.IOException;
import java.io.InputStream;

/**
 * Looks whether the bytes are those of a module zip.
 *
 * @param module unescaped module path
 * @param version unescaped version
 */
record GoZip(String module, String version) implements Check {

    /** The go command refuses a module with more, packed or unpacked. */
    static final long MOST = 500L << 20;

    @Override
    public void check(InputStream bytes) throws IOException {
        new WholeZip(module + "@" + version + "/", MOST).check(bytes);
    }
}
