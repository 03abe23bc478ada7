package gateway.settings;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The catalog's H2 database.
 *
 * @param path as the operator names it; H2 adds {@code .mv.db} to it
 */
public record Database(Path path) {

    /** The file that H2 makes. */
    public Path file() {
        return path.resolveSibling(path.getFileName() + ".mv.db");
    }

    /** Where a running server says how to reach it, see {@link RunFile}. */
    public Path runFile() {
        return path.resolveSibling(path.getFileName() + ".run");
    }

    /** Where the projects are kept, beside the catalog; H2 adds to it likewise. */
    public Path projects() {
        return path.resolveSibling("projects.db");
    }

    /** Whether a catalog was ever kept here. */
    public boolean exists() {
        return Files.exists(file()) || Files.exists(path);
    }
}
