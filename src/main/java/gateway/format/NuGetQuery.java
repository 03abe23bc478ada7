package gateway.format;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A query as clients write it in many ways: with parentheses, quotes and dollars raw or encoded.
 *
 * @param raw fit for a URL
 * @param key the same for all ways to write it
 */
record NuGetQuery(String raw, String key) {

    private static final Pattern UNFIT = Pattern.compile("[^!$&-;=?-Z_a-z~%]|%(?![0-9A-Fa-f]{2})");
    private static final int LONGEST_KEY = 200;

    static NuGetQuery of(String query) {
        String raw = UNFIT.matcher(query).replaceAll(unfit -> Origin.encode(unfit.group()));
        String sorted = Arrays.stream(raw.split("&", -1))
                .filter(pair -> !pair.isEmpty())
                .map(pair -> URLDecoder.decode(pair, StandardCharsets.UTF_8))
                .sorted()
                .collect(Collectors.joining("&"));
        return new NuGetQuery(raw, sorted.length() > LONGEST_KEY ? digest(sorted) : sorted);
    }

    /** A name for the place in the store. */
    String digest() {
        return digest(key);
    }

    private static String digest(String text) {
        byte[] digest = Algorithm.SHA256.digest().digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, 16);
    }
}
