package gateway.settings;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.CoreConstants;
import ch.qos.logback.core.LayoutBase;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;

/** The two shapes of a log line. What a client sends may stand in a message, so a line break in it never makes a line. */
final class LogLayouts {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private LogLayouts() {}

    /** {@code 2026-01-31T10:00:00.000Z INFO  Server: listening address=:8080}. */
    static final class Text extends LayoutBase<ILoggingEvent> {

        @Override
        public String doLayout(ILoggingEvent event) {
            StringBuilder line = new StringBuilder(TIME.format(time(event)));
            String level = event.getLevel().toString();
            line.append(' ').append(level).append(" ".repeat(Math.max(1, 6 - level.length())));
            String logger = event.getLoggerName();
            line.append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(": ");
            escape(line, String.valueOf(event.getFormattedMessage()));
            pairs(event).forEach((key, value) -> {
                escape(line.append(' '), key);
                boolean quoted = value.isEmpty() || value.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '=');
                escape(line.append(quoted ? "=\"" : "="), quoted ? value.replace("\"", "\\\"") : value);
                line.append(quoted ? "\"" : "");
            });
            return line.append('\n').append(stack(event)).toString();
        }

        private static void escape(StringBuilder line, String text) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                switch (c) {
                    case '\n' -> line.append("\\n");
                    case '\r' -> line.append("\\r");
                    case '\t' -> line.append("\\t");
                    default -> {
                        if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                            line.append(String.format("\\u%04x", (int) c));
                        } else {
                            line.append(c);
                        }
                    }
                }
            }
        }
    }

    /** One object a line: timestamp, level, logger, message, then whatever the place and the request add. */
    static final class Json extends LayoutBase<ILoggingEvent> {

        private static final JsonFactory FACTORY = new JsonFactory();

        @Override
        public String doLayout(ILoggingEvent event) {
            StringWriter line = new StringWriter();
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("timestamp", TIME.format(time(event)));
            fields.put("level", event.getLevel().toString());
            fields.put("logger", event.getLoggerName());
            fields.put("message", String.valueOf(event.getFormattedMessage()));
            pairs(event).forEach(fields::putIfAbsent);
            String stack = stack(event);
            if (!stack.isEmpty()) {
                fields.put("exception", stack);
            }
            try (JsonGenerator json = FACTORY.createGenerator(tools.jackson.core.ObjectWriteContext.empty(), line)) {
                json.writeStartObject();
                fields.forEach(json::writeStringProperty);
                json.writeEndObject();
            }
            return line.append('\n').toString();
        }
    }

    private static Instant time(ILoggingEvent event) {
        Instant instant = event.getInstant();
        return instant == null ? Instant.ofEpochMilli(event.getTimeStamp()) : instant;
    }

    private static Map<String, String> pairs(ILoggingEvent event) {
        Map<String, String> pairs = new LinkedHashMap<>(event.getMDCPropertyMap());
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                pairs.put(pair.key, String.valueOf(pair.value));
            }
        }
        return pairs;
    }

    private static String stack(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        return thrown == null ? CoreConstants.EMPTY_STRING : ThrowableProxyUtil.asString(thrown);
    }
}
