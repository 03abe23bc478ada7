package gateway.storage;

import gateway.format.Algorithm;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The store in a folder of the local file system.
 *
 * <pre>
 * npm/lodash/4.17.21/lodash-4.17.21.tgz         link to the blob
 * npm/lodash/4.17.21/.lodash-4.17.21.tgz.meta   manifest: what the catalog knows of it
 * .blobs/sha256/ab/abcd...                      the bytes
 * .staging/12345-1a2b/...                       spools of one running process
 * .git/5e6f...                                  bare copies of git repositories, which are no business of the store's
 * </pre>
 *
 * <p>Publication goes blob, manifest, link; each by rename, so that a kill at any moment leaves whole files only. All work
 * on files runs on the store's own workers. Every error is a {@link StorageException}.
 */
public final class BlobStore {

    /** Content up to this size is kept in memory, without an open file; to copy more costs more than to let the system send it. */
    public static final int SMALL = 16 << 10;

    private final Path root;
    private final boolean fsync;
    private final Tree tree;
    private final Staging staging;
    private final Workers workers = new Workers();
    private final Scheduler scheduler = workers.files();
    private final Leftovers leftovers;
    private final Holdings holdings;
    private final Blobs blobs;

    private BlobStore(Path root, boolean fsync, Staging staging) {
        this.root = root;
        this.fsync = fsync;
        this.staging = staging;
        this.leftovers = new Leftovers(root, Blobs.in(root), staging, workers.low());
        this.blobs = new Blobs(Blobs.in(root), scheduler, leftovers.publishing());
        this.tree = new Tree(root);
        this.holdings = new Holdings(root, tree, workers.low(), blobs::forget);
    }

    /**
     * Opens or creates the folder and sweeps what processes that are gone left in staging. Blocks: for start-up only.
     *
     * @param fsync whether a file is forced to disk before it is published
     * @throws IOException when the folder cannot be created, read or written
     */
    public static BlobStore open(Path root, boolean fsync) throws IOException {
        Files.createDirectories(root);
        Path real = root.toRealPath();
        return new BlobStore(real, fsync, Staging.open(real.resolve(".staging")));
    }

    public Path root() {
        return root;
    }

    /** What processes that are gone may have left here. */
    public Leftovers leftovers() {
        return leftovers;
    }

    /** All that it holds, looked at with low priority. */
    public Holdings holdings() {
        return holdings;
    }

