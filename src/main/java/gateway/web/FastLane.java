package gateway.web;

import gateway.cache.Outcome;
import gateway.storage.Blob;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The shortest way for a hit: one handler per connection, between the codec and Reactor Netty.
 *
 * <p>A farm asks for the same files over and over, with the same few headers. The first hit goes through {@link DataPlane}
 * and leaves its reply in {@link ReadyReplies}; from then on this handler compares the request with what it knows and
 * writes that reply, whose body lies in direct memory or in an open file. No operators, no request object, no pipeline
 * changes for timers: those are two thirds of what a small hit costs otherwise. Everything out of the ordinary (conditions,
 * ranges, bodies, another method, a connection that ends) goes on to Reactor Netty, as do all misses.
 *
 * <p>Answers keep the order of their requests: as long as Reactor Netty owes one, every request goes there, where they
 * queue. Replies are flushed when all that was read is answered, so a pipelining client costs one system call; when it
 * does not read its answers, it is not read from either.
 *
 * <p>The handler counts what Reactor Netty owes for one more reason. Up to 1.3.7 that forgets to ask a kept-alive connection
 * for its next request when one came while the one before was not quite over and was then answered at once
 * (reactor-netty#4361). So this handler asks as well, once all are answered; asking twice costs nothing.
 */
final class FastLane extends ChannelDuplexHandler {

    private static final AsciiString CACHE_STATUS = AsciiString.cached("Cache-Status");

    private final ReadyReplies replies;
    /** Requests that Reactor Netty has not answered yet. */
    private int unanswered;
    /** The rest of a request that was answered here is still to come. */
    private boolean swallowing;
    /** Something was written here that is not flushed. */
    private boolean written;
    /** The client reads more slowly than it asks. */
    private boolean stalled;
    /** The connection ends with an answer of Reactor Netty's. */
    private boolean ending;

    FastLane(ReadyReplies replies) {
        this.replies = replies;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            ReadyReplies.Ready ready = unanswered == 0 && !ending ? ready(context, request) : null;
            if (ready != null && write(context, ready)) {
                ReferenceCountUtil.release(message);
                swallowing = !(message instanceof LastHttpContent);
                return;
            }
            unanswered++;
            ending |= !HttpUtil.isKeepAlive(request);
        } else if (swallowing) {
            swallowing = !(message instanceof LastHttpContent);
            ReferenceCountUtil.release(message);
            return;
        }
        context.fireChannelRead(message);
    }

    private ReadyReplies.@Nullable Ready ready(ChannelHandlerContext context, HttpRequest request) {
        return request.decoderResult().isSuccess()
                        && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                        && HttpUtil.isKeepAlive(request)
                ? replies.find(context.channel().remoteAddress(), request)
                : null;
    }

    /** False when the bytes are neither in memory nor open any more. */
    private boolean write(ChannelHandlerContext context, ReadyReplies.Ready ready) {
        if (!ready.inMemory()) {
            return writeFile(context, ready);
        }
        ByteBuf body = ready.body();
        HttpHeaders headers = body == null ? null : replies.give(ready);
        if (body == null || headers == null) {
            ReferenceCountUtil.release(body);
            return false;
        }
        written = true;
        context.write(
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body, headers, EmptyHttpHeaders.INSTANCE),
                context.voidPromise());
        return true;
    }

    private boolean writeFile(ChannelHandlerContext context, ReadyReplies.Ready ready) {
        Blob blob = replies.open(ready);
        HttpHeaders headers = blob == null ? null : replies.give(ready);
        if (blob == null) {
            return false;
        }
        if (headers != null) {
            written = true;
            context.write(
                    new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, headers),
                    context.voidPromise());
            // A file that breaks off leaves an answer which nothing can complete.
            context.write(blob.region(0, blob.size())).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
            context.write(LastHttpContent.EMPTY_LAST_CONTENT, context.voidPromise());
        }
        blob.release();
        return headers != null;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (written) {
            written = false;
            context.flush();
            if (context.channel().isWritable()) {
                readIfIdle(context);
            } else {
                stalled = true;
            }
        }
        context.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (stalled && context.channel().isWritable()) {
            stalled = false;
            readIfIdle(context);
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response && !isInterim(message)) {
            ending |= !HttpUtil.isKeepAlive(response);
            // Pages, and what Reactor Netty refuses by itself.
            if (!response.headers().contains(CACHE_STATUS)) {
                response.headers().set(CACHE_STATUS, Outcome.LOCAL.header());
            }
        }
        boolean last = message instanceof LastHttpContent && !isInterim(message);
        context.write(message, promise);
        if (last && --unanswered == 0) {
            // Later, when Reactor Netty is through with this answer and had its chance.
            context.executor().execute(() -> readIfIdle(context));
        }
    }

    private void readIfIdle(ChannelHandlerContext context) {
        if (unanswered == 0 && !stalled && context.channel().isActive()) {
            context.read();
        }
    }

    private static boolean isInterim(Object message) {
        return message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }
}
