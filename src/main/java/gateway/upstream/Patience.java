package gateway.upstream;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends an exchange whose head does not come in time or whose body stalls; it stays on the connection for all its life.
 * Netty's read timeout cannot do this: it also fires while we do not read, because whoever takes the body is slow.
 */
final class Patience extends ChannelDuplexHandler {
    private enum Phase {
        IDLE,
        HEAD,
        BODY
    }

    /** Time is over, for the head or for the next piece of the body. */
    static final class OverException extends IOException {
        private static final long serialVersionUID = 1;

        OverException(String message) {
            super(message, null);
        }

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private final Duration response;
    private final Duration idle;
    private Phase phase = Phase.IDLE;
    private long since;
    private boolean automatic;
    private @Nullable Future<?> timer;

    Patience(Duration response, Duration idle) {
        this.response = response;
        this.idle = idle;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof HttpRequest) {
            enter(ctx, Phase.HEAD);
        } else if (phase == Phase.HEAD) {
            since = now(ctx);
        }
        super.write(ctx, message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (phase == Phase.HEAD && message instanceof HttpResponse head && isFinal(head)) {
            enter(ctx, Phase.BODY);
        }
        if (phase == Phase.BODY) {
            since = now(ctx);
            // Before it is passed on, since that may give the connection to the next request.
            if (message instanceof LastHttpContent) {
                enter(ctx, Phase.IDLE);
            }
        }
        super.channelRead(ctx, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        automatic = ctx.channel().config().isAutoRead();
    }

    /** Reading goes on by itself after each turn, else because the consumer wants more: then the wait begins anew. */
    @Override
    public void read(ChannelHandlerContext ctx) throws Exception {
        if (!automatic) {
            since = now(ctx);
        }
        automatic = false;
        super.read(ctx);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        enter(ctx, Phase.IDLE);
    }

    private static boolean isFinal(HttpResponse head) {
        return head.status().codeClass() != HttpStatusClass.INFORMATIONAL;
    }

    private void enter(ChannelHandlerContext ctx, Phase next) {
        phase = next;
        since = now(ctx);
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (next != Phase.IDLE) {
            schedule(ctx, limit());
        }
    }

    private void schedule(ChannelHandlerContext ctx, long nanos) {
        timer = ctx.executor().schedule(() -> look(ctx), nanos, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext ctx) {
        if (phase == Phase.IDLE || !ctx.channel().isActive()) {
            return;
        }
        boolean paused = phase == Phase.BODY && !ctx.channel().config().isAutoRead();
        long left = paused ? limit() : limit() - (now(ctx) - since);
        if (left > 0) {
            schedule(ctx, left);
        } else {
            Duration limit = phase == Phase.HEAD ? response : idle;
            phase = Phase.IDLE;
            ctx.fireExceptionCaught(new OverException("nothing came for " + text(limit)));
            ctx.close();
        }
    }

    private long limit() {
        return (phase == Phase.HEAD ? response : idle).toNanos();
    }

    private static long now(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }

    private static String text(Duration limit) {
        return limit.toMillis() % 1000 == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
    }
}
