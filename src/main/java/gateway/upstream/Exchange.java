package gateway.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.client.PrematureCloseException;

/** One request and its answer on one connection, without redirects. */
final class Exchange {
    // An answer that is no package is read at once up to this length, so that its connection is free again.
    private static final int SMALL = 64 * 1024;
    private static final AttributeKey<Boolean> USED = AttributeKey.valueOf(Exchange.class, "used");

    private final Peer peer;
    private final UpstreamRequest request;
    private final Hop hop;
    private final Claim claim;
    private final Outcome outcome;
    private final Duration unclaimed;
    private final Failures failures;
    private final AtomicBoolean reused = new AtomicBoolean();

    /**
     * An exchange.
     *
     * @param claim holds the answer until the caller has it
     * @param outcome told how the answer ends
     * @param unclaimed after what time an answer that nobody takes gives its connection up
     */
    Exchange(Peer peer, UpstreamRequest request, Hop hop, Claim claim, Outcome outcome, Duration unclaimed) {
        this.peer = peer;
        this.request = request;
        this.hop = hop;
        this.claim = claim;
        this.outcome = outcome;
        this.unclaimed = unclaimed;
        this.failures = peer.failures(hop.uri());
    }

    Mono<ReceivedResponse> send() {
        return Mono.defer(() -> peer.guard().allows(Endpoint.of(hop.uri()))
                        ? on(peer.pooled())
                        : Mono.error(new AddressGuard.RefusedException()))
                .onErrorResume(this::isStale, stale -> on(peer.fresh()))
                .flatMap(this::settled)
                .onErrorMap(failures::head);
    }

    private Mono<ReceivedResponse> on(HttpClient client) {
        var sender = client.headers(headers -> peer.headers().write(headers, request, hop))
                .doOnRequest((sent, connection) ->
                        reused.set(connection.channel().attr(USED).getAndSet(true) != null))
                .request(HttpMethod.valueOf(hop.method()))
                .uri(hop.uri());
        var receiver = hop.body() == null ? sender : sender.send(hop.body());
        return receiver.responseConnection((head, connection) -> Mono.just(received(head, connection)))
                .next();
    }

    // The upstream may close a kept connection at the very moment we write to it; that says nothing about its health.
    private boolean isStale(Throwable error) {
        boolean repeatable = hop.method().equals("GET") || hop.method().equals("HEAD");
        return repeatable
                && hop.body() == null
                && reused.getAndSet(false)
                && error instanceof IOException
                && !(error instanceof Patience.OverException)
                && (AbortedException.isConnectionReset(error) || error instanceof PrematureCloseException);
    }

    private ReceivedResponse received(HttpClientResponse answer, Connection connection) {
        var headers = answer.responseHeaders();
        String encoding =
                headers.get(HttpHeaderNames.CONTENT_ENCODING, "").strip().toLowerCase(Locale.ROOT);
        boolean packed = encoding.equals("gzip") || encoding.equals("x-gzip");
        var head = new ReceivedResponse.Head(
                hop.method(), hop.uri(), answer.status().code(), headers, request.encoded() && packed);
        // Asked for now: at the end of the body this exchange is cut off from its channel.
        EventLoop loop = connection.channel().eventLoop();
        Runnable end = peer.uses().further();
        Runnable drop = () -> {
            loop.execute(connection::dispose);
            end.run();
        };
        Future<?> late = loop.schedule(drop, unclaimed.toMillis(), TimeUnit.MILLISECONDS);
        Flux<ByteBuf> body = Flux.defer(() -> {
            late.cancel(false);
            return body(head, connection, loop).doOnTerminate(end).doOnCancel(end);
        });
        var response = new ReceivedResponse(
                head,
                body,
                () -> {
                    late.cancel(false);
                    drop.run();
                },
                outcome);
        claim.hold(response);
        return response;
    }

    private Flux<ByteBuf> body(ReceivedResponse.Head head, Connection connection, EventLoop loop) {
        var count = new AtomicLong();
        // Reactor Netty releases each buffer after it was emitted.
        Flux<ByteBuf> wire = connection.inbound().receive().map(buffer -> {
            count.addAndGet(buffer.readableBytes());
            return buffer.retain();
        });
        Mono<ByteBuf> end = Mono.defer(() -> {
            boolean whole = head.bodiless() || head.declared() < 0 || head.declared() == count.get();
            return whole
                    ? Mono.empty()
                    : Mono.error(new EOFException("sent " + count + " of " + head.declared() + " bytes"));
        });
        // The end is told a moment later, when the connection is free again: who asks next can have it.
        Flux<ByteBuf> counted = wire.concatWith(end.subscribeOn(Schedulers.fromExecutor(loop)));
        Flux<ByteBuf> plain = head.decoded() && !head.bodiless() ? Gunzip.decode(counted) : counted;
        return plain.onErrorMap(failures::body);
    }

    /** Reads a small answer that is no package, so that no redirect, 404 or HEAD costs its connection. */
    private Mono<ReceivedResponse> settled(ReceivedResponse response) {
        var head = response.head();
        boolean small = head.status() >= 300 && head.declared() >= 0 && head.declared() <= SMALL && !head.decoded();
        if (!small && !head.bodiless()) {
            return Mono.just(response);
        }
        var bytes = new ByteArrayOutputStream();
        return response.content()
                .handle((buffer, sink) -> {
                    bytes.writeBytes(ByteBufUtil.getBytes(buffer));
                    buffer.release();
                })
                .then(Mono.fromSupplier(() -> response.with(copy(bytes))))
                .onErrorResume(error -> Mono.just(response.with(copy(bytes).concatWith(Flux.error(error)))));
    }

    private static Flux<ByteBuf> copy(ByteArrayOutputStream bytes) {
        return Flux.defer(
                () -> bytes.size() == 0 ? Flux.empty() : Flux.just(Unpooled.wrappedBuffer(bytes.toByteArray())));
    }
}
