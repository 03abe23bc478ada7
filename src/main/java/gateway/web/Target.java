package gateway.web;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A request target (RFC 9112, section 3.2), decoded once: routing, authorisation and formats all see this one object, so
 * that no two of them can read the same bytes differently.
 *
 * @param path percent-decoded, begins with a slash, has no dot segments, control characters or backslashes
 * @param query still encoded, empty when there is none; what a URL cannot hold was encoded
 */
record Target(String path, String query) {

    private static final String IN_QUERY = "-._~!$&'()*+,;=:@/?";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** Why a target is refused, in one line for the client. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    static Target parse(String raw) throws Malformed {
        String target = origin(raw);
        int question = target.indexOf('?');
        String query = question < 0 ? "" : target.substring(question + 1);
        String path = question < 0 ? target : target.substring(0, question);
        if (!path.startsWith("/")) {
            throw new Malformed("the request target must begin with a slash");
        }
        return new Target(withoutDots(decode(path)), encode(query));
    }

    /** The path and the query alone, also of the absolute form, which clients send to what they take for a forward proxy. */
    static String origin(String raw) {
        int scheme = raw.indexOf("://");
        if (raw.startsWith("/") || scheme <= 0) {
            return raw;
        }
        int slash = raw.indexOf('/', scheme + 3);
        return slash < 0 ? "/" : raw.substring(slash);
    }

    /** Clients leave much as it is that URLs do not hold. */
    private static String encode(String query) throws Malformed {
        StringBuilder encoded = new StringBuilder(query.length());
        for (int i = 0; i < query.length(); i++) {
            char c = query.charAt(i);
            if (c < 0x21 || c == 0x7f || c == '#') {
                throw new Malformed("the query contains a character that must be percent-encoded");
            }
            boolean escape = c == '%' && isEscape(query, i);
            if (c < 0x80 && (escape || Character.isLetterOrDigit(c) || IN_QUERY.indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                // The server hands over one character for each byte.
                encoded.append('%').append(HEX.toHexDigits((byte) c));
            }
        }
        return encoded.toString();
    }

    private static boolean isEscape(String text, int at) {
        return at + 2 < text.length()
                && Character.digit(text.charAt(at + 1), 16) >= 0
                && Character.digit(text.charAt(at + 2), 16) >= 0;
    }

    private static String decode(String path) throws Malformed {
        boolean plain = true;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c < 0x21 || c == 0x7f || c == '\\' || c == '#') {
                throw new Malformed("the path contains a character that must be percent-encoded");
            }
            plain &= c != '%' && c < 0x80;
        }
        return plain ? path : decodeEscapes(path);
    }

    private static String decodeEscapes(String path) throws Malformed {
        byte[] raw = path.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[raw.length];
        int length = 0;
        for (int i = 0; i < raw.length; i++) {
            byte value = raw[i];
            if (value == '%') {
                boolean whole = i + 2 < raw.length;
                int high = whole ? Character.digit(raw[i + 1], 16) : -1;
                int low = whole ? Character.digit(raw[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw new Malformed("the path has a percent sign without two hex digits");
                }
                value = (byte) (high << 4 | low);
                i += 2;
            }
            if ((value >= 0 && value < 0x20) || value == 0x7f || value == '\\') {
                throw new Malformed("the path contains a control character or a backslash");
            }
            out[length++] = value;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(out, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("the path is not UTF-8");
        }
    }

    private static String withoutDots(String path) throws Malformed {
        if (!path.contains("/.")) {
            return path;
        }
        List<String> segments = new ArrayList<>();
        for (String segment : path.substring(1).split("/", -1)) {
            if (segment.equals("..")) {
                throw new Malformed("the path leaves its folder");
            }
            if (!segment.equals(".")) {
                segments.add(segment);
            }
        }
        return "/" + String.join("/", segments);
    }
}
