package gateway.support;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A folder for one test, for fixtures, which JUnit gives none; the path is the real one. */
public record TestFolder(Path path) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    public static TestFolder create() {
        try {
            return new TestFolder(Files.createTempDirectory("gateway").toRealPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another folder in this one. */
    public Path make(String name) {
        try {
            return Files.createDirectories(path.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for those who are still busy in it. */
    @Override
    public void close() {
        await().atMost(PATIENCE).ignoreExceptions().until(this::deleted);
    }

    private boolean deleted() {
        if (Files.exists(path)) {
            StoreFiles.delete(path);
        }
        return !Files.exists(path);
    }
}
