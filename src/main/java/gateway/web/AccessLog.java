package gateway.web;

import gateway.cache.Reply;
import gateway.cache.Source;
import gateway.settings.Log;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Logs every answer of one connection, whoever gives it: next to the codec, so that it sees those of {@link FastLane} and
 * of the server itself as well. It is in the pipeline only when the log is on.
 */
final class AccessLog extends ChannelDuplexHandler {

    /** Name of the upstream behind the answer that is written next; empty for none. */
    private static final AttributeKey<String> UPSTREAM = AttributeKey.valueOf(AccessLog.class, "upstream");

    private static final Logger log = LoggerFactory.getLogger("gateway.access");

    /** What all connections share. */
    record Shared(Log.Access form, Clock clock, ForwardedBase forwarded, Mounts mounts) {

        /** The one that the fast lane spares: it takes from the first of a mount only. */
        String spared(String target) {
            return mounts.find(target)
                    .map(mount -> mount.sources().getFirst())
                    .filter(source -> !source.hosted())
                    .map(source -> source.upstream().name())
                    .orElse("");
        }
    }

    private final Shared shared;
    private final Queue<Pending> pending = new ArrayDeque<>();

    /** A request without its whole answer. */
    private static final class Pending {
        private final Instant time;
        private final long began;
        private final String client;
        private final String method;
        private final String target;
        private final @Nullable String agent;
        private int status;
        private long bytes;
        private @Nullable String cache;
        private String upstream = "";

        Pending(Instant time, long began, String client, HttpRequest request) {
            this.time = time;
            this.began = began;
            this.client = client;
            this.method = request.method().name();
            this.target = request.uri();
            this.agent = request.headers().get(HttpHeaderNames.USER_AGENT);
        }
    }

    /** Notes whose bytes, word or failure the answer is that is written next. */
    static void upstream(Reply reply, HttpServerResponse response) {
        Source source = reply.source();
        if (source != null && !source.hosted()) {
            response.withConnection(connection ->
                    connection.channel().attr(UPSTREAM).set(source.upstream().name()));
        }
    }

    AccessLog(Shared shared) {
        this.shared = shared;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            InetSocketAddress peer =
                    context.channel().remoteAddress() instanceof InetSocketAddress address ? address : null;
            pending.add(new Pending(
                    shared.clock().instant(),
                    now(context),
                    shared.forwarded().client(peer, request.headers()),
                    request));
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        Pending current = pending.peek();
        if (current == null || isInterim(message)) {
            context.write(message, promise);
            return;
        }
        if (message instanceof HttpResponse response) {
            head(context, current, response);
        }
        current.bytes += length(message);
        if (!(message instanceof LastHttpContent)) {
            context.write(message, promise);
            return;
        }
        pending.remove();
        context.write(message, promise.unvoid()).addListener(done -> finish(context, current, done.isSuccess()));
    }

    private void head(ChannelHandlerContext context, Pending current, HttpResponse response) {
        current.status = response.status().code();
        current.cache = response.headers().get("Cache-Status");
        String upstream = context.channel().attr(UPSTREAM).getAndSet(null);
        // Nobody but the fast lane leaves it unsaid for what it takes from the store.
        current.upstream =
                upstream != null ? upstream : "gateway; hit".equals(current.cache) ? shared.spared(current.target) : "";
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        while (!pending.isEmpty()) {
            finish(context, pending.remove(), false);
        }
        context.fireChannelInactive();
    }

    private void finish(ChannelHandlerContext context, Pending done, boolean whole) {
        log.info(
                "{}",
                new AccessLine(
                        shared.form(),
                        done.time,
                        done.client,
                        done.method,
                        done.target,
                        done.status,
                        done.bytes,
                        (now(context) - done.began) / 1000,
                        done.cache,
                        done.upstream,
                        done.agent,
                        !whole));
    }

    private static long now(ChannelHandlerContext context) {
        return context.executor().ticker().nanoTime();
    }

    private static boolean isInterim(Object message) {
        return message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    private static long length(Object message) {
        return switch (message) {
            case ByteBufHolder content -> content.content().readableBytes();
            case ByteBuf bytes -> bytes.readableBytes();
            case FileRegion region -> region.count();
            default -> 0;
        };
    }
}
