package gateway.web;

import gateway.settings.Limits;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of one connection go through first. Whatever could be read in two ways gets 400, and a connection on
 * which a head or a body is too slow in coming ends, however many bytes keep dripping. Whoever sends a request in one piece
 * costs no timer.
 *
 * <p>It looks at both sides of the codec: in front of it for bytes that are no head yet, and behind it for what became of
 * them. While an answer is owed or under way nobody can be late: then it may be the gateway that does not read.
 */
final class Gate extends ChannelDuplexHandler {

    private final Limits limits;
    private @Nullable Future<?> timer;
    /** Something was decoded from the bytes that came last. */
    private boolean understood;
    /** A head has come and its body has not ended. */
    private boolean within;

    private boolean chunked;
    private int owed;

    Gate(Limits limits) {
        this.limits = limits;
    }

    /** The part in front of the codec. */
    ChannelInboundHandler bytes() {
        return new ChannelInboundHandlerAdapter() {

            @Override
            public void channelActive(ChannelHandlerContext context) {
                start(context, limits.headTimeout());
                context.fireChannelActive();
            }

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                understood = false;
                context.fireChannelRead(message);
                if (timer == null && within) {
                    start(context, limits.bodyTimeout());
                } else if (timer == null && !understood && owed == 0) {
                    start(context, limits.headTimeout());
                }
            }
        };
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        understood = true;
        if (message instanceof HttpRequest request) {
            inspect(request);
            owed++;
            within = !(message instanceof LastHttpContent);
            stop();
        } else if (message instanceof LastHttpContent) {
            within = false;
            stop();
        }
        context.fireChannelRead(message);
    }

    private void inspect(HttpRequest request) {
        // Readers differ on the sizes of chunks: what comes at once behind a body may have been meant as a part of it.
        String wrong = chunked && owed > 0 ? "nothing follows a chunked body" : StrictHeads.wrong(request);
        chunked = HttpUtil.isTransferEncodingChunked(request);
        if (wrong != null && request.decoderResult().isSuccess()) {
            request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException(wrong)));
            // What follows may be a body or a request: nobody looks.
            HttpUtil.setKeepAlive(request, false);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof LastHttpContent && !isInterim(message)) {
            owed--;
        }
        context.write(message, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        stop();
        context.fireChannelInactive();
    }

    private void start(ChannelHandlerContext context, Duration patience) {
        timer = context.executor().schedule(() -> late(context, patience), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void late(ChannelHandlerContext context, Duration patience) {
        timer = null;
        ChannelOutboundBuffer answers = context.channel().unsafe().outboundBuffer();
        if (within || answers == null || answers.isEmpty()) {
            context.close();
        } else {
            start(context, patience);
        }
    }

    private void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private static boolean isInterim(Object message) {
        return message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }
}
