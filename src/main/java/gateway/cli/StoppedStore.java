package gateway.cli;

import gateway.catalog.CatalogException;
import gateway.settings.RunFile;
import gateway.settings.Settings;
import gateway.storage.Holdings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** The store of a server that does not run; a command that finds one refuses. */
final class StoppedStore {

    private StoppedStore() {}

    /** Fails with one line when there is no store, or when a server has it open. */
    static Holdings open(Settings settings) throws IOException {
        Path root = settings.storage().path();
        if (!Files.isDirectory(root)) {
            throw new CommandException("nothing cached yet: " + root + " does not exist", Cli.MISTAKE);
        }
        if (Holdings.inUse(root)) {
            throw refused("the store " + root, settings);
        }
        return Holdings.ofStopped(root);
    }

    /** Waits for something that needs the catalog; a server that has it open is one line. */
    static <T> T now(Mono<T> mono, Settings settings) {
        try {
            return Objects.requireNonNull(mono.block());
        } catch (CatalogException e) {
            throw e.reason() == CatalogException.Reason.IN_USE
                    ? refused("the database " + settings.database().path(), settings)
                    : new CommandException(String.valueOf(e.getMessage()), Cli.MISTAKE, e);
        }
    }

    private static CommandException refused(String what, Settings settings) {
        String server = RunFile.read(settings.database().runFile())
                .map(s -> " at " + s.address() + ", process " + s.pid() + ",")
                .orElse("");
        return new CommandException("a server" + server + " has " + what + " open; stop it first", Cli.MISTAKE);
    }
}
