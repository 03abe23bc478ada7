package gateway.clients;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A registry of files on this machine, of a folder and of what a test adds, for ecosystems whose public one may be out of reach. */
final class LocalRegistry implements AutoCloseable {

    private static final String PUBLISHED = "Sun, 01 Mar 2026 10:00:00 GMT";

    private final Path folder;
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final HttpServer server;

    /** @param folder served as static mirrors are */
    LocalRegistry(Path folder) throws IOException {
        this.folder = folder;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Without a trailing slash. */
    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** @param target path, decoded, with one decoded parameter behind a question mark where it tells files apart */
    LocalRegistry put(String target, byte[] bytes) {
        files.put(target, bytes);
        return this;
    }

    LocalRegistry put(String target, String text) {
        return put(target, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            URI asked = exchange.getRequestURI();
            byte[] bytes = file(asked);
            if (bytes == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", type(asked.getPath()));
            exchange.getResponseHeaders().set("Last-Modified", PUBLISHED);
            boolean known = PUBLISHED.equals(exchange.getRequestHeaders().getFirst("If-Modified-Since"));
            boolean head = exchange.getRequestMethod().equals("HEAD");
            if (head) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
            }
            exchange.sendResponseHeaders(known ? 304 : 200, known || head ? -1 : bytes.length);
            if (!known && !head) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private byte @Nullable [] file(URI asked) throws IOException {
        for (String pair : String.valueOf(asked.getQuery()).split("&", -1)) {
            byte[] bytes = files.get(asked.getPath() + "?" + pair);
            if (bytes != null) {
                return bytes;
            }
        }
        byte[] bytes = files.get(asked.getPath());
        Path file = folder.resolve(asked.getPath().substring(1)).normalize();
        return bytes != null || !file.startsWith(folder) || !Files.isRegularFile(file)
                ? bytes
                : Files.readAllBytes(file);
    }

    private static String type(String path) {
        return path.endsWith(".json")
                ? "application/json"
                : path.contains("/api/v2") && !path.contains("/package/")
                        ? "application/atom+xml;charset=utf-8"
                        : "application/octet-stream";
    }
}
