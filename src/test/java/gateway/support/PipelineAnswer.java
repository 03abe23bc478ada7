package gateway.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client got.
 *
 * @param headers names in lower case
 * @param length bytes of the body that arrived
 * @param sha256 of those bytes
 * @param start the first bytes, 64 KiB at most
 * @param whole whether the body ended as HTTP says, false when it was broken off
 */
@SuppressWarnings("ArrayRecordComponent") // Answers are looked at, never compared.
public record PipelineAnswer(
        int status, Map<String, String> headers, long length, String sha256, byte[] start, boolean whole) {

    private static final int START = 64 << 10;

    public @Nullable String header(String name) {
        return headers.get(name);
    }

    /** The body of a small answer. */
    public String text() {
        return new String(start, StandardCharsets.UTF_8);
    }

    public String cacheStatus() {
        return headers.getOrDefault("cache-status", "");
    }

    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An answer whose head is there and whose body is being read. */
    public static final class Body {
        private final InputStream in;
        private final int status;
        private final Map<String, String> headers;
        private final MessageDigest digest = digest();
        private final ByteArrayOutputStream start = new ByteArrayOutputStream();
        private final byte[] buffer = new byte[32 << 10];
        private final boolean chunked;
        /** Bytes left in the body or in the chunk; -1 up to the end of the connection. */
        private long left;

        private boolean ended;
        private long length;

        Body(InputStream in, int status, Map<String, String> headers, boolean empty) {
            this.in = in;
            this.status = status;
            this.headers = headers;
            this.chunked = "chunked".equalsIgnoreCase(headers.get("transfer-encoding"));
            this.left = chunked ? 0 : Long.parseLong(headers.getOrDefault("content-length", "-1"));
            this.ended = empty || (!chunked && left == 0);
        }

        public int status() {
            return status;
        }

        public @Nullable String header(String name) {
            return headers.get(name);
        }

        /** Reads at least so many bytes of the body. */
        public Body read(long bytes) throws IOException {
            while (length < bytes && !ended) {
                step();
            }
            if (length < bytes) {
                throw new IOException("the body ended after " + length + " bytes");
            }
            return this;
        }

        /** Reads all that is left. */
        public PipelineAnswer whole() {
            boolean whole = true;
            try {
                while (!ended) {
                    step();
                }
            } catch (IOException e) {
                whole = false;
            }
            String hex = HexFormat.of().formatHex(digest.digest());
            return new PipelineAnswer(status, headers, length, hex, start.toByteArray(), whole);
        }

        private void step() throws IOException {
            if (chunked && left == 0 && !nextChunk()) {
                return;
            }
            int count = in.read(buffer, 0, (int) (left < 0 ? buffer.length : Math.min(left, buffer.length)));
            if (count < 0) {
                ended = true;
                if (left >= 0) {
                    throw new IOException("broken off");
                }
                return;
            }
            digest.update(buffer, 0, count);
            start.write(buffer, 0, Math.min(count, START - start.size()));
            length += count;
            left -= left < 0 ? 0 : count;
            if (chunked && left == 0) {
                line(in);
            }
            ended = !chunked && left == 0;
        }

        private boolean nextChunk() throws IOException {
            String size = line(in);
            if (size == null) {
                throw new IOException("broken off between chunks");
            }
            left = Long.parseLong(size, 16);
            if (left == 0) {
                line(in);
                ended = true;
            }
            return left > 0;
        }

        static @Nullable String line(InputStream in) throws IOException {
            var line = new ByteArrayOutputStream();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    return null;
                }
                line.write(b);
            }
            return line.toString(StandardCharsets.ISO_8859_1).strip();
        }
    }
}
