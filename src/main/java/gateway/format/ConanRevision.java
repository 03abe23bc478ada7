package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A manifest without its time has the revision as its MD5, unless a recipe takes the commit as its revision.
 *
 * @param revision as the path says it
 */
record ConanRevision(String revision) implements Check {

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{32}");

    @Override
    public void check(InputStream bytes) throws IOException {
        int b = bytes.read();
        while (b >= '0' && b <= '9') {
            b = bytes.read();
        }
        if (b == '\r') {
            b = bytes.read();
        }
        if (b != '\n') {
            throw new IOException("a manifest that does not begin with a time");
        }
        MessageDigest digest = Algorithm.MD5.digest();
        byte[] buffer = new byte[1 << 13];
        for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
            digest.update(buffer, 0, n);
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (DIGEST.matcher(revision).matches() && !revision.equals(found)) {
            throw new IOException("the manifest is that of revision " + found + ", not of " + revision);
        }
    }
}
