package gateway.web;

import gateway.Background;
import gateway.cache.Mount;
import gateway.cache.PullThrough;
import gateway.catalog.Catalog;
import gateway.settings.Log;
import gateway.settings.Settings;
import gateway.storage.BlobStore;
import gateway.upstream.Upstreams;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.boot.web.server.Shutdown;
import org.springframework.boot.web.server.reactive.ReactiveWebServerFactory;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.LifecycleProcessor;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.reactive.function.server.RouterFunctions;

/**
 * The listening server: started once, closed once.
 *
 * <p>Its few beans are named here one by one. To let Boot find them by its configuration classes takes about as long as
 * everything else in a start.
 */
public final class WebServer implements AutoCloseable {

    private final ReactiveWebServerApplicationContext context;
    private final ControlPlane control;
    private final ReadyReplies ready;
    private final Background background;

    private WebServer(
            ReactiveWebServerApplicationContext context,
            ControlPlane control,
            ReadyReplies ready,
            Background background) {
        this.context = context;
        this.control = control;
        this.ready = ready;
        this.background = background;
    }

    /**
     * What the server serves.
     *
     * @param admin null without projects
     * @param projects null without projects
     */
    public record Parts(
            String version,
            Settings settings,
            List<Mount> mounts,
            PullThrough pullThrough,
            Catalog catalog,
            BlobStore store,
            Upstreams upstreams,
            Clock clock,
            PrometheusMeterRegistry meters,
            @Nullable AdminParts admin,
            @Nullable ProjectParts projects) {}

    /** Binds and serves. Blocks until the port is bound; fails with the cause when it cannot be. */
    public static WebServer start(Parts parts) {
        ServerTls tls = tls(parts.settings());
        ForwardedBase forwarded = new ForwardedBase(parts.settings().network().trustedProxies());
        Savings savings = new Savings(parts.mounts(), parts.upstreams());
        savings.bindTo(parts.meters(), parts.clock());
        ProjectParts projects = parts.projects();
        Guard guard = new Guard(parts.settings().repositories(), projects, parts.clock());
        ControlPlane control = new ControlPlane(parts, savings, forwarded, guard);
        ReadyReplies ready = new ReadyReplies(parts.pullThrough(), parts.store(), forwarded, guard);
        Mounts mounts = new Mounts(parts.mounts());
        Log.Access form = parts.settings().log().access();
        AccessLog.Shared access =
                form == Log.Access.OFF ? null : new AccessLog.Shared(form, parts.clock(), forwarded, mounts);
        DataPlane data = new DataPlane(
                mounts, parts.pullThrough(), forwarded, ready, parts.meters(), savings, guard, access != null);
        List<NettyRouteProvider> planes = new ArrayList<>();
        if (projects != null) {
            planes.add(
                    new ProjectPlane(projects, parts.settings().baseUrl(), forwarded, parts.meters(), access != null));
        }
        planes.add(data);
        parts.meters().gauge("gateway.flights", parts.pullThrough(), PullThrough::flights);
        parts.meters().gauge("gateway.ready.replies", ready, ReadyReplies::count);
        new JvmMemoryMetrics().bindTo(parts.meters());
        // Netty's buffers are not among those that the JVM counts.
        new NettyAllocatorMetrics((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).bindTo(parts.meters());
        Door door = new Door(parts.settings().limits(), ready, access, parts.meters());
        ReactiveWebServerApplicationContext context = new ReactiveWebServerApplicationContext();
        context.registerBean(ReactorResourceFactory.class, WebServer::eventLoops);
        context.registerBean(
                ReactiveWebServerFactory.class,
                () -> factory(parts.settings(), context.getBean(ReactorResourceFactory.class), planes, door, tls));
        context.registerBean(HttpHandler.class, () -> RouterFunctions.toHttpHandler(control.routes()));
        context.registerBean(DropFlights.class, () -> new DropFlights(parts.pullThrough()));
        context.registerBean(
                AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME,
                LifecycleProcessor.class,
                () -> lifecycle(parts.settings().shutdown().grace()));
        context.refresh();
        Background background = new Background();
        if (tls != null) {
            background.start("look after the TLS files", tls.renewals());
        }
        return new WebServer(context, control, ready, background);
    }

    private static @Nullable ServerTls tls(Settings settings) {
        return settings.tls() == null ? null : ServerTls.of(settings.tls());
    }

    private static ReactorResourceFactory eventLoops() {
        ReactorResourceFactory loops = new ReactorResourceFactory();
        // When the event loops stop, whoever was served has been: they need not wait for more to come.
        loops.setShutdownQuietPeriod(Duration.ZERO);
        return loops;
    }

    private static NettyReactiveWebServerFactory factory(
            Settings settings,
            ReactorResourceFactory loops,
            List<NettyRouteProvider> planes,
            Door door,
            @Nullable ServerTls tls) {
        NettyReactiveWebServerFactory factory =
                new NettyReactiveWebServerFactory(settings.listen().port());
        if (!settings.listen().host().isEmpty()) {
            factory.setAddress(new InetSocketAddress(
                            settings.listen().host().replaceAll("[\\[\\]]", ""),
                            settings.listen().port())
                    .getAddress());
        }
        // Reactor Netty itself waits for whoever is being served. Boot's own waiting may go on for ever: when its
        // thread ends
        // while it is asked to, it waits for that to begin.
        factory.setShutdown(Shutdown.IMMEDIATE);
        factory.setLifecycleTimeout(settings.shutdown().grace());
        factory.setResourceFactory(loops);
        factory.addRouteProviders(planes.toArray(NettyRouteProvider[]::new));
        factory.addServerCustomizers(door);
        if (tls != null) {
            factory.addServerCustomizers(server -> server.secure(spec -> spec.sslContext(tls)));
        }
        return factory;
    }

    private static LifecycleProcessor lifecycle(Duration grace) {
        DefaultLifecycleProcessor lifecycle = new DefaultLifecycleProcessor();
        lifecycle.setTimeoutPerShutdownPhase(grace.toMillis());
        return lifecycle;
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
        background.close();
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

        // The highest phases stop first: the server is among them, and the event loops have the phase 0.
        @Override
        public int getPhase() {
            return 1;
        }
    }
}
