package gateway.project;

import gateway.settings.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Makes tokens, and what is kept of them.
 *
 * <p>That is a plain SHA-256: a token is 192 random bits, which nobody guesses, however fast the digest. What slows guessing down is for
 * passwords that people think up, and would have to be paid with every request.
 */
public final class Tokens {
    /** Characters; what is shorter may be guessed. */
    public static final int SHORTEST = 16;

    private static final int RANDOM_BYTES = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Tokens() {}

    static Secret random(TokenKind kind) {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return new Secret(prefix(kind) + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** So that people, and programs that search for leaked secrets, know what they found. */
    private static String prefix(TokenKind kind) {
        return switch (kind) {
            case PERSONAL -> "gwp-";
            case DEPLOY -> "gwd-";
            case GROUP_DEPLOY -> "gwg-";
            case JOB -> "gwj-";
        };
    }

    static String digest(Secret token) {
        return HexFormat.of().formatHex(sha256(token));
    }

    /** In a time that does not tell how much of them is equal. */
    static boolean same(Secret one, Secret other) {
        return MessageDigest.isEqual(sha256(one), sha256(other));
    }

    private static byte[] sha256(Secret token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.value().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
