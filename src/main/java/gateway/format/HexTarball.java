package gateway.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Looks whether a package tarball has the content that its own inner checksum tells, in bounded memory. */
record HexTarball() implements Check {

    private static final int BLOCK = 512;
    private static final int CHECKSUM = 256;

    @Override
    public void check(InputStream bytes) throws IOException {
        MessageDigest content = Algorithm.SHA256.digest();
        String order = "";
        String promised = null;
        for (byte[] head = head(bytes); head != null; head = head(bytes)) {
            long size = size(head);
            switch (text(head, 0, 100)) {
                case "CHECKSUM" -> {
                    if (size > CHECKSUM) {
                        throw new IOException("its CHECKSUM is no checksum");
                    }
                    promised = new String(read(bytes, (int) size), StandardCharsets.US_ASCII).strip();
                }
                // The inner checksum is over these three, in this order.
                case "VERSION" -> {
                    order += "v";
                    digest(bytes, size, content);
                }
                case "metadata.config" -> {
                    order += "m";
                    digest(bytes, size, content);
                }
                case "contents.tar.gz" -> {
                    order += "c";
                    digest(bytes, size, content);
                }
                default -> bytes.skipNBytes(size);
            }
            bytes.skipNBytes(-size & (BLOCK - 1));
        }
        bytes.transferTo(OutputStream.nullOutputStream());
        String actual = HexFormat.of().formatHex(content.digest());
        // Members in another order are the client's business: the outer checksum covers them all the same.
        if (promised != null && order.equals("vmc") && !actual.equalsIgnoreCase(promised)) {
            throw new IOException("its content has the checksum " + actual + " where it promises " + promised);
        }
    }

    /** The next member's head; null at the end of the archive. */
    private static byte @Nullable [] head(InputStream in) throws IOException {
        byte[] head = in.readNBytes(BLOCK);
        if (head.length == 0 || Arrays.equals(head, new byte[BLOCK])) {
            return null;
        }
        if (head.length < BLOCK) {
            throw new EOFException("the tarball is cut");
        }
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : head[i] & 0xff;
        }
        if (sum != octal(text(head, 148, 8))) {
            throw new IOException("not a tarball");
        }
        return head;
    }

    private static long size(byte[] head) throws IOException {
        long size = octal(text(head, 124, 12));
        if (size < 0) {
            throw new IOException("not a tarball");
        }
        return size;
    }

    private static long octal(String digits) throws IOException {
        try {
            return Long.parseLong(digits.strip(), 8);
        } catch (NumberFormatException e) {
            throw new IOException("not a tarball", e);
        }
    }

    private static String text(byte[] head, int from, int length) {
        int end = from;
        while (end < from + length && head[end] != 0) {
            end++;
        }
        return new String(head, from, end - from, StandardCharsets.US_ASCII);
    }

    private static byte[] read(InputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the tarball is cut");
        }
        return bytes;
    }

    private static void digest(InputStream in, long size, MessageDigest digest) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long left = size;
        while (left > 0) {
            int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (count < 0) {
                throw new EOFException("the tarball is cut");
            }
            digest.update(buffer, 0, count);
            left -= count;
        }
    }
}
