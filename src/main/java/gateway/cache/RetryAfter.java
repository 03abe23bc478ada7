package gateway.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads {@code Retry-After} in its form of seconds; the date form is rare and treated as unknown. */
final class RetryAfter {

    private static final Duration LONGEST = Duration.ofMinutes(5);

    private RetryAfter() {}

    static @Nullable Duration of(@Nullable String header) {
        if (header == null || !header.strip().matches("\\d{1,6}")) {
            return null;
        }
        Duration asked = Duration.ofSeconds(Long.parseLong(header.strip()));
        return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
    }
}
