package gateway.settings;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets the logging of the whole process up, on standard output. Libraries are one level quieter than the gateway. */
public final class Logging {

    private static final String ACCESS = "gateway.access";

    private Logging() {}

    /** Logs as set from now on. */
    public static void apply(Log log) {
        keepBootAway();
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        configure((LoggerContext) LoggerFactory.getILoggerFactory(), log, new FileOutputStream(FileDescriptor.out));
    }

    /** Logs nothing, for commands whose output is their answer. */
    public static void off() {
        keepBootAway();
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
    }

    // Boot would put its own configuration in the place of this one.
    private static void keepBootAway() {
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    }

    static void configure(LoggerContext context, Log log, OutputStream out) {
        context.reset();
        Layout<ILoggingEvent> layout = switch (log.format()) {
            case TEXT -> new LogLayouts.Text();
            case JSON -> new LogLayouts.Json();
        };
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender(context, layout, out));
        access(context, log.access(), out);
        switch (log.level()) {
            case DEBUG -> levels(context, Level.DEBUG, Level.INFO);
            case INFO -> levels(context, Level.INFO, Level.WARN);
            case WARN -> levels(context, Level.WARN, Level.WARN);
            case ERROR -> levels(context, Level.ERROR, Level.ERROR);
        }
    }

    private static Appender<ILoggingEvent> appender(
            LoggerContext context, Layout<ILoggingEvent> layout, OutputStream out) {
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(out);
        appender.start();
        return appender;
    }

    private static void access(LoggerContext context, Log.Access form, OutputStream out) {
        Logger logger = context.getLogger(ACCESS);
        logger.setAdditive(false);
        logger.setLevel(form == Log.Access.OFF ? Level.OFF : Level.INFO);
        if (form != Log.Access.OFF) {
            AccessAppender queue = new AccessAppender(form);
            queue.setContext(context);
            queue.addAppender(appender(context, queue.new Lines(), out));
            queue.start();
            logger.addAppender(queue);
        }
    }

    /** Writes what waits to be written, for a second at most; nothing is logged of answers afterwards. */
    public static void finish() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(ACCESS).detachAndStopAllAppenders();
    }

    private static void levels(LoggerContext context, Level own, Level libraries) {
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(libraries);
        context.getLogger("gateway").setLevel(own);
        // Both repeat at length what the gateway says in one line: that a port is taken, that an upstream is away.
        if (own != Level.DEBUG) {
            context.getLogger("org.springframework.boot").setLevel(Level.OFF);
            context.getLogger("reactor.netty.http.client.HttpClientConnect").setLevel(Level.OFF);
        }
    }
}
