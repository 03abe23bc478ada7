package gateway.storage;

import gateway.format.Algorithm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * All that a store holds, for who checks it: file by file in small tasks, never a list of everything.
 *
 * <p>What is wrong is moved into the folder {@code .quarantine}, which nobody reads but people. Every error is a
 * {@link StorageException}.
 */
public final class Holdings {

    /** Bytes that are read at once, between two rests. */
    private static final int PORTION = 1 << 20;

    private static final Pattern BLOB = Pattern.compile("[0-9a-f]{64}");

    private final Path root;
    private final Path blobs;
    private final Tree tree;
    private final Walk walk;
    private final Consumer<Digest> forget;

    /** @param tree of the same store, and the only one of it in this process */
    Holdings(Path root, Tree tree, Scheduler threads, Consumer<Digest> forget) {
        this.root = root;
        this.blobs = Blobs.in(root);
        this.tree = tree;
        this.walk = new Walk(root, threads, "cannot check the store");
        this.forget = forget;
    }

    /** Of a store that no process has open. */
    public static Holdings ofStopped(Path root) {
        Path absolute = root.toAbsolutePath().normalize();
        return new Holdings(absolute, new Tree(absolute), Schedulers.boundedElastic(), digest -> {});
    }

    /** Whether a process that lives has the store open. Blocks: for commands only. */
    public static boolean inUse(Path root) throws IOException {
        return Staging.isUsed(root.resolve(".staging"));
    }

    /** The JSON beside a link, and where it stands below the store. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Manifest(String path, byte[] json) {}

    /** Names of all blobs, in order. */
    public Flux<Digest> blobs() {
        return walk.below(blobs, path -> BLOB.matcher(name(path)).matches()).map(path -> new Digest(name(path)));
    }

    /** Where manifests stand, in no order. */
    public Flux<String> places() {
        return walk.below(root, Tree::isManifest).map(this::relative);
    }

    /** All manifests, in no order; one that disappears meanwhile is left out. */
    public Flux<Manifest> manifests() {
        return places().concatMap(path -> walk.<Manifest>work(() -> {
            try {
                return new Manifest(path, Files.readAllBytes(root.resolve(path)));
            } catch (NoSuchFileException gone) {
                return null;
            }
        }));
    }

    /** The manifest at a place; empty when there is none. */
    public Mono<byte[]> manifest(String place) {
        return walk.work(() -> tree.manifest(place));
    }

    /** What processes that are gone left half done, by path below the store. */
    public Flux<String> leftovers() {
        return walk.below(root.resolve(".staging"), path -> !Files.isDirectory(path))
                .concatWith(walk.below(root, Tree::isTemporary))
                .map(this::relative);
    }

    /** Length in bytes; empty when it is not there. */
    public Mono<Long> size(Digest digest) {
        return walk.work(() -> {
            try {
                return Files.size(file(digest));
            } catch (NoSuchFileException gone) {
                return null;
            }
        });
    }

    /**
     * What a blob's bytes really hash to; empty when it is gone.
     *
     * @param rest for how long nothing is read after each mebibyte, and after a last part of one in proportion
     */
    public Mono<Digest> hash(Digest digest, Duration rest) {
        return Mono.defer(() -> {
                    MessageDigest sha256 = Algorithm.SHA256.digest();
                    return portion(digest, 0, sha256)
                            .expand(read -> rest(rest, read.count())
                                    .then(read.count() < PORTION ? Mono.empty() : portion(digest, read.end(), sha256)))
                            .then(Mono.fromSupplier(
                                    () -> new Digest(HexFormat.of().formatHex(sha256.digest()))));
                })
                .onErrorResume(
                        StorageException.class,
                        error -> error.getCause() instanceof NoSuchFileException ? Mono.empty() : Mono.error(error));
    }

    private record Portion(long end, int count) {}

    private Mono<Portion> portion(Digest digest, long from, MessageDigest sha256) {
        return walk.work(() -> {
            try (FileChannel channel = FileChannel.open(file(digest), StandardOpenOption.READ)) {
                // Most files are much smaller than a portion.
                ByteBuffer bytes = ByteBuffer.allocate(Math.clamp(channel.size() - from, 0, PORTION));
                int count = 0;
                while (count >= 0 && bytes.hasRemaining()) {
                    count = channel.read(bytes, from + bytes.position());
                }
                sha256.update(bytes.flip());
                return new Portion(from + bytes.limit(), bytes.limit());
            }
        });
    }

    private static Mono<Long> rest(Duration rest, int read) {
        return rest.isZero() ? Mono.empty() : Mono.delay(rest.multipliedBy(read).dividedBy(PORTION));
    }

    /** Moves a blob out of the way; who reads it goes on. Completes when it is not there. */
    public Mono<Void> setAside(Digest digest) {
        return walk.work(() -> {
            move(file(digest), digest.hex());
            forget.accept(digest);
            return null;
        });
    }

    /** Moves a manifest out of the way that cannot be read. */
    public Mono<Void> setAside(Manifest manifest) {
        return walk.work(() -> {
            move(root.resolve(manifest.path()), Tree.sha256(manifest.path()) + ".manifest");
            return null;
        });
    }

    private void move(Path from, String name) throws IOException {
        Path folder = Files.createDirectories(root.resolve(Walk.QUARANTINE));
        try {
            Files.move(from, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException gone) {
            // Evicted this very moment.
        }
    }

    /** Removes manifest and link if they are still about this blob. */
    public Mono<Void> unplace(String place, Digest digest) {
        return walk.work(() -> {
            tree.unplace(place, digest);
            return null;
        });
    }

    /** Deletes a blob. */
    public Mono<Void> delete(Digest digest) {
        return delete(relative(file(digest)));
    }

    /** Deletes a file, by path below the store. */
    public Mono<Void> delete(String path) {
        return walk.work(() -> {
            Files.deleteIfExists(root.resolve(path));
            return null;
        });
    }

    private Path file(Digest digest) {
        return Blobs.file(root, digest);
    }

    private String relative(Path path) {
        return root.relativize(path).toString();
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
