package gateway.settings;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A configuration file on disk, and what comes of loading it. */
record ConfigurationFile(Path path, Map<String, String> environment) {

    static ConfigurationFile of(Path folder, String text) {
        return of(folder, text, Map.of());
    }

    static ConfigurationFile of(Path folder, String text, Map<String, String> environment) {
        try {
            return new ConfigurationFile(Files.writeString(folder.resolve("gateway.yaml"), text), environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Settings settings() {
        return SettingsLoader.load(environment, Optional.of(path), Map.of());
    }

    Repository repository(String mount) {
        return settings().repositories().stream()
                .filter(repository -> repository.path().equals(mount))
                .findFirst()
                .orElseThrow();
    }

    /** The complaint, with the file's folder left out. */
    String complaint() {
        var complaint = catchThrowableOfType(SettingsException.class, this::settings);
        if (complaint == null) {
            throw new AssertionError("nothing to complain about");
        }
        return String.valueOf(complaint.getMessage()).replace(path.getParent() + "/", "");
    }
}
