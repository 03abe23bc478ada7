package gateway.web;

import com.sun.management.UnixOperatingSystemMXBean;
import gateway.settings.Limits;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/** What every connection comes through: the limits, the gate, the access log, and the short way for hits. */
final class Door implements NettyServerCustomizer {

    private static final Logger log = LoggerFactory.getLogger(Door.class);

    private final Limits limits;
    private final ReadyReplies ready;
    private final AccessLog.@Nullable Shared access;
    private final AtomicInteger open = new AtomicInteger();
    private final int most;

    /** @param access null when nobody wants it */
    Door(Limits limits, ReadyReplies ready, AccessLog.@Nullable Shared access, MeterRegistry meters) {
        this.limits = limits;
        this.ready = ready;
        this.access = access;
        this.most = most(limits);
        meters.gauge("gateway.connections", open);
    }

    /** The store and the upstreams need files and connections as well. */
    private static int most(Limits limits) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() / 2 < limits.connections()) {
            int half = (int) (system.getMaxFileDescriptorCount() / 2);
            log.warn(
                    "{} connections at once, since this process may open {} files; limits.connections says {}",
                    half,
                    system.getMaxFileDescriptorCount(),
                    limits.connections());
            return half;
        }
        return limits.connections();
    }

    @Override
    public HttpServer apply(HttpServer server) {
        HttpServer limited = server.option(ChannelOption.SO_BACKLOG, 1024)
                .idleTimeout(limits.idleTimeout())
                .doOnChannelInit((observer, channel, remote) -> enter(channel))
                .httpRequestDecoder(decoder ->
                        decoder.maxInitialLineLength(limits.requestLineBytes()).maxHeaderSize(limits.headBytes()));
        return Epoll.isAvailable()
                ? limited.childOption(EpollChannelOption.TCP_USER_TIMEOUT, (int)
                        limits.sendTimeout().toMillis())
                : limited;
    }

    private void enter(Channel channel) {
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        if (open.incrementAndGet() > most) {
            log.debug("too many connections: {} is sent away", channel.remoteAddress());
            channel.close();
            return;
        }
        Gate gate = new Gate(limits);
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addBefore(NettyPipeline.HttpCodec, "gateway.bytes", gate.bytes());
        pipeline.addBefore(NettyPipeline.HttpTrafficHandler, "gateway.gate", gate);
        if (access != null) {
            pipeline.addBefore(NettyPipeline.HttpTrafficHandler, "gateway.accessLog", new AccessLog(access));
        }
        pipeline.addBefore(NettyPipeline.HttpTrafficHandler, "gateway.fastLane", new FastLane(ready));
        if (pipeline.get(NettyPipeline.SslHandler) != null) {
            ChunkedWriteHandler writer = new ChunkedWriteHandler();
            pipeline.addAfter(NettyPipeline.SslHandler, "gateway.writer", writer);
            pipeline.addAfter("gateway.writer", "gateway.regionReader", new RegionReader(writer));
        }
    }
}
