package gateway.cli;

import gateway.catalog.Statistics;
import gateway.settings.RunFile;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The server that a {@link RunFile} points to, asked over HTTP. */
final class RunningServer {

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private RunningServer() {}

    /** Empty when nothing answers there, or not the server that wrote the file. */
    static Optional<Statistics> ask(RunFile server, int popular, int recent) {
        // The file may be left from a server that was killed, and its address may belong to anybody by now.
        try (HttpClient client = client(server)) {
            HttpRequest request = HttpRequest.newBuilder(URI.create((server.tls() ? "https://" : "http://")
                            + server.address()
                            + "/stats?popular="
                            + popular
                            + "&recent="
                            + recent))
                    .timeout(ANSWER)
                    .header("Authorization", "Bearer " + server.token().value())
                    .header("Accept", "application/json")
                    .build();
            var response = client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() != 200) {
                return Optional.empty();
            }
            return Optional.of(JsonMapper.shared().readValue(response.body(), Statistics.class));
        } catch (IOException | IllegalArgumentException | JacksonException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Reaches the server, past any proxy. */
    static HttpClient client(RunFile server) {
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(CONNECT).proxy(HttpClient.Builder.NO_PROXY);
        if (server.tls()) {
            builder.sslContext(anyCertificate());
        }
        return builder.build();
    }

    /**
     * For an address of this very machine, which no certificate names: the file that holds it is the owner's alone, and says
     * more surely than any authority who listens there.
     */
    private static SSLContext anyCertificate() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
