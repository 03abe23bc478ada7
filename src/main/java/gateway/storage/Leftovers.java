package gateway.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What may be left of processes that were killed: temporary files in the tree, and blobs that nobody came to name.
 *
 * <p>A blob that was left behind and one whose manifest is about to be written look alike. They are told apart by time:
 * whatever this process publishes, it wrote after it had opened the store, so only files last written before are looked
 * at; the lock file in staging tells when that was, by the volume's own clock. Should a fetch publish the very content
 * that was left behind, its file takes the place of the old one, and is new. Between a look at a file's time and its
 * removal nothing is published, see {@link #publishing}. Another process that has the store open may be older than this
 * one, and then nothing is looked at. In doubt a file stays, until the next start.
 *
 * <p>Each folder is listed by a task of its own at low priority. Every error is a {@link StorageException}.
 */
public final class Leftovers {

    private static final Pattern BLOB = Pattern.compile("[0-9a-f]{64}");

    private final Path root;
    private final Path blobs;
    private final Staging staging;
    private final Walk walk;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    Leftovers(Path root, Path blobs, Staging staging, Scheduler low) {
        this.root = root;
        this.blobs = blobs;
        this.staging = staging;
        this.walk = new Walk(root, low, "cannot sweep the store");
    }

    /** Held by any number of publications while they give a file its name. */
    Lock publishing() {
        return lock.readLock();
    }

    /** Removes temporary files of the tree; emits how many. */
    public Mono<Long> removeTemporaries() {
        return below(root, Tree::isTemporary)
                .concatMap(path -> walk.work(() -> removeIfOld(path)))
                .filter(removed -> removed)
                .count();
    }

    /** Blobs that were here before, in order. */
    public Flux<Digest> blobs() {
        return below(blobs, path -> BLOB.matcher(name(path)).matches())
                .concatMap(path -> walk.work(() -> isOld(path) ? new Digest(name(path)) : null));
    }

    /** All manifests, in no order; one that disappears meanwhile is left out. */
    public Flux<byte[]> manifests() {
        return below(root, Tree::isManifest).concatMap(path -> walk.work(() -> readIfThere(path)));
    }

    /** Removes a blob if it is still the one that was here before; emits whether it was. */
    public Mono<Boolean> remove(Digest digest) {
        Path path = Blobs.file(root, digest);
        return walk.work(() -> {
            lock.writeLock().lock();
            try {
                return removeIfOld(path);
            } finally {
                lock.writeLock().unlock();
            }
        });
    }

    private Flux<Path> below(Path top, Predicate<Path> wanted) {
        return walk.work(staging::isAlone).filter(alone -> alone).flatMapMany(alone -> walk.below(top, wanted));
    }

    private boolean removeIfOld(Path path) throws IOException {
        return isOld(path) && Files.deleteIfExists(path);
    }

    private boolean isOld(Path path) throws IOException {
        try {
            return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).compareTo(staging.opened()) < 0;
        } catch (NoSuchFileException gone) {
            return false;
        }
    }

    private static byte @Nullable [] readIfThere(Path path) throws IOException {
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException gone) {
            return null;
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
