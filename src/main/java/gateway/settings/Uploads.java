package gateway.settings;

import java.time.Duration;

/**
 * What clients may store in a mount.
 *
 * @param allowed whether they may at all
 * @param maxSize most bytes of one upload
 * @param maxAge how long one is kept; zero for as long as there is room
 */
public record Uploads(boolean allowed, long maxSize, Duration maxAge) {

    /** A mount that only reads. */
    public static final Uploads NONE = new Uploads(false, 0, Duration.ZERO);
}
