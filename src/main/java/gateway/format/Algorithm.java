package gateway.format;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;

/** A digest algorithm that registries use, strongest last. */
public enum Algorithm {
    MD5("MD5", 32),
    SHA1("SHA-1", 40),
    SHA256("SHA-256", 64),
    SHA512("SHA-512", 128);

    private final String jca;
    private final int hexLength;

    Algorithm(String jca, int hexLength) {
        this.jca = jca;
        this.hexLength = hexLength;
    }

    /** Lower-case name as in file extensions and JSON keys: {@code md5 sha1 sha256 sha512}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Number of hex digits of a digest. */
    public int hexLength() {
        return hexLength;
    }

    /** A new, empty digest. */
    public MessageDigest digest() {
        try {
            return MessageDigest.getInstance(jca);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has " + jca, e);
        }
    }

    /** The algorithm with this label, in any case and with or without a hyphen; empty when it is none of ours. */
    public static Optional<Algorithm> of(String label) {
        return switch (label.toLowerCase(Locale.ROOT).replace("-", "").replace("md5sum", "md5")) {
            case "md5" -> Optional.of(MD5);
            case "sha1" -> Optional.of(SHA1);
            case "sha256" -> Optional.of(SHA256);
            case "sha512" -> Optional.of(SHA512);
            default -> Optional.empty();
        };
    }
}
