package gateway.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What stands below a folder: the digest of each file by its path. */
final class Tree {

    private Tree() {}

    /** All regular files, but for those reached through links. */
    static SortedMap<String, String> of(Path folder) {
        return of(folder, path -> true);
    }

    /** The regular files whose path below the folder is wanted. */
    static SortedMap<String, String> of(Path folder, Predicate<String> wanted) {
        SortedMap<String, String> digests = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            paths.filter(path -> Files.isRegularFile(path) && !Files.isSymbolicLink(path))
                    .filter(path -> wanted.test(folder.relativize(path).toString()))
                    .forEach(path -> digests.put(folder.relativize(path).toString(), sha256(read(path))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return digests;
    }

    static String sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
