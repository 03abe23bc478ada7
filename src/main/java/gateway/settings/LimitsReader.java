package gateway.settings;

import java.time.Duration;
import java.util.List;

/** Reads what stands behind the {@code limits} key. */
final class LimitsReader {

    private static final int FEWEST = 16;
    private static final int MOST = 1_000_000;

    private LimitsReader() {}

    static Limits read(Node.Mapping fields) {
        fields.only(List.of(
                "connections",
                "request_line",
                "headers",
                "head_timeout",
                "body_timeout",
                "idle_timeout",
                "send_timeout"));
        Limits usual = Limits.USUAL;
        return new Limits(
                fields.scalar("connections")
                        .map(value -> value.as(LimitsReader::connections))
                        .orElse(usual.connections()),
                size(fields, "request_line", usual.requestLineBytes()),
                size(fields, "headers", usual.headBytes()),
                timeout(fields, "head_timeout", usual.headTimeout()),
                timeout(fields, "body_timeout", usual.bodyTimeout()),
                timeout(fields, "idle_timeout", usual.idleTimeout()),
                timeout(fields, "send_timeout", usual.sendTimeout()));
    }

    private static int connections(String text) {
        int number = text.matches("[0-9]{1,7}") ? Integer.parseInt(text) : 0;
        if (number < FEWEST || number > MOST) {
            throw new Rejected("is not a number from " + FEWEST + " to " + MOST);
        }
        return number;
    }

    private static int size(Node.Mapping fields, String key, int otherwise) {
        return fields.scalar(key).map(value -> value.as(LimitsReader::size)).orElse(otherwise);
    }

    private static int size(String text) {
        long size = ByteSize.parse(text);
        if (size < 1 << 10 || size > 1 << 20) {
            throw new Rejected("is less than 1KiB or more than 1MiB");
        }
        return (int) size;
    }

    private static Duration timeout(Node.Mapping fields, String key, Duration otherwise) {
        return fields.scalar(key).map(value -> value.as(Durations::positive)).orElse(otherwise);
    }
}
