package gateway.storage;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** The files that are named after their digests, and those of them that are open. Blocks, but for {@link #hot}. */
final class Blobs {

    private static final int OPEN_FILES = 512;
    /** The part of the heap that small files may take. */
    private static final int HEAP_SHARE = 8;

    private final Path folder;
    private final Scheduler scheduler;
    private final Lock publishing;
    private final Cache<Digest, Blob> open;

    /**
     * @param scheduler whose threads wait for the disk
     * @param publishing held while a file gets its name
     */
    Blobs(Path folder, Scheduler scheduler, Lock publishing) {
        this.folder = folder;
        this.scheduler = scheduler;
        this.publishing = publishing;
        long heldBytes = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
        this.open = Caffeine.newBuilder()
                .maximumWeight(heldBytes)
                .weigher((Digest digest, Blob blob) -> {
                    byte[] bytes = blob.bytes();
                    // A descriptor weighs so much that no more than OPEN_FILES are held.
                    return bytes == null ? (int) (heldBytes / OPEN_FILES) : bytes.length + 256;
                })
                .executor(Runnable::run)
                .evictionListener((@Nullable Digest digest, @Nullable Blob blob, RemovalCause cause) -> {
                    if (blob != null) {
                        blob.release();
                    }
                })
                .build();
    }

    /** The folder of a store's blobs. */
    static Path in(Path root) {
        return root.resolve(".blobs/sha256");
    }

    /** Where a store has these bytes, if it has them. */
    static Path file(Path root, Digest digest) {
        return in(root).resolve(digest.hex().substring(0, 2)).resolve(digest.hex());
    }

    Path path(Digest digest) {
        return shard(digest).resolve(digest.hex());
    }

    private Path shard(Digest digest) {
        return folder.resolve(digest.hex().substring(0, 2));
    }

    /** As {@link BlobStore#hot}. */
    @Nullable
    Blob hot(Digest digest) {
        Blob blob = open.getIfPresent(digest);
        return blob != null && blob.tryRetain() ? blob : null;
    }

    /**
     * Opens one; released by the caller.
     *
     * @param size length it must have
     * @return null when it is not there or has another length
     */
    @Nullable
    Blob open(Digest digest, long size) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(path(digest), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            return null;
        }
        if (channel.size() != size) {
            channel.close();
            return null;
        }
        Blob blob = size > BlobStore.SMALL
                ? new Blob(digest, size, new SharedFile(channel, scheduler))
                : small(digest, channel, size);
        // One reference for the table, one for the caller.
        blob.tryRetain();
        Blob other = open.asMap().putIfAbsent(digest, blob);
        if (other != null) {
            blob.release();
        }
        return blob;
    }

    private static Blob small(Digest digest, FileChannel channel, long size) throws IOException {
        try (channel) {
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, bytes.position()) < 0) {
                    throw new IOException("a blob was cut while it was read");
                }
            }
            return new Blob(digest, bytes.array());
        }
    }

    /**
     * Gives a file its name.
     *
     * @param fsync whether the name is forced to disk
     */
    void take(Path file, Digest digest, boolean fsync) throws IOException {
        Files.createDirectories(shard(digest));
        publishing.lock();
        try {
            Files.move(file, path(digest), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("staging and blobs are not on one volume", e);
        } finally {
            publishing.unlock();
        }
        // A file of this name that is open may be one that was found damaged.
        forget(digest);
        if (fsync) {
            sync(shard(digest));
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Does nothing when it is not there. */
    void delete(Digest digest) throws IOException {
        forget(digest);
        Files.deleteIfExists(path(digest));
    }

    /** Lets go of it, if it is open; who reads it goes on. */
    void forget(Digest digest) {
        Blob blob = open.asMap().remove(digest);
        if (blob != null) {
            blob.release();
        }
    }

    /** Closes all files. */
    void close() {
        open.asMap().values().forEach(Blob::release);
        open.asMap().clear();
    }
}
