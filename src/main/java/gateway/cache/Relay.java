package gateway.cache;

import gateway.format.Cacheable;
import gateway.upstream.UpstreamRequest;
import gateway.upstream.UpstreamResponse;
import gateway.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Passes requests to the upstream and its answers back, storing nothing. */
final class Relay {

    private static final List<String> RESPONSE_HEADERS = List.of(
            "Content-Type",
            "Content-Range",
            "Accept-Ranges",
            "Last-Modified",
            "ETag",
            "Cache-Control",
            "Retry-After",
            "X-Checksum-Sha1",
            "X-Checksum-Md5");
    /** While the store is out of order; more would only queue up in memory. */
    private static final int AT_ONCE = 64;
    /** Of which one upstream may hold so many: a slow one leaves the others their share. */
    private static final int EACH = AT_ONCE / 2;

    private final Upstreams upstreams;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Map<String, Integer> shares = new ConcurrentHashMap<>();

    Relay(Upstreams upstreams) {
        this.upstreams = upstreams;
    }

    /** A request that is not a matter of caching. */
    Mono<Reply> pass(Request request, Source source, URI uri) {
        boolean bodied = request.ask().method().equals("POST");
        UpstreamRequest outgoing = new UpstreamRequest(
                source.upstream(),
                UpstreamRequest.Lane.INDEX,
                request.ask().method(),
                uri,
                request.conditions().forwarded(),
                bodied ? request.body() : null,
                false);
        return upstreams
                .get(outgoing)
                .map(response -> reply(response, headers(response), Outcome.bypass(response.status(), "passed")));
    }

    /** A file that cannot be stored now; empty when the upstream refuses it in a way that means it has none. */
    Mono<Reply> unstored(Request request, Source source, Cacheable resource, URI uri, String why) {
        if (shares.merge(source.id(), 1, Integer::sum) > EACH) {
            leave(source);
            return Mono.error(noPlace());
        }
        if (!places.tryAcquire()) {
            leave(source);
            return Mono.error(noPlace());
        }
        Map<String, String> headers = headers(resource);
        String range = request.conditions().range();
        if (range != null) {
            headers.put("Range", range);
        }
        UpstreamRequest outgoing = new UpstreamRequest(
                source.upstream(),
                UpstreamRequest.Lane.ARTIFACT,
                request.ask().method(),
                uri,
                Map.copyOf(headers),
                null,
                false);
        // Whoever cancels may do so when the reply is under way already, whose end then gives the place back as well.
        Runnable leave = once(() -> {
            places.release();
            leave(source);
        });
        return upstreams
                .get(outgoing)
                .flatMap(response -> fit(source, response))
                .map(response -> whileHeld(
                        reply(response, headers(resource, response), Outcome.bypass(response.status(), why)), leave))
                .doOnError(error -> leave.run())
                .doOnCancel(leave)
                .switchIfEmpty(Mono.fromRunnable(leave));
    }

    private void leave(Source source) {
        shares.computeIfPresent(source.id(), (id, held) -> held == 1 ? null : held - 1);
    }

    private static Failure noPlace() {
        return new Failure(503, "the gateway's store is not available", null, null);
    }

    private static Map<String, String> headers(Cacheable resource) {
        Map<String, String> headers = new HashMap<>(resource.asked());
        headers.put("Accept", "*/*");
        return headers;
    }

    private static Reply whileHeld(Reply reply, Runnable leave) {
        return switch (reply.body()) {
            case Body.Relayed relayed ->
                reply.with(new Body.Relayed(relayed.bytes().doFinally(signal -> leave.run()), relayed.length(), () -> {
                    relayed.discard();
                    leave.run();
                }));
            case Body.Empty empty -> left(leave, reply);
            case Body.Bytes bytes -> left(leave, reply);
            case Body.Stored stored -> left(leave, reply);
            case Body.Following following -> left(leave, reply);
        };
    }

    private static Reply left(Runnable leave, Reply reply) {
        leave.run();
        return reply;
    }

    private static Runnable once(Runnable action) {
        java.util.concurrent.atomic.AtomicBoolean done = new java.util.concurrent.atomic.AtomicBoolean();
        return () -> {
            if (done.compareAndSet(false, true)) {
                action.run();
            }
        };
    }

    private static Map<String, String> headers(Cacheable resource, UpstreamResponse response) {
        Map<String, String> headers = headers(response);
        Replies.type(headers, resource, response.header("Content-Type"));
        return headers;
    }

    private static Map<String, String> headers(UpstreamResponse response) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : RESPONSE_HEADERS) {
            String value = response.header(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        return headers;
    }

    private static Reply reply(UpstreamResponse response, Map<String, String> headers, Outcome outcome) {
        Flux<ByteBuf> body = response.body();
        return new Reply(
                response.status(),
                headers,
                new Body.Relayed(body, response.length().orElse(-1L), response::discard),
                outcome);
    }

    /** HEAD upstream for a file that is not held: no byte is fetched for it; empty as above. */
    Mono<Reply> head(Request request, Source source, Cacheable resource, URI uri) {
        UpstreamRequest outgoing = new UpstreamRequest(
                source.upstream(),
                UpstreamRequest.Lane.ARTIFACT,
                "HEAD",
                uri,
                Map.copyOf(headers(resource)),
                null,
                false);
        return upstreams
                .get(outgoing)
                .flatMap(response -> fit(source, response))
                .map(response -> {
                    Outcome outcome = Outcome.miss(response.status(), false, false);
                    long length = response.length().orElse(-1L);
                    response.discard();
                    return new Reply(response.status(), headers(resource, response), new Body.Empty(length), outcome);
                });
    }

    /** Refuses answers that a client would misread as meant for itself; empty when there is no such file. */
    private static Mono<UpstreamResponse> fit(Source source, UpstreamResponse response) {
        int status = response.status();
        boolean absent = status == 403 && source.upstream().forbiddenMeansNotFound();
        if (status < 400 || status == 404 || status == 410 || status == 416) {
            return Mono.just(response);
        }
        response.discard();
        return absent ? Mono.empty() : Mono.error(Failure.refused(source, response));
    }
}
