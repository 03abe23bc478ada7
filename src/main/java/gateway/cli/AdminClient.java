package gateway.cli;

import gateway.settings.RunFile;
import gateway.settings.Secret;
import gateway.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the running gateway, as its administrator; failures are {@link CommandException}s. */
final class AdminClient {
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final RunFile server;
    private final Secret token;

    AdminClient(Settings settings) {
        this.server = RunFile.read(settings.database().runFile())
                .orElseThrow(() -> new CommandException(
                        "no gateway runs here (there is no "
                                + settings.database().runFile()
                                + "); start it, or name its database with -database or its settings with -config",
                        Cli.FAILED));
        Secret admin = settings.organisation().admin();
        if (admin == null) {
            throw new CommandException(
                    "the administrator's token is not set: put it into PROXY_ADMIN_TOKEN, or name the settings that hold"
                            + " admin.token with -config",
                    Cli.MISTAKE);
        }
        this.token = admin;
    }

    /** A part of a path, of which slashes are no separators. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * Sends a request and returns what the server says; empty JSON when it says nothing.
     *
     * @param path below {@code /api/v4}
     * @param body null for none
     */
    JsonNode send(String method, String path, @Nullable Map<String, ?> body) {
        URI target = URI.create((server.tls() ? "https://" : "http://") + server.address() + "/api/v4" + path);
        HttpRequest request = HttpRequest.newBuilder(target)
                .timeout(ANSWER)
                .header("Private-Token", token.value())
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(
                                        JsonMapper.shared().writeValueAsString(body)))
                .build();
        try (HttpClient client = RunningServer.client(server)) {
            var response = client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            JsonNode json = response.body().isEmpty()
                    ? JsonMapper.shared().createObjectNode()
                    : JsonMapper.shared().readTree(response.body());
            if (response.statusCode() >= 400) {
                throw refused(response.statusCode(), json);
            }
            return json;
        } catch (IOException | JacksonException e) {
            throw new CommandException(
                    "the gateway at " + server.address() + " (process " + server.pid() + ") does not answer: "
                            + e.getMessage(),
                    Cli.FAILED,
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", Cli.FAILED, e);
        }
    }

    private static CommandException refused(int status, JsonNode json) {
        JsonNode message = json.path("message");
        if (status == 401) {
            return new CommandException(
                    "the gateway does not know this administrator's token; PROXY_ADMIN_TOKEN must be the one that it was"
                            + " started with",
                    Cli.MISTAKE);
        }
        if (message.isObject()) {
            StringBuilder text = new StringBuilder();
            message.forEachEntry((field, reasons) -> text.append(text.isEmpty() ? "" : "; ")
                    .append(field)
                    .append(' ')
                    .append(reasons.path(0).asString("")));
            return new CommandException(text.toString(), Cli.MISTAKE);
        }
        return new CommandException(
                message.asString("the gateway answered " + status), status < 500 ? Cli.MISTAKE : Cli.FAILED);
    }
}
