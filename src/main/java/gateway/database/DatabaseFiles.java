package gateway.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The files of a database on disk.
 *
 * @param database the path that people configure: H2 itself adds {@code .mv.db} to it
 */
public record DatabaseFiles(Path database) {
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private static final String CLOSED = ".closed";
    private static final String CONDEMNED = ".condemned";

    public Path file() {
        return beside(".mv.db");
    }

    public boolean exists() {
        return Files.exists(file());
    }

    /** Makes sure that what fails from here on is about the bytes of the file, not about folders and permissions. */
    public void prepare() throws IOException {
        if (database.toString().indexOf(';') >= 0) {
            throw new IOException("its path contains a semicolon, which H2 takes for the start of a setting");
        }
        Files.createDirectories(folder());
        if (exists() && !(Files.isReadable(file()) && Files.isWritable(file()))) {
            throw new IOException("its file cannot be read and written by this user");
        }
    }

    /** Remembers that the open database was found broken, so that the next start does not trust it. */
    public void condemn() throws IOException {
        Files.write(beside(CONDEMNED), new byte[0]);
    }

    public boolean condemned() {
        return exists() && Files.exists(beside(CONDEMNED));
    }

    /** Notes the length of the file once nobody has it open, see {@link #cut()}. */
    public void closed() throws IOException {
        Files.writeString(beside(CLOSED), Long.toString(Files.size(file())));
    }

    /**
     * Whether the length of the file is another than when it was closed. H2 opens such a file without complaint where an older state
     * of it is whole, and everything since then is missing. A process that was killed left no note.
     */
    public boolean cut() throws IOException {
        var note = beside(CLOSED);
        return exists() && Files.exists(note) && !Files.readString(note).equals(Long.toString(Files.size(file())));
    }

    public void opened() throws IOException {
        Files.deleteIfExists(beside(CLOSED));
    }

    /** Moves the broken file out of the way; only the newest one is kept, so that they never fill the disk. */
    public Path setAside(Instant now) throws IOException {
        var prefix = database.getFileName() + ".broken-";
        try (var old = Files.newDirectoryStream(
                folder(), it -> it.getFileName().toString().startsWith(prefix))) {
            for (var file : old) {
                Files.deleteIfExists(file);
            }
        }
        var target = database.resolveSibling(prefix + TIMESTAMP.format(now));
        Files.move(file(), target, StandardCopyOption.REPLACE_EXISTING);
        Files.deleteIfExists(beside(CONDEMNED));
        Files.deleteIfExists(beside(CLOSED));
        return target;
    }

    private Path beside(String suffix) {
        return database.resolveSibling(database.getFileName() + suffix);
    }

    private Path folder() {
        var parent = database.toAbsolutePath().getParent();
        return parent == null ? database.toAbsolutePath() : parent;
    }
}
