package gateway.support;

import gateway.cli.Running;
import gateway.settings.SettingsLoader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole gateway in this JVM: real sockets, a real store and database in a folder, and a clock that tests move. */
public final class TestGateway implements AutoCloseable {

    /** What clients are told to ask, which is not where it listens: only settings may decide about links. */
    public static final String BASE = "http://packages.example";

    private static final Duration LONGEST = Duration.ofSeconds(60);

    // Machines that build have other work as well, and slow disks.
    static {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    private final Path folder;
    private final FakeClock clock = new FakeClock();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private @Nullable Running running;

    /** Not running yet. */
    public TestGateway(Path folder) {
        this.folder = folder;
    }

    /** Starts, or starts again on the same store and database. */
    public void start(String configuration) {
        start(configuration, "127.0.0.1:0", BASE);
    }

    /** The same, for clients that follow links in documents: they lead to where it listens. */
    public void startLinked(String configuration) {
        String linked;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            linked = "127.0.0.1:" + free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(configuration, linked, "http://" + linked);
    }

    private void start(String configuration, String listen, String base) {
        stop();
        try {
            Path file = Files.writeString(folder.resolve("gateway.yaml"), configuration);
            Map<String, String> flags = Map.of(
                    "listen",
                    listen,
                    "base-url",
                    base,
                    "storage",
                    storeFolder().toString(),
                    "database",
                    folder.resolve("database/proxy.db").toString());
            running = Running.start(SettingsLoader.load(Map.of(), Optional.of(file), flags), "test", clock);
        } catch (Exception e) {
            throw new IllegalStateException("the gateway does not start", e);
        }
    }

    /** Stops as an operator would; what is held stays. */
    public void stop() {
        if (running != null) {
            running.close();
            running = null;
        }
    }

    public FakeClock clock() {
        return clock;
    }

    /** Its files; also those that are there by mistake. */
    public StoreFiles store() {
        return new StoreFiles(storeFolder());
    }

    private Path storeFolder() {
        return folder.resolve("store");
    }

    /** Deletes the database's files, as somebody does who wants to start anew; only while it is stopped. */
    public void deleteDatabase() {
        StoreFiles.delete(folder.resolve("database"));
    }

    /** What the catalog holds, as operators are told. */
    public JsonNode statistics() {
        return JsonMapper.shared().readTree(send("GET", "/stats").body());
    }

    public HttpResponse<byte[]> get(String path, String... headers) {
        return send("GET", path, headers);
    }

    public HttpResponse<byte[]> send(String method, String path, String... headers) {
        try {
            return attempt(method, path, headers);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #send}, for answers that may be cut off. */
    public HttpResponse<byte[]> attempt(String method, String path, String... headers) throws IOException {
        var request = HttpRequest.newBuilder(address().resolve(path)).timeout(LONGEST);
        if (headers.length > 0) {
            request.headers(headers);
        }
        var body = method.equals("PUT")
                ? HttpRequest.BodyPublishers.ofString("something")
                : HttpRequest.BodyPublishers.noBody();
        try {
            return client.send(request.method(method, body).build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The status of a request whose target no proper client would send; it goes out as it is written here. */
    public int statusOf(String target) {
        String head = "GET " + target + " HTTP/1.1\r\nHost: packages.example\r\nConnection: close\r\n\r\n";
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), address().getPort())) {
            socket.setSoTimeout((int) LONGEST.toMillis());
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            var reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            String line = reader.readLine();
            return line == null ? 0 : Integer.parseInt(line.split(" ", 3)[1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it really listens. */
    public URI address() {
        if (running == null) {
            throw new IllegalStateException("not running");
        }
        return URI.create("http://127.0.0.1:" + running.port());
    }

    @Override
    public void close() {
        client.shutdownNow();
        stop();
    }
}
