package gateway.cli;

import gateway.settings.Settings;
import gateway.settings.SettingsException;
import gateway.settings.SettingsLoader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that settings are made of. Those given before a command's name count too. */
class Flags {

    @Option(names = {"-config", "--config"})
    @Nullable
    String config;

    @Option(names = {"-storage", "--storage"})
    @Nullable
    String storage;

    @Option(names = {"-database", "--database"})
    @Nullable
    String database;

    @Option(
            names = {"-h", "-help", "--help"},
            usageHelp = true)
    boolean help;

    /** What was given, by flag name without dashes. */
    Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>();
        put(given, "config", config);
        put(given, "storage", storage);
        put(given, "database", database);
        return given;
    }

    static void put(Map<String, String> given, String name, @Nullable String value) {
        if (value != null) {
            given.put(name, value);
        }
    }

    /** The settings that these flags, and weaker ones, ask for. */
    Settings settings(Map<String, String> environment, Map<String, String> weaker) {
        Map<String, String> flags = new LinkedHashMap<>(weaker);
        flags.putAll(given());
        Optional<Path> file = Optional.ofNullable(flags.remove("config")).map(Flags::path);
        return SettingsLoader.load(environment, file, flags);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new SettingsException("-config: is not a path");
        }
    }

    /** With those that only a server has. */
    static final class OfServer extends Flags {

        @Option(names = {"-listen", "--listen"})
        @Nullable
        String listen;

        @Option(names = {"-base-url", "--base-url"})
        @Nullable
        String baseUrl;

        @Option(names = {"-log-level", "--log-level"})
        @Nullable
        String logLevel;

        @Option(names = {"-log-format", "--log-format"})
        @Nullable
        String logFormat;

        @Option(
                names = {"-version", "--version"},
                versionHelp = true)
        boolean version;

        @Override
        Map<String, String> given() {
            Map<String, String> given = super.given();
            put(given, "listen", listen);
            put(given, "base-url", baseUrl);
            put(given, "log-level", logLevel);
            put(given, "log-format", logFormat);
            return given;
        }
    }
}