    /** A new, empty spool; the caller fills it and then publishes or abandons it. */
    public Mono<Spool> create() {
        return work("cannot create a file in the store", () -> {
            Path path = staging.next();
            FileChannel channel = FileChannel.open(
                    path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return new Spool(path, new SharedFile(channel, scheduler), workers);
        });
    }

    /** Runs a function over a filled spool on a worker; its exceptions reach the subscriber as they are. */
    public <T> Mono<T> read(Spool spool, Reader<T> reader) {
        return Mono.fromCallable(() -> {
                    try (InputStream in = new BufferedInputStream(Files.newInputStream(spool.path()), 1 << 16)) {
                        return reader.read(in);
                    }
                })
                .subscribeOn(scheduler);
    }

    /** Gives a filled spool its name. The spool still has to be completed and released. */
    public Mono<Void> publish(Spool spool, Digest digest) {
        return work("cannot publish a file in the store", () -> {
            if (fsync) {
                spool.file().channel().force(false);
            }
            blobs.take(spool.path(), digest, fsync);
            return null;
        });
    }

    /** Removes a spool that will not be published; followers that read it go on. */
    public Mono<Void> abandon(Spool spool) {
        return work("cannot remove a file from staging", () -> {
            Files.deleteIfExists(spool.path());
            return null;
        });
    }

    /** The blob if it is open already: for the event loop. Released by the caller; null when it is not open. */
    public @Nullable Blob hot(Digest digest) {
        return blobs.hot(digest);
    }

    /**
     * Opens a blob; released by the caller.
     *
     * @param size length it must have
     * @return empty when it is not there or has another length
     */
    public Mono<Blob> open(Digest digest, long size) {
        return Mono.defer(() -> {
            Blob hot = hot(digest);
            return hot != null ? Mono.just(hot) : work("cannot open a blob", () -> blobs.open(digest, size));
        });
    }

    /** Runs a function over a blob's content on a worker; empty when the blob is gone or has another length. */
    public <T> Mono<T> read(Digest digest, long size, Reader<T> reader) {
        return Mono.usingWhen(
                open(digest, size),
                blob -> Mono.fromCallable(() -> {
                            try (InputStream in = new BufferedInputStream(blob.stream(), 1 << 16)) {
                                return reader.read(in);
                            }
                        })
                        .subscribeOn(scheduler),
                blob -> Mono.fromRunnable(blob::release));
    }

    /** Makes something of a stored document; its exceptions reach the subscriber as they are. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(InputStream in) throws IOException;
    }

    /** Another digest of a blob, lower-case hex; empty when the blob is gone. */
    public Mono<String> digest(Digest digest, long size, Algorithm algorithm) {
        return read(digest, size, in -> {
            MessageDigest wanted = algorithm.digest();
            byte[] buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                wanted.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(wanted.digest());
        });
    }

    /** Makes another document of a stored one, streaming on a worker. */
    @FunctionalInterface
    public interface Derivation {
        void derive(InputStream in, OutputStream out) throws IOException;
    }

    /** A blob that was made here. */
    public record Derived(Digest digest, long size) {}

    /** Derives a blob from another; empty when that one is gone. Exceptions of the derivation reach the subscriber. */
    public Mono<Derived> derive(Digest digest, long size, Derivation derivation) {
        return read(digest, size, in -> {
            Path path = staging.next();
            try {
                MessageDigest sha256 = Algorithm.SHA256.digest();
                try (OutputStream out = new DigestOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(path), 1 << 16), sha256)) {
                    derivation.derive(in, out);
                }
                Derived derived = new Derived(new Digest(HexFormat.of().formatHex(sha256.digest())), Files.size(path));
                blobs.take(path, derived.digest(), false);
                return derived;
            } finally {
                Files.deleteIfExists(path);
            }
        });
    }

    /** Writes a manifest and points the readable link at the blob. */
    public Mono<Void> place(String place, Digest digest, byte[] manifest) {
        return work("cannot place a file in the store", () -> {
            tree.place(place, digest, manifest);
            return null;
        });
    }

    /** Removes manifest and link if they are still about this blob. */
    public Mono<Void> unplace(String place, Digest digest) {
        return work("cannot remove a file from the store", () -> {
            tree.unplace(place, digest);
            return null;
        });
    }

    /** The manifest at a place; empty when there is none. */
    public Mono<byte[]> manifest(String place) {
        return work("cannot read a manifest", () -> tree.manifest(place));
    }

    /** All manifests, in no order. */
    public Flux<byte[]> manifests() {
        return tree.manifests().subscribeOn(scheduler);
    }

    /** Deletes a blob; completes when it is not there. */
    public Mono<Void> delete(Digest digest) {
        return work("cannot delete a blob", () -> {
            blobs.delete(digest);
            return null;
        });
    }

    /** Free bytes on the store's volume. */
    public Mono<Long> free() {
        return work("cannot measure the store", () -> {
            staging.restore();
            return Files.getFileStore(root).getUsableSpace();
        });
    }

    /** Completes when a file can be written, read and deleted. */
    public Mono<Void> check() {
        return work("the store cannot be written and read", () -> {
            Path probe = staging.next();
            byte[] written = new byte[512];
            byte[] read;
            try {
                Files.write(probe, written);
                read = Files.readAllBytes(probe);
            } finally {
                Files.deleteIfExists(probe);
            }
            if (!Arrays.equals(written, read)) {
                throw new IOException("read back other bytes than were written");
            }
            return null;
        });
    }

    /** Closes all files; blocks for a moment. */
    public void close() {
        blobs.close();
        staging.close();
        workers.close();
    }

    private <T extends @Nullable Object> Mono<T> work(String failure, Callable<@Nullable T> task) {
        Function<IOException, Throwable> wrap = error -> new StorageException(failure, error);
        return Mono.<T>fromCallable(task).onErrorMap(IOException.class, wrap).subscribeOn(scheduler);
    }
}
