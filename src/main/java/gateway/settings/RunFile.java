package gateway.settings;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How to reach the server that has a database open, left beside that database for {@code gateway stats}.
 *
 * @param pid of the server
 * @param address host and port, reachable from this machine: {@code 127.0.0.1:8080}
 * @param tls whether it speaks TLS
 * @param token one-off; whoever can read the file may ask
 */
public record RunFile(long pid, String address, boolean tls, Secret token) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** For this process, with a new token. */
    public static RunFile of(InetSocketAddress bound, boolean tls) {
        byte[] token = new byte[24];
        new SecureRandom().nextBytes(token);
        return new RunFile(
                ProcessHandle.current().pid(),
                reachable(bound),
                tls,
                new Secret(HexFormat.of().formatHex(token)));
    }

    // A wildcard is where one listens, not where one connects to.
    private static String reachable(InetSocketAddress bound) {
        InetAddress address = bound.getAddress();
        if (address == null || address.isAnyLocalAddress()) {
            return "127.0.0.1:" + bound.getPort();
        }
        String host = address.getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort();
    }

    /** Leaves it at that path, for nobody but the owner, replacing what is there. */
    public void write(Path path) throws IOException {
        Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent());
        Files.createDirectories(folder);
        Path draft = Files.createTempFile(folder, "." + path.getFileName(), "", ownerOnly(folder));
        try {
            Files.write(
                    draft,
                    JSON.writeValueAsBytes(Map.of("pid", pid, "address", address, "tls", tls, "token", token.value())));
            move(draft, path);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void move(Path draft, Path path) throws IOException {
        try {
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(draft, path, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path folder) {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        };
    }

    /** What stands there; empty when there is nothing that can be used. */
    public static Optional<RunFile> read(Path path) {
        try {
            JsonNode json = JSON.readTree(Files.readAllBytes(path));
            String address = json.path("address").asString("");
            String token = json.path("token").asString("");
            if (address.isEmpty() || token.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new RunFile(
                    json.path("pid").asLong(0), address, json.path("tls").asBoolean(false), new Secret(token)));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /** Takes it away again, unless another server has replaced it meanwhile. */
    public void delete(Path path) throws IOException {
        if (read(path).filter(this::equals).isPresent()) {
            Files.delete(path);
        }
    }
}
