package gateway;

import gateway.cli.Cli;
import gateway.cli.Running;
import gateway.cli.Serve;
import gateway.cli.StoppedCatalog;
import gateway.settings.Logging;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.slf4j.LoggerFactory;
import reactor.netty.ReactorNetty;

/** The entry of the program: hands the command line to {@link Cli}, and the server to its command. */
public final class Gateway {
    private Gateway() {}

    public static void main(String[] args) {
        Logging.off();
        // One event loop for each core, since none of them ever waits; the library's least is four.
        System.setProperty(
                ReactorNetty.IO_WORKER_COUNT,
                Integer.toString(Runtime.getRuntime().availableProcessors()));
        Serve serve = (settings, again) -> {
            Logging.apply(settings.log());
            settings.warnings().forEach(LoggerFactory.getLogger(Gateway.class)::warn);
            return Running.untilStopped(settings, again, version());
        };
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(new Cli(version(), System.getenv(), serve, StoppedCatalog::statistics).run(out, err, args));
    }

    /** The version that this build carries. */
    public static String version() {
        var properties = new Properties();
        try (var in = Gateway.class.getResourceAsStream("version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "unknown");
    }
}
