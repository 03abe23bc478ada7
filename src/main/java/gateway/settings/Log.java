package gateway.settings;

import java.util.Locale;

/**
 * How much is logged, and in which shape.
 *
 * @param access whether and how every answer is logged
 */
public record Log(Level level, Format format, Access access) {

    /** Without a log of answers. */
    public Log(Level level, Format format) {
        this(level, format, Access.OFF);
    }

    /** From everything to the worst. */
    public enum Level {
        DEBUG,
        INFO,
        WARN,
        ERROR;

        static Level parse(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "debug" -> DEBUG;
                case "info" -> INFO;
                case "warn" -> WARN;
                case "error" -> ERROR;
                default -> throw new Rejected("is not a log level; write debug, info, warn or error");
            };
        }
    }

    /** One line for people, or one JSON object a line for machines. */
    public enum Format {
        TEXT,
        JSON;

        static Format parse(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "text" -> TEXT;
                case "json" -> JSON;
                default -> throw new Rejected("is not a log format; write text or json");
            };
        }
    }

    /** The log of answers. */
    public enum Access {
        OFF,
        TEXT,
        JSON;

        static Access parse(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "off" -> OFF;
                case "text" -> TEXT;
                case "json" -> JSON;
                default -> throw new Rejected("is not a form of the access log; write off, text or json");
            };
        }
    }
}
