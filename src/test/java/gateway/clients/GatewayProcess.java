package gateway.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The gateway as a user starts it, by its launcher, with a store of its own that outlives a restart. */
final class GatewayProcess implements AutoCloseable {

    /** Long enough for the launcher to build, which it does on the first start. */
    private static final Duration START = Duration.ofMinutes(10);

    private static final Duration STOP = Duration.ofMinutes(1);
    private static final Duration ANSWER = Duration.ofMinutes(1);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path folder;
    private final int port;
    private @Nullable Process process;

    /** Not running yet. */
    GatewayProcess(Path folder) {
        this.folder = folder;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An address at which nobody listens, as long as nobody takes it. */
    static URI nobody() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without a trailing slash; the same for every start. */
    URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Starts, or starts again, and returns when requests are answered. */
    void start(String configuration, URI baseUrl) {
        close();
        try {
            Path file = Files.writeString(folder.resolve("gateway.yaml"), configuration);
            ProcessBuilder builder = new ProcessBuilder(
                    Path.of("gateway").toAbsolutePath().toString(),
                    "serve",
                    "-config",
                    file.toString(),
                    "-listen",
                    "127.0.0.1:" + port,
                    "-base-url",
                    baseUrl.toString(),
                    "-storage",
                    storage().toString(),
                    "-database",
                    folder.resolve("proxy.db").toString());
            // The training run of the launcher would compete with the clients for the processor.
            builder.environment().put("GATEWAY_AOT", "off");
            builder.environment().keySet().removeIf(name -> name.startsWith("PROXY_"));
            Process started = builder.redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
            process = started;
            awaitReady(started);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the store has the file with this SHA-256. */
    boolean holds(String sha256) {
        return Files.exists(storage()
                .resolve(".blobs/sha256")
                .resolve(sha256.substring(0, 2))
                .resolve(sha256));
    }

    /** Digests of all files in the store, half-written ones too. */
    Collection<String> digests() {
        SortedMap<String, String> files = Tree.of(storage());
        return files.values();
    }

    /** The number of artifacts that the statistics count. */
    long artifacts() {
        return JsonMapper.shared()
                .readTree(get("/stats"))
                .path("cached_artifacts")
                .asLong();
    }

    /** Answers of registries that the gateway had to fetch because it had none. */
    long fetched() {
        return requests("cache=\"miss\"", "status=\"200\"");
    }

    /** Answers from the store. */
    long hits() {
        return requests("cache=\"hit\"", "status=\"200\"");
    }

    @Override
    public void close() {
        Process running = process;
        process = null;
        if (running == null) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
                throw new IllegalStateException("the gateway did not stop:\n" + Files.readString(log()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long requests(String... labels) {
        return (long) get("/metrics")
                .lines()
                .filter(line -> line.startsWith("gateway_requests_total{"))
                .filter(line -> Stream.of(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private String get(String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address() + path))
                    .timeout(ANSWER)
                    .build();
            HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(path + " answers " + response.statusCode() + ": " + response.body());
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void awaitReady(Process started) throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (!isReady()) {
            if (!started.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("the gateway did not start:\n" + Files.readString(log()));
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private boolean isReady() {
        try {
            return !get("/health/ready").isEmpty();
        } catch (UncheckedIOException | IllegalStateException e) {
            return false;
        }
    }

    private Path storage() {
        return folder.resolve("artifacts");
    }

    private Path log() {
        return folder.resolve("gateway.log");
    }
}
