package gateway.cache;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One range of bytes (RFC 9110, section 14.1.2).
 *
 * @param from first byte
 * @param to end, exclusive; {@link Long#MAX_VALUE} for the end of the body
 * @param suffix when positive, the last so many bytes are meant and the other two mean nothing
 */
record ByteRange(long from, long to, long suffix) {

    private static final Pattern SYNTAX = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** Null for no range, for several ranges and for anything unreadable: those get the whole body. */
    static @Nullable ByteRange parse(@Nullable String header) {
        if (header == null) {
            return null;
        }
        Matcher match = SYNTAX.matcher(header.strip());
        if (!match.matches()) {
            return null;
        }
        String first = match.group(1);
        String last = match.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? null : new ByteRange(0, 0, Long.parseLong(last));
        }
        long from = Long.parseLong(first);
        long to = last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last) + 1;
        return to <= from ? null : new ByteRange(from, to, -1);
    }

    /** The same range within a body of known length; empty (from = to) when no byte of it exists. */
    ByteRange within(long length) {
        if (suffix >= 0) {
            return new ByteRange(Math.max(0, length - suffix), suffix == 0 ? Math.max(0, length - suffix) : length, -1);
        }
        return new ByteRange(Math.min(from, length), Math.min(to, length), -1);
    }

    boolean isEmpty() {
        return from >= to;
    }
}
