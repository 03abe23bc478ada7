package gateway.clients;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** A client before a registry on this machine, made when it is first asked for. */
abstract class LocalContract<R extends AutoCloseable> extends ClientContract {

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private static Path folder;

    private @Nullable R registry;

    /** Makes the registry, and whatever it is made of in the folder. */
    abstract R make(Path files) throws IOException;

    final R registry() throws IOException {
        R made = registry;
        if (made == null) {
            made = make(folder);
            registry = made;
        }
        return made;
    }

    @AfterAll
    final void closeRegistry() throws Exception {
        if (registry != null) {
            registry.close();
        }
    }
}
