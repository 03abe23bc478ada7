package gateway.format;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the upstream keeps a resource. */
public sealed interface Origin {

    /**
     * A path below the upstream's URL, or below one of its named second hosts.
     *
     * @param host name of the second host in settings, empty for the upstream's own URL
     * @param path percent-encoded, beginning with a slash
     * @param query raw query string, empty when there is none
     */
    record At(String host, String path, String query) implements Origin {

        /** A decoded path on the upstream's own URL; it is encoded here. */
        public static At path(String decoded) {
            return new At("", encode(decoded), "");
        }

        public At from(String secondHost) {
            return new At(secondHost, path, query);
        }

        public At asking(String rawQuery) {
            return new At(host, path, rawQuery);
        }
    }

    /** The same bytes stand at two places, the second of which is asked when the first has nothing. */
    record Either(At first, At second) implements Origin {}

    /** The index that lists it says its URL (see {@link Checksum.Listed}); without a link it does not exist. */
    record Linked() implements Origin {}

    /** No upstream has it: clients store it here, by an {@link Resource.Upload}. */
    record Hosted() implements Origin {}

    /**
     * A document of the upstream, a few KiB at most, says where it is.
     *
     * @param index that document
     * @param url reads it
     */
    record Told(Index index, Template url) implements Origin {}

    /**
     * An index says by a {@link Link} whose path is the folder, slash included, where the folder's files are.
     *
     * @param otherwise where they are when it does not say
     */
    record Based(Index index, At otherwise) implements Origin {}

    /** Reads where a file is out of a document. */
    @FunctionalInterface
    interface Template {

        /**
         * An absolute or relative URL; empty when the document does not say.
         *
         * @param link what an index says of the file; null when none was held
         */
        Optional<String> expand(byte[] document, @Nullable Link link);
    }

    /** Percent-encodes a decoded path as RFC 3986 wants it; slashes and {@code +} stay. */
    static String encode(String decoded) {
        StringBuilder out = new StringBuilder(decoded.length() + 16);
        for (byte b : decoded.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "/-._~!$&'()*+,;=:@".indexOf(c) >= 0);
            if (plain) {
                out.append(c);
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
                out.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }
}
