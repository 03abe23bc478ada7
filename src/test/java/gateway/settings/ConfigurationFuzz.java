package gateway.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A configuration file: it is taken, or there is one line of complaint. */
public final class ConfigurationFuzz {

    private static final Path FILE = file();

    private ConfigurationFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        try {
            Files.write(FILE, input);
            SettingsLoader.load(Map.of("PASSWORD", "secret"), Optional.of(FILE), Map.of())
                    .warnings();
        } catch (SettingsException complaint) {
            String line = String.valueOf(complaint.getMessage());
            if (line.isBlank() || line.contains("\n")) {
                throw new AssertionError("not a line: " + line, complaint);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file() {
        try {
            Path file = Files.createTempFile("configuration", ".yaml");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
