package gateway.project;

import gateway.settings.Keys;
import gateway.settings.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals what must be read again, by AES-256-GCM: credentials of remotes. A sealed text is the number of its key, a dot, and in base64 the random IV and
 * the cipher text. It opens only in the place that it was sealed for, so that no row can be given another's.
 */
public final class Secrets {
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Map<String, SecretKey> keys = new LinkedHashMap<>();
    private final @Nullable String current;

    public Secrets(Keys given) {
        given.previous().forEach(key -> keys.put(number(key), key));
        SecretKey key = given.current();
        this.current = key == null ? null : number(key);
        if (key != null) {
            keys.put(number(key), key);
        }
    }

    /** Tells keys apart and nothing else. */
    private static String number(SecretKey key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("gateway key number".getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(key.getEncoded()), 0, 4);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Fails with a {@link RefusedException} when there is no key. */
    String seal(Secret text, String place) {
        if (current == null) {
            throw RefusedException.invalid(
                    "password",
                    "credentials cannot be stored without a key: the operator has to set secrets.key, made by"
                            + " openssl rand -base64 32");
        }
        byte[] iv = new byte[IV_BYTES];
        RANDOM.nextBytes(iv);
        byte[] sealed =
                run(Cipher.ENCRYPT_MODE, current, iv, place, text.value().getBytes(StandardCharsets.UTF_8), 0);
        byte[] whole = new byte[iv.length + sealed.length];
        System.arraycopy(iv, 0, whole, 0, iv.length);
        System.arraycopy(sealed, 0, whole, iv.length, sealed.length);
        return current + "." + Base64.getEncoder().encodeToString(whole);
    }

    /** Fails with an {@link UnavailableException} when no key opens it. */
    Secret open(String sealed, String place) {
        String key = key(sealed);
        if (!keys.containsKey(key)) {
            throw new UnavailableException(
                    "the projects database holds credentials that were sealed with the key " + key
                            + ", which is not given: set it as secrets.key or among secrets.previous_keys",
                    null);
        }
        byte[] whole = Base64.getDecoder().decode(sealed.substring(key.length() + 1));
        byte[] iv = Arrays.copyOf(whole, IV_BYTES);
        return new Secret(
                new String(run(Cipher.DECRYPT_MODE, key, iv, place, whole, IV_BYTES), StandardCharsets.UTF_8));
    }

    /** Whether it was sealed by another key than is used now. */
    boolean outdated(String sealed) {
        return current != null && !key(sealed).equals(current);
    }

    private static String key(String sealed) {
        return sealed.substring(0, Math.max(0, sealed.indexOf('.')));
    }

    private byte[] run(int mode, String key, byte[] iv, String place, byte[] text, int from) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, keys.get(key), new GCMParameterSpec(TAG_BITS, iv));
            cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(text, from, text.length - from);
        } catch (GeneralSecurityException e) {
            throw new UnavailableException("credentials in the projects database cannot be opened", e);
        }
    }
}
