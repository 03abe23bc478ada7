package gateway;

import gateway.settings.RunFile;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.ConnectionProvider;

/**
 * Leads a gateway through its life in fast motion, so that its JVM learns for the AOT cache what later ones will need:
 * misses and hits, from a registry that this class plays.
 *
 * <p>The gateway is another process, since what a JVM learns includes which classes meet in a place: with a client and a
 * registry in the same one, compiled hits were half as slow again. Started by the launcher's {@code train.sh}, which starts
 * the gateway when {@code gateway.yaml} is written, and ends it when {@code trained} is.
 */
final class Training {

    private static final int CLIENTS = 16;
    private static final int MISSES = 300;
    private static final Duration HITS = Duration.ofSeconds(10);
    private static final List<byte[]> BODIES =
            IntStream.of(2 << 10, 60 << 10, 1 << 20).mapToObj(Training::body).toList();
    private static final String PACKUMENT = packument(200);

    private Training() {}

    /** Takes an empty folder, where it leaves what it likes. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        DisposableServer registry = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> answer(request.path(), response))
                .bindNow();
        Path draft = folder.resolve("draft.yaml");
        Files.writeString(draft, """
                listen: "127.0.0.1:0"
                log: { level: error }
                storage: { path: "%1$s/artifacts" }
                database: { path: "%1$s/proxy.db" }
                upstream: { maven: "http://127.0.0.1:%2$d", npm: "http://127.0.0.1:%2$d" }
                """.formatted(folder, registry.port()));
        Files.move(draft, folder.resolve("gateway.yaml"), StandardCopyOption.ATOMIC_MOVE);
        exercise(folder);
        registry.disposeNow();
    }

    private static void exercise(Path folder) throws IOException, InterruptedException {
        String server = "http://" + address(folder.resolve("proxy.db.run"));
        HttpClient client = HttpClient.create(ConnectionProvider.create("training", CLIENTS))
                .baseUrl(server);
        Flux.just("/health", "/", "/stats", "/metrics", "/nowhere")
                .concatWith(Flux.range(0, MISSES).map(i -> "/maven/g/a/" + i + "/a-" + i + ".jar"))
                .flatMap(path -> get(client, path), CLIENTS)
                .blockLast();
        Flux.just(
                        "/npm/package",
                        "/maven/g/a/0/a-0.jar",
                        "/maven/g/a/0/a-0.jar.sha1",
                        "/maven/g/a/1/a-1.jar",
                        "/maven/g/a/2/a-2.jar")
                .repeat()
                .flatMap(path -> get(client, path), CLIENTS)
                .take(HITS)
                .blockLast();
        Files.createFile(folder.resolve("trained"));
    }

    private static Mono<Integer> get(HttpClient client, String path) {
        return client.headers(headers -> headers.set("Accept-Encoding", "gzip"))
                .get()
                .uri(path)
                .responseSingle((response, body) -> body.map(ByteBuf::readableBytes)
                        .thenReturn(response.status().code()));
    }

    /** The server leaves this file when it listens. */
    private static String address(Path file) throws IOException, InterruptedException {
        Optional<RunFile> started = RunFile.read(file);
        while (started.isEmpty()) {
            Thread.sleep(50);
            started = RunFile.read(file);
        }
        return started.get().address();
    }

    private static Publisher<Void> answer(String path, HttpServerResponse response) {
        if (path.equals("package")) {
            return response.header("Content-Type", "application/json").sendString(Mono.just(PACKUMENT));
        }
        byte[] bytes = BODIES.get(Math.floorMod(path.hashCode(), BODIES.size()));
        return path.endsWith(".jar")
                ? response.header("Content-Length", Integer.toString(bytes.length))
                        .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(bytes)))
                : response.sendNotFound();
    }

    private static byte[] body(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static String packument(int versions) {
        StringBuilder json = new StringBuilder("{\"name\":\"package\",\"versions\":{");
        for (int i = 0; i < versions; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("""
                    "1.0.%1$d":{"name":"package","version":"1.0.%1$d","dist":{"shasum":"%2$s",\
                    "tarball":"http://127.0.0.1/package/-/package-1.0.%1$d.tgz"}}""".formatted(i, HexFormat.of().formatHex(body(20))));
        }
        return json.append("}}").toString();
    }
}
