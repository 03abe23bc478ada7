package gateway.fuzz;

import gateway.cache.HeadersFuzz;
import gateway.format.DocumentFuzz;
import gateway.registry.UploadFuzz;
import gateway.settings.ConfigurationFuzz;
import gateway.web.PathFuzz;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What is given changed input, by the name of the folder of its samples. */
enum Reader {
    PATHS(PathFuzz.class, PathFuzz::fuzzerTestOneInput, 2_000),
    HEADERS(HeadersFuzz.class, HeadersFuzz::fuzzerTestOneInput, 20_000),
    DOCUMENTS(DocumentFuzz.class, DocumentFuzz::fuzzerTestOneInput, 2_000),
    UPLOADS(UploadFuzz.class, UploadFuzz::fuzzerTestOneInput, 2_000),
    CONFIGURATION(ConfigurationFuzz.class, ConfigurationFuzz::fuzzerTestOneInput, 250);

    private final Class<?> type;

    @SuppressWarnings("ImmutableEnumChecker") // references to static methods
    private final Consumer<byte[]> reader;

    private final int rounds;

    Reader(Class<?> type, Consumer<byte[]> reader, int rounds) {
        this.type = type;
        this.reader = reader;
        this.rounds = rounds;
    }

    /** With the method that Jazzer calls. */
    Class<?> type() {
        return type;
    }

    /** How often in each build. */
    int rounds() {
        return rounds;
    }

    void read(byte[] input) {
        reader.accept(input);
    }

    Path folder() {
        String name = name().toLowerCase(java.util.Locale.ROOT);
        try {
            return Path.of(Objects.requireNonNull(Reader.class.getResource("/gateway/fuzz/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In the order of their names. */
    List<Path> samples() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(Path sample) {
        try {
            return Files.readAllBytes(sample);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
