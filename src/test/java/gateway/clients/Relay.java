package gateway.clients;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An upstream that hands on what a registry says, and one file of it with a wrong byte until it is healed. */
final class Relay implements AutoCloseable {

    /** What belongs to one connection, or is made anew with the answer. */
    private static final Set<String> OWN = Set.of(
            "connection",
            "content-length",
            "date",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "range",
            "if-range",
            "te",
            "transfer-encoding",
            "upgrade");

    private final URI registry;
    private final String victim;
    private final Set<String> spoiled = ConcurrentHashMap.newKeySet();
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpServer server;
    private volatile boolean sick = true;

    /**
     * @param registry what is relayed
     * @param victim end of the path of the file to spoil
     */
    Relay(URI registry, String victim) throws IOException {
        this.registry = registry;
        this.victim = victim;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(workers);
        server.start();
    }

    /** The address that asks for this relay, without a trailing slash. */
    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void heal() {
        sick = false;
    }

    /** SHA-256 of each spoiled body that was sent. */
    Set<String> spoiled() {
        return Set.copyOf(spoiled);
    }

    @Override
    public void close() {
        server.stop(0);
        client.close();
        workers.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            HttpResponse<byte[]> response = ask(exchange);
            copy(response, exchange.getResponseHeaders());
            byte[] body = response.body();
            if (exchange.getRequestMethod().equals("HEAD")) {
                response.headers()
                        .firstValue("content-length")
                        .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
                exchange.sendResponseHeaders(response.statusCode(), -1);
                return;
            }
            if (sick
                    && response.statusCode() == 200
                    && exchange.getRequestURI().getPath().endsWith(victim)) {
                body[body.length / 2] ^= 1;
                spoiled.add(Tree.sha256(body));
            }
            exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private HttpResponse<byte[]> ask(HttpExchange exchange) throws IOException {
        URI asked = exchange.getRequestURI();
        String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(registry + asked.getRawPath() + query))
                .method(
                        exchange.getRequestMethod(),
                        BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!isOwn(name)) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            return client.send(request.build(), BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void copy(HttpResponse<?> response, Headers headers) {
        response.headers().map().forEach((name, values) -> {
            if (!isOwn(name)) {
                headers.put(name, values);
            }
        });
    }

    private static boolean isOwn(String header) {
        return OWN.contains(header.toLowerCase(Locale.ROOT));
    }
}
