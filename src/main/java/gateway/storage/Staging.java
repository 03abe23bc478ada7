package gateway.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder where one process keeps its spools, under a lock that the operating system drops when the process dies.
 *
 * <p>Files of a process that is gone can never be finished, so whoever starts next removes them.
 */
final class Staging {

    private static final String LOCK = ".lock";

    private final Path folder;
    private FileChannel lock;
    private final FileTime opened;
    private final AtomicLong counter = new AtomicLong();

    private Staging(Path folder, FileChannel lock, FileTime opened) {
        this.folder = folder;
        this.lock = lock;
        this.opened = opened;
    }

    static Staging open(Path parent) throws IOException {
        Files.createDirectories(parent);
        sweep(parent);
        Path folder = parent.resolve(ProcessHandle.current().pid() + "-"
                + UUID.randomUUID().toString().substring(0, 8));
        Files.createDirectory(folder);
        FileChannel channel = lock(folder);
        return new Staging(folder, channel, Files.getLastModifiedTime(folder.resolve(LOCK)));
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (tryLock(channel) == null) {
            throw new IOException("cannot lock " + folder);
        }
        return channel;
    }

    /** Makes the folder again when somebody cleared the whole store under a running process. */
    synchronized void restore() throws IOException {
        if (!lock.isOpen()) {
            throw new IOException("the store was closed");
        }
        if (!Files.exists(folder.resolve(LOCK))) {
            Files.createDirectories(folder);
            FileChannel lost = lock;
            lock = lock(folder);
            lost.close();
        }
    }

    /** When this process opened it, by the clock that its volume gives files their times with. */
    FileTime opened() {
        return opened;
    }

    /** Whether no other process has spools here. */
    boolean isAlone() throws IOException {
        // Its own lock must not be tried: to close the file a second time would give the lock up.
        try (DirectoryStream<Path> others = Files.newDirectoryStream(
                folder.resolveSibling("."),
                other -> Files.isDirectory(other) && !folder.getFileName().equals(other.getFileName()))) {
            for (Path other : others) {
                if (!abandoned(other)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Path of a file that does not exist yet. */
    Path next() throws IOException {
        restore();
        return folder.resolve(Long.toString(counter.incrementAndGet()));
    }

    synchronized void close() {
        try {
            delete(folder);
            lock.close();
        } catch (IOException e) {
            // The next start sweeps what could not be removed now.
        }
    }

    /** Whether a process that lives has spools below this folder; nothing is changed. */
    static boolean isUsed(Path parent) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, Files::isDirectory)) {
            for (Path folder : folders) {
                if (!abandoned(folder)) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException nothingStaged) {
            return false;
        }
    }

    private static void sweep(Path parent) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, Files::isDirectory)) {
            for (Path folder : folders) {
                if (abandoned(folder)) {
                    delete(folder);
                }
            }
        }
    }

    private static boolean abandoned(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE)) {
            return tryLock(channel) != null;
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
