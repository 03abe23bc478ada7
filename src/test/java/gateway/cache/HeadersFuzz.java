package gateway.cache;

import gateway.format.Accept;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A header that a client chose: ranges lie within the body, and nothing else comes of the rest. */
public final class HeadersFuzz {

    private HeadersFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String header = new String(input, StandardCharsets.ISO_8859_1);
        Directives.parse(header);
        Accept.parse(header).best(List.of("text/html", "application/json"));
        ByteRange range = ByteRange.parse(header);
        if (range == null) {
            return;
        }
        for (long length : new long[] {0, 1, 1_000, Long.MAX_VALUE}) {
            ByteRange part = range.within(length);
            if (part.from() < 0 || part.to() > length || (part.from() > part.to())) {
                throw new AssertionError(header + " of " + length + " is " + part);
            }
        }
    }
}
