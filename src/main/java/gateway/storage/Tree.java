package gateway.storage;

import gateway.format.Algorithm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** The readable side of the store: links named after packages, and a manifest beside each. */
final class Tree {

    private static final String MANIFEST = ".meta";
    private static final Pattern TEMPORARY = Pattern.compile("\\.[0-9a-f-]{36}\\.tmp");
    /** File systems end names at 255 bytes; the manifest's name needs some of them. */
    private static final int LONGEST_NAME = 200;

    private final Path root;
    /** Nobody takes an empty folder away while somebody is about to put a file into it; shared by those who place. */
    private final ReadWriteLock folders = new ReentrantReadWriteLock();

    private volatile boolean links = true;

    Tree(Path root) {
        this.root = root;
    }

    void place(String place, Digest digest, byte[] manifest) throws IOException {
        folders.readLock().lock();
        try {
            put(place, digest, manifest);
        } finally {
            folders.readLock().unlock();
        }
    }

    private void put(String place, Digest digest, byte[] manifest) throws IOException {
        Path link = path(place);
        try {
            Files.createDirectories(folder(link));
        } catch (FileSystemException e) {
            if (!obstructed(folder(link))) {
                throw e;
            }
            // A folder of this name is wanted where another package's link stands: the link, a convenience, gives way.
            link = aside(place);
            Files.createDirectories(folder(link));
        }
        replace(manifestOf(link), temporary -> Files.write(temporary, manifest));
        if (links && !Files.isDirectory(link, LinkOption.NOFOLLOW_LINKS)) {
            link(link, digest);
        }
    }

    void unplace(String place, Digest digest) throws IOException {
        folders.writeLock().lock();
        try {
            take(place, digest);
        } finally {
            folders.writeLock().unlock();
        }
    }

    private void take(String place, Digest digest) throws IOException {
        for (Path link : new Path[] {path(place), aside(place)}) {
            byte[] manifest = readIfThere(manifestOf(link));
            if (manifest != null && new String(manifest, StandardCharsets.UTF_8).contains(digest.hex())) {
                Files.deleteIfExists(link);
                Files.deleteIfExists(manifestOf(link));
                removeEmptyParents(folder(link));
            }
        }
    }

    byte @Nullable [] manifest(String place) throws IOException {
        byte[] manifest = readIfThere(manifestOf(path(place)));
        return manifest != null ? manifest : readIfThere(manifestOf(aside(place)));
    }

    @SuppressWarnings("StreamResourceLeak") // Flux.using closes it.
    Flux<byte[]> manifests() {
        return Flux.using(
                        () -> Files.walk(root),
                        walk -> Flux.fromStream(walk.filter(this::isManifestOfTree)),
                        Stream::close)
                .map(Tree::read);
    }

    private boolean isManifestOfTree(Path path) {
        return !Walk.OWN.contains(root.relativize(path).getName(0).toString()) && isManifest(path);
    }

    static boolean isManifest(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.startsWith(".") && name.endsWith(MANIFEST);
    }

    /** Whether it is a manifest or link that has no name yet. */
    static boolean isTemporary(Path path) {
        return TEMPORARY.matcher(String.valueOf(path.getFileName())).matches();
    }

    private void link(Path link, Digest digest) throws IOException {
        Path target = folder(link).relativize(Blobs.file(root, digest));
        try {
            replace(link, temporary -> Files.createSymbolicLink(temporary, target));
        } catch (UnsupportedOperationException e) {
            links = false;
        }
    }

    private interface Writing {
        void to(Path temporary) throws IOException;
    }

    private static void replace(Path target, Writing writing) throws IOException {
        Path temporary = target.resolveSibling("." + UUID.randomUUID() + ".tmp");
        try {
            writing.to(temporary);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static byte[] read(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte @Nullable [] readIfThere(Path path) throws IOException {
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException | java.nio.file.NotDirectoryException e) {
            return null;
        } catch (FileSystemException e) {
            if (e.getReason() != null && e.getReason().contains("Not a directory")) {
                return null;
            }
            throw e;
        }
    }

    private void removeEmptyParents(Path folder) throws IOException {
        Path current = folder;
        while (current != null && !current.equals(root) && current.startsWith(root)) {
            try {
                Files.delete(current);
            } catch (NoSuchFileException | java.nio.file.DirectoryNotEmptyException e) {
                return;
            }
            current = current.getParent();
        }
    }

    private Path path(String place) {
        Path path = root;
        for (String segment : place.split("/")) {
            if (!segment.isEmpty()) {
                path = path.resolve(safe(segment));
            }
        }
        if (!path.startsWith(root) || path.equals(root)) {
            throw new IllegalArgumentException("not a place in the store: " + place);
        }
        return path;
    }

    /** Whether something that is no folder stands on the way. */
    private boolean obstructed(Path folder) {
        for (Path at = folder; at != null && !at.equals(root); at = at.getParent()) {
            if (Files.exists(at, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(at)) {
                return true;
            }
        }
        return false;
    }

    private Path folder(Path path) {
        Path parent = path.getParent();
        return parent == null ? root : parent;
    }

    private Path aside(String place) {
        return root.resolve(".aside").resolve(sha256(place));
    }

    private static Path manifestOf(Path link) {
        return link.resolveSibling("." + link.getFileName() + MANIFEST);
    }

    /** A name that every file system takes in every locale and that is not reserved for the store itself. */
    static String safe(String segment) {
        StringBuilder name = new StringBuilder(segment.length());
        for (byte b : segment.getBytes(StandardCharsets.UTF_8)) {
            boolean hidden = b == '.' && name.isEmpty();
            boolean reserved = b < 0x20 || b == 0x7f || "\\:*?\"<>|%".indexOf(b) >= 0;
            name.append(hidden || reserved ? "%" + HexFormat.of().toHexDigits(b) : String.valueOf((char) b));
        }
        return name.length() <= LONGEST_NAME
                ? name.toString()
                : name.substring(0, 60) + "~" + sha256(segment).substring(0, 32);
    }

    static String sha256(String text) {
        return HexFormat.of().formatHex(Algorithm.SHA256.digest().digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
