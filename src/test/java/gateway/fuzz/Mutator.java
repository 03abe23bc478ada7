package gateway.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Changes samples the same way in each build. */
final class Mutator {

    /** What readers stumble over. */
    private static final List<String> WORDS = List.of(
            "\0",
            "\n",
            "\r\n",
            "\t",
            " ",
            "\"",
            "\\",
            "\\u0000",
            "\\ud800",
            "/",
            "//",
            "/../",
            "/./",
            "%2f",
            "%2e%2e",
            "%00",
            "%",
            "%%",
            "?",
            "#",
            ":",
            "@",
            "..",
            "-",
            "--",
            "=",
            "&",
            ";",
            ",",
            "{",
            "}",
            "[",
            "]",
            "<",
            ">",
            "<!--",
            "]]>",
            "<![CDATA[",
            "&amp;",
            "&#0;",
            "&#x110000;",
            "<!DOCTYPE a [<!ENTITY b \"c\">]>",
            "null",
            "true",
            "0",
            "-1",
            "1e999",
            "NaN",
            "9223372036854775808",
            "99999999999999999999999999",
            "0x",
            "sha256",
            "sha512-",
            "md5=",
            "\u00e4",
            "\ud83d\udca9",
            "\ufeff",
            "\u2028",
            "http://",
            "https://h",
            "file:///etc/passwd",
            "//evil.test/",
            "http://[",
            "http://h:99999",
            "${",
            "${PASSWORD}",
            "${A:-",
            "*a",
            "&a",
            "!!java.net.URL",
            "- ",
            "? ",
            "bytes=",
            "bytes=-",
            "0-",
            "q=",
            "*/*",
            "a/b;q=");

    private final Random random;

    Mutator(long seed) {
        this.random = new Random(seed);
    }

    byte[] mutate(List<byte[]> samples) {
        byte[] bytes = samples.get(random.nextInt(samples.size()));
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            bytes = change(bytes, samples);
        }
        return bytes;
    }

    private byte[] change(byte[] bytes, List<byte[]> samples) {
        int from = random.nextInt(bytes.length + 1);
        int to = Math.min(bytes.length, from + random.nextInt(1 + random.nextInt(64)));
        return switch (random.nextInt(8)) {
            case 0 -> flipped(bytes);
            case 1 -> join(bytes, from, new byte[0], to);
            case 2 -> join(bytes, from, word(), from);
            case 3 -> join(bytes, from, word(), to);
            // A part of it once more, or very often: nesting without end.
            case 4 -> join(bytes, to, repeated(java.util.Arrays.copyOfRange(bytes, from, to)), to);
            case 5 -> java.util.Arrays.copyOf(bytes, from);
            case 6 -> {
                byte[] other = samples.get(random.nextInt(samples.size()));
                int start = random.nextInt(other.length + 1);
                int end = Math.min(other.length, start + random.nextInt(200));
                yield join(bytes, from, java.util.Arrays.copyOfRange(other, start, end), to);
            }
            default -> join(bytes, from, noise(), to);
        };
    }

    private byte[] flipped(byte[] bytes) {
        byte[] changed = bytes.clone();
        if (changed.length > 0) {
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return changed;
    }

    private byte[] word() {
        return WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] noise() {
        byte[] noise = new byte[random.nextInt(9)];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] repeated(byte[] part) {
        int times = random.nextInt(20) == 0 ? 2_000 : 1 + random.nextInt(3);
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] join(byte[] bytes, int end, byte[] middle, int start) {
        var out = new ByteArrayOutputStream();
        out.write(bytes, 0, end);
        out.writeBytes(middle);
        out.write(bytes, start, bytes.length - start);
        return out.toByteArray();
    }
}
