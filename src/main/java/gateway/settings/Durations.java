package gateway.settings;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}. */
final class Durations {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
    private static final Pattern DAYS = Pattern.compile("([0-9]{1,4})d");
    private static final Duration LONGEST = Duration.ofHours(24);

    private Durations() {}

    static Duration parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new Rejected("is not a duration; write for example 30s, 2m or 1h");
        }
        long number = Long.parseLong(form.group(1));
        Duration duration = switch (form.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
        if (duration.compareTo(LONGEST) > 0) {
            throw new Rejected("is too long; at most 24h");
        }
        return duration;
    }

    /** How long something is kept, which may be many days: {@code 30d}. */
    static Duration age(String text) {
        Matcher days = DAYS.matcher(text);
        return days.matches() ? Duration.ofDays(Long.parseLong(days.group(1))) : parse(text);
    }

    /** How often something is done, which may be never: {@code 30d}, {@code off}. Zero for never. */
    static Duration period(String text) {
        if (text.equals("off")) {
            return Duration.ZERO;
        }
        Duration period = age(text);
        if (period.isZero()) {
            throw new Rejected("must be longer than nothing, or off");
        }
        return period;
    }

    static Duration positive(String text) {
        Duration duration = parse(text);
        if (duration.isZero()) {
            throw new Rejected("must be longer than nothing");
        }
        return duration;
    }
}
