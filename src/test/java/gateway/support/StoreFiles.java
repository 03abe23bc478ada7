package gateway.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What stands in a store's folder. */
public record StoreFiles(Path root) {

    /** Paths of all files and links below the root, in order, without the locks of running processes. */
    public List<String> all() {
        return below(root).stream().filter(path -> !path.endsWith("/.lock")).toList();
    }

    /** Bodies that are still being written, or were left behind. */
    public List<String> staged() {
        return all().stream().filter(path -> path.startsWith(".staging/")).toList();
    }

    /** Whether these bytes are kept, under whatever name. */
    public boolean holds(byte[] bytes) {
        String digest = hex("SHA-256", bytes);
        return all().stream().anyMatch(path -> path.startsWith(".blobs/") && path.endsWith("/" + digest));
    }

    /** Whether a place leads to these bytes, and a manifest stands beside it. */
    public boolean holds(String place, byte[] bytes) {
        Path link = root.resolve(place);
        Path manifest = link.resolveSibling("." + link.getFileName() + ".meta");
        try {
            return Files.isSymbolicLink(link)
                    && MessageDigest.isEqual(Files.readAllBytes(link), bytes)
                    && Files.readString(manifest).contains(hex("SHA-256", bytes));
        } catch (IOException e) {
            return false;
        }
    }

    /** Paths of all files and links below any folder, in order. */
    public static List<String> below(Path folder) {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(path -> !Files.isDirectory(path))
                    .map(path -> folder.relativize(path).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void delete(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A digest in lower-case hex. */
    public static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
