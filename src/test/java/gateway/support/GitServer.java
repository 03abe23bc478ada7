package gateway.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;
import org.jspecify.annotations.Nullable;

/** Serves a repository over http or https on loopback as git hosts do, and remembers who asked for what. */
public final class GitServer implements AutoCloseable {

    private static final String ROOT = "/app.git";

    private final GitRepository repository;
    private final HttpServer server;
    private final String scheme;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private volatile @Nullable String required;
    private volatile @Nullable URI elsewhere;

    public GitServer(GitRepository repository) {
        this(repository, null);
    }

    /** @param tls null for plain http */
    public GitServer(GitRepository repository, @Nullable SSLContext tls) {
        this.repository = repository;
        this.scheme = tls == null ? "http" : "https";
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            if (tls == null) {
                server = HttpServer.create(address, 0);
            } else {
                HttpsServer secure = HttpsServer.create(address, 0);
                secure.setHttpsConfigurator(new HttpsConfigurator(tls));
                server = secure;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    public GitServer requiring(String user, String password) {
        required =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public GitServer redirectingTo(URI other) {
        elsewhere = other;
        return this;
    }

    /** As it stands in settings. */
    public URI uri() {
        return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort() + ROOT);
    }

    /** Method and path of each. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** How often a path was asked for. */
    public long asked(String path) {
        return requests.stream().filter(request -> request.endsWith(" " + path)).count();
    }

    /** What was sent in that header. */
    public List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            requests.add(exchange.getRequestMethod() + " " + path);
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            if (authorization != null) {
                authorizations.add(authorization);
            }
            URI other = elsewhere;
            if (other != null) {
                exchange.getResponseHeaders()
                        .set("Location", other.resolve(exchange.getRequestURI()).toString());
                exchange.sendResponseHeaders(301, -1);
            } else if (required != null && !required.equals(authorization)) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"git\"");
                exchange.sendResponseHeaders(401, -1);
            } else if (path.equals(ROOT + "/info/refs")) {
                advertise(exchange);
            } else if (path.equals(ROOT + "/git-upload-pack")) {
                upload(exchange);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void advertise(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/x-git-upload-pack-advertisement");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream body = exchange.getResponseBody()) {
            PacketLineOut out = new PacketLineOut(body);
            out.writeString("# service=git-upload-pack\n");
            out.end();
            UploadPack pack = new UploadPack(repository.repository());
            pack.setBiDirectionalPipe(false);
            pack.sendAdvertisedRefs(new PacketLineOutRefAdvertiser(out));
        }
    }

    private void upload(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/x-git-upload-pack-result");
        boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        try (InputStream sent = packed ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                UploadPack pack = new UploadPack(repository.repository());
                pack.setBiDirectionalPipe(false);
                pack.upload(sent, body, null);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
