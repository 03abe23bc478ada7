package gateway.web;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Asks a kept-alive connection for its next request once all before it are answered.
 *
 * <p>Reactor Netty does so itself, but up to 1.3.7 forgets it when a request came while the one before was not quite over
 * and was then answered at once, as hits are (reactor-netty#4361). Asking twice costs nothing.
 */
final class ReadOn extends ChannelDuplexHandler {

    private int unanswered;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            unanswered++;
        }
        context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        context.write(message, promise);
        if (message instanceof LastHttpContent && !isInterim(message) && --unanswered == 0) {
            // Later, when Reactor Netty is through with this answer and had its chance.
            context.executor().execute(() -> readIfIdle(context));
        }
    }

    private void readIfIdle(ChannelHandlerContext context) {
        if (unanswered == 0 && context.channel().isActive()) {
            context.read();
        }
    }

    private static boolean isInterim(Object message) {
        return message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }
}
