package gateway.web;

import gateway.cache.ProjectTraffic;
import gateway.project.Projects;
import gateway.settings.Features;
import gateway.support.FakeAudit;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.RouterFunctions;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/** Registry traffic of projects on a real socket, without the rest of the gateway. */
public final class ProjectServer implements AutoCloseable {

    /** What clients are told to ask, which is not where it listens. */
    public static final String BASE = "http://packages.example";

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final DisposableServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private ProjectServer(ProjectParts parts) {
        ProjectPlane plane = new ProjectPlane(parts, URI.create(BASE), new ForwardedBase(List.of()), meters, false);
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                        .addBefore(NettyPipeline.HttpTrafficHandler, "gateway.askAgain", new AskAgain()))
                .route(routes -> {
                    plane.apply(routes);
                    ProjectParts.Lists lists = parts.lists();
                    if (lists != null) {
                        HttpHandler handler = RouterFunctions.toHttpHandler(
                                new PackagesApi(parts, lists, URI.create(BASE), new ForwardedBase(List.of())).routes());
                        routes.route(request -> true, new ReactorHttpHandlerAdapter(handler));
                    }
                })
                .bindNow(Duration.ofSeconds(30));
    }

    /** Reactor Netty may forget to ask a kept connection for its next request (reactor-netty#4361); see {@link FastLane}. */
    private static final class AskAgain extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            context.write(message, promise);
            if (message instanceof LastHttpContent) {
                context.executor().execute(context::read);
            }
        }
    }

    public static ProjectServer start(
            Projects projects, Map<String, ProjectTraffic> registries, @Nullable ProjectTraffic proxy) {
        return start(projects, Features.ALL, registries, proxy);
    }

    public static ProjectServer start(
            Projects projects,
            Features features,
            Map<String, ProjectTraffic> registries,
            @Nullable ProjectTraffic proxy) {
        return new ProjectServer(new ProjectParts(projects, features, registries, proxy, null, new FakeAudit()));
    }

    /** With all that there is. */
    public static ProjectServer start(ProjectParts parts) {
        return new ProjectServer(parts);
    }

    public MeterRegistry meters() {
        return meters;
    }

    public int port() {
        return server.port();
    }

    public HttpResponse<byte[]> get(String path, String... headers) {
        return send("GET", path, BodyPublishers.noBody(), headers);
    }

    public HttpResponse<byte[]> put(String path, byte[] body, String... headers) {
        return send("PUT", path, BodyPublishers.ofByteArray(body), headers);
    }

    /** The path goes out as it is written here, as far as a URI can hold it. */
    public HttpResponse<byte[]> send(String method, String path, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(60));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.method(method, body).build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.shutdownNow();
        server.disposeNow(Duration.ofSeconds(30));
    }
}
