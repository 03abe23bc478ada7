package gateway.storage;

import java.util.Locale;

/**
 * Name of a blob.
 *
 * @param hex SHA-256 of its bytes, 64 lower-case hex digits
 */
public record Digest(String hex) {

    public Digest {
        hex = hex.toLowerCase(Locale.ROOT);
        if (hex.length() != 64 || !hex.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            throw new IllegalArgumentException("not a SHA-256: " + hex);
        }
    }
}
