package gateway.web;

import gateway.cache.Body;
import gateway.cache.Reply;
import gateway.storage.Blob;
import gateway.storage.Spool;
import gateway.storage.StorageException;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Writes replies to sockets: regions of files without copying, at each client's own pace.
 *
 * <p>A body that breaks after its head was sent is cut off by a reset, never ended: a client must not take a part for the
 * whole. One that breaks before its first byte becomes a refusal.
 */
final class ReplyWriter {

    private static final Logger log = LoggerFactory.getLogger(ReplyWriter.class);

    Publisher<Void> write(Reply reply, HttpServerRequest request, HttpServerResponse response) {
        response.status(HttpResponseStatus.valueOf(reply.status()));
        long length = reply.body().length();
        Head.write(reply, length, response.responseHeaders());
        return switch (reply.body()) {
            case Body.Empty empty -> empty(response, length);
            case Body.Bytes bytes ->
                response.sendObject(Unpooled.wrappedBuffer(bytes.bytes(), bytes.offset(), bytes.count()));
            case Body.Stored stored -> stored(stored, response);
            case Body.Following following -> following(reply, following, request, response);
            case Body.Relayed relayed -> relayed(relayed, request, response);
        };
    }

    /** Of a HEAD: its head may announce a length, and nothing follows. */
    private static Publisher<Void> empty(HttpServerResponse response, long length) {
        return length > 0 ? response.sendHeaders() : response.send();
    }

    private static Publisher<Void> stored(Body.Stored stored, HttpServerResponse response) {
        Blob blob = stored.blob();
        return Mono.defer(() -> response.sendObject(blob.region(stored.from(), stored.length()))
                        .then())
                .doFinally(signal -> blob.release());
    }

    private Publisher<Void> following(
            Reply reply, Body.Following body, HttpServerRequest request, HttpServerResponse response) {
        Spool spool = body.spool();
        AtomicLong position = new AtomicLong(body.from());
        return spool.follow(body.from(), body.to())
                // One region after the other: the next is asked for when this one is in the socket.
                .concatMap(
                        region -> Mono.defer(() -> {
                            position.addAndGet(region.length());
                            return response.sendObject(region.file()).then();
                        }),
                        0)
                .doOnDiscard(Spool.Region.class, region -> region.file().release())
                .then()
                .onErrorResume(
                        StorageException.class,
                        full -> response.send(body.rescue().apply(position.get()), buffer -> true)
                                .then())
                .onErrorResume(error -> response.hasSentHeaders()
                        ? abort(request, response, error)
                        : refused(reply, body.refusal().apply(error), request, response))
                .doFinally(signal -> spool.release());
    }

    private static Publisher<Void> relayed(Body.Relayed body, HttpServerRequest request, HttpServerResponse response) {
        return response.send(body.bytes(), buffer -> true)
                .then()
                .onErrorResume(error -> abort(request, response, error))
                .doFinally(signal -> body.discard());
    }

    private Mono<Void> refused(Reply reply, Reply refusal, HttpServerRequest request, HttpServerResponse response) {
        reply.headers().keySet().forEach(response.responseHeaders()::remove);
        return Mono.from(write(refusal, request, response));
    }

    private static Mono<Void> abort(HttpServerRequest request, HttpServerResponse response, Throwable error) {
        log.info("aborted {} {}: {}", request.method(), request.path(), error.getMessage());
        response.withConnection(connection -> {
            Channel channel = connection.channel();
            // A clean end of the connection would pass for the end of a body whose length the client does not know.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            // TLS says good-bye when it closes, which would be a clean end as well: below it, nothing is said.
            ChannelHandlerContext tls = channel.pipeline().context(NettyPipeline.SslHandler);
            if (tls == null) {
                channel.close();
            } else {
                tls.close();
            }
        });
        return Mono.never();
    }
}
