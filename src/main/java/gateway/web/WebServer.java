package gateway.web;

import gateway.cache.Mount;
import gateway.cache.PullThrough;
import gateway.catalog.Catalog;
import gateway.settings.Settings;
import gateway.storage.BlobStore;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/** The listening server: started once, closed once. */
public final class WebServer implements AutoCloseable {

    /** Longest request line: module and artifact paths are long, and some clients put much into the query. */
    private static final int REQUEST_LINE = 16 << 10;

    private static final int HEADERS = 32 << 10;

    private final ReactiveWebServerApplicationContext context;
    private final ControlPlane control;
    private final ReadyReplies ready;

    private WebServer(ReactiveWebServerApplicationContext context, ControlPlane control, ReadyReplies ready) {
        this.context = context;
        this.control = control;
        this.ready = ready;
    }

    /** What the server serves. */
    public record Parts(
            String version,
            Settings settings,
            List<Mount> mounts,
            PullThrough pullThrough,
            Catalog catalog,
            BlobStore store,
            PrometheusMeterRegistry meters) {}

    /** Binds and serves. Blocks until the port is bound; fails with the cause when it cannot be. */
    public static WebServer start(Parts parts) {
        ForwardedBase forwarded = new ForwardedBase(parts.settings().network().trustedProxies());
        ControlPlane control = new ControlPlane(parts, forwarded);
        ReadyReplies ready = new ReadyReplies(parts.pullThrough(), parts.store(), forwarded);
        DataPlane data =
                new DataPlane(new Mounts(parts.mounts()), parts.pullThrough(), forwarded, ready, parts.meters());
        parts.meters().gauge("gateway.flights", parts.pullThrough(), PullThrough::flights);
        parts.meters().gauge("gateway.ready.replies", ready, ReadyReplies::count);
        new JvmMemoryMetrics().bindTo(parts.meters());
        // Netty's buffers are not among those that the JVM counts.
        new NettyAllocatorMetrics((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).bindTo(parts.meters());
        SpringApplication application = new SpringApplication(Pages.class);
        application.setWebApplicationType(WebApplicationType.REACTIVE);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        application.addInitializers(context -> {
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("gateway", properties(parts.settings())));
            context.getBeanFactory().registerSingleton("dataPlane", data);
            context.getBeanFactory().registerSingleton("ready", ready);
            context.getBeanFactory().registerSingleton("controlPlane", control);
            context.getBeanFactory().registerSingleton("dropFlights", new DropFlights(parts.pullThrough()));
        });
        return new WebServer((ReactiveWebServerApplicationContext) application.run(), control, ready);
    }

    private static Map<String, Object> properties(Settings settings) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("server.port", settings.listen().port());
        if (!settings.listen().host().isEmpty()) {
            properties.put("server.address", settings.listen().host().replaceAll("[\\[\\]]", ""));
        }
        properties.put("server.shutdown", "graceful");
        // Or, in a cluster, any client would be believed about where it comes from, and so who is a trusted proxy.
        properties.put("server.forward-headers-strategy", "none");
        // When the event loops stop, whoever was served has been: they need not wait for more to come.
        properties.put("spring.reactor.netty.shutdown-quiet-period", "0s");
        properties.put(
                "spring.lifecycle.timeout-per-shutdown-phase",
                settings.shutdown().grace().toMillis() + "ms");
        return properties;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(
                Objects.requireNonNull(context.getWebServer(), "started").getPort());
    }

    /** Tells load balancers to send nothing more, lets downloads under way finish, then closes. */
    @Override
    public void close() {
        control.stopping();
        context.close();
        ready.close();
    }

    /** Fetches without a client end after the last client was served, while the event loops still run to close them. */
    private static final class DropFlights implements SmartLifecycle {

        private final PullThrough pullThrough;
        private volatile boolean running;

        DropFlights(PullThrough pullThrough) {
            this.pullThrough = pullThrough;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            pullThrough.close();
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        // The lowest phase stops last: after the server.
        @Override
        public int getPhase() {
            return Integer.MIN_VALUE;
        }
    }

    /** WebFlux's part of the server. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Pages {

        @Bean
        RouterFunction<ServerResponse> routes(ControlPlane control) {
            return control.routes();
        }

        @Bean
        NettyServerCustomizer connections(ReadyReplies ready) {
            return (HttpServer server) -> server.option(ChannelOption.SO_BACKLOG, 1024)
                    .idleTimeout(Duration.ofSeconds(75))
                    .doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                            .addBefore(NettyPipeline.HttpTrafficHandler, "gateway.fastLane", new FastLane(ready)))
                    .httpRequestDecoder(decoder ->
                            decoder.maxInitialLineLength(REQUEST_LINE).maxHeaderSize(HEADERS));
        }
    }
}
