package gateway.settings;

import java.util.List;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * What credentials are encrypted with at rest.
 *
 * @param current null when none is set: then no credentials can be kept
 * @param previous keys that only decrypt
 */
public record Keys(@Nullable SecretKey current, List<SecretKey> previous) {

    public static final Keys NONE = new Keys(null, List.of());

    public Keys {
        previous = List.copyOf(previous);
    }
}
