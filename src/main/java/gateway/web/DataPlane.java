package gateway.web;

import gateway.cache.Hit;
import gateway.cache.Mount;
import gateway.cache.PullThrough;
import gateway.cache.Reply;
import gateway.cache.Request;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Registry traffic: one Reactor Netty route in front of the WebFlux dispatch, since a hit through WebFlux costs five times
 * as much.
 */
final class DataPlane implements NettyRouteProvider {

    private static final Logger log = LoggerFactory.getLogger(DataPlane.class);

    private final Mounts mounts;
    private final PullThrough pullThrough;
    private final ForwardedBase forwarded;
    private final ReadyReplies ready;
    private final MeterRegistry meters;
    private final Savings savings;
    private final Guard guard;
    /** Whether somebody reads the access log. */
    private final boolean logged;

    private final ReplyWriter writer = new ReplyWriter();
    /** The registry finds a counter by sorting and comparing its tags: too dear for each request. */
    private final Map<Series, Counter> requests = new ConcurrentHashMap<>();

    private record Series(String repository, int status, String cache) {}

    DataPlane(
            Mounts mounts,
            PullThrough pullThrough,
            ForwardedBase forwarded,
            ReadyReplies ready,
            MeterRegistry meters,
            Savings savings,
            Guard guard,
            boolean logged) {
        this.forwarded = forwarded;
        this.mounts = mounts;
        this.pullThrough = pullThrough;
        this.ready = ready;
        this.meters = meters;
        this.savings = savings;
        this.guard = guard;
        this.logged = logged;
    }

    @Override
    public HttpServerRoutes apply(HttpServerRoutes routes) {
        return routes.route(request -> mounts.mayMatch(request.uri()), this::handle);
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        ServerTiming timing = ServerTiming.of(request);
        Target target;
        try {
            target = Target.parse(request.uri());
        } catch (Target.Malformed e) {
            return plain(response, 400, String.valueOf(e.getMessage()));
        }
        Mount mount = mounts.find(target.path()).orElse(null);
        if (mount == null) {
            return plain(response, 404, ControlPlane.NOWHERE);
        }
        String path = Mounts.below(mount, target.path());
        if (path.contains("//") && !mount.format().allowsEmptySegments()) {
            return plain(response, 400, "the path has an empty segment");
        }
        boolean reads =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (!guard.guards(mount) || guard.knows(request.requestHeaders(), reads)) {
            return serve(mount, path, target, timing, request, response);
        }
        return guard.admits(request.requestHeaders(), reads)
                .map(admitted -> admitted
                        ? serve(mount, path, target, timing, request, response)
                        : refused(mount, 401, request, response))
                .onErrorResume(error -> {
                    log.error("tokens cannot be read", error);
                    return Mono.just(refused(mount, 503, request, response));
                })
                .flatMap(Mono::from);
    }

    /** One line each for people, and for clients what makes them send their credentials. */
    private Publisher<Void> refused(Mount mount, int status, HttpServerRequest request, HttpServerResponse response) {
        requests.computeIfAbsent(new Series(mount.path(), status, "refused"), this::counter)
                .increment();
        if (status == 401) {
            boolean sent = guard.refused(
                    mount,
                    request.method().name(),
                    request.requestHeaders(),
                    forwarded.client(request.remoteAddress(), request.requestHeaders()));
            return plain(
                    response.header("WWW-Authenticate", "Basic realm=\"gateway\""),
                    401,
                    sent
                            ? "this token is not known, expired or revoked, or may not do this"
                            : "this repository wants a token");
        }
        return plain(
                response.header("Retry-After", "10"), 503, "tokens cannot be read now; the gateway's log says why");
    }

    private Publisher<Void> serve(
            Mount mount,
            String path,
            Target target,
            ServerTiming timing,
            HttpServerRequest request,
            HttpServerResponse response) {
        Mount seen = forwarded.of(mount, request.remoteAddress(), request.requestHeaders());
        Request asked = new Request(
                seen,
                Incoming.ask(path, target.query(), request),
                Incoming.conditions(target.query(), request),
                Incoming.body(request));
        Hit hit = pullThrough.immediate(asked);
        if (hit == null) {
            return pullThrough.serve(asked).flatMap(reply -> Mono.from(write(mount, reply, timing, request, response)));
        }
        ReadyReplies.Question question =
                ready.question(request.method(), request.uri(), request.requestHeaders(), request.remoteAddress());
        if (question != null) {
            ready.offer(question, hit, counter(mount, hit.reply()), savings.of(hit.reply()), guard.guards(mount));
        }
        return write(mount, hit.reply(), timing, request, response);
    }

    private Publisher<Void> write(
            Mount mount, Reply reply, ServerTiming timing, HttpServerRequest request, HttpServerResponse response) {
        counter(mount, reply).increment();
        savings.count(reply);
        timing.tell(reply, response);
        if (logged) {
            AccessLog.upstream(reply, response);
        }
        return writer.write(reply, request, response);
    }

    private Counter counter(Mount mount, Reply reply) {
        String cache =
                reply.outcome().hit() ? "hit" : String.valueOf(reply.outcome().forward());
        return requests.computeIfAbsent(new Series(mount.path(), reply.status(), cache), this::counter);
    }

    private Counter counter(Series series) {
        return meters.counter(
                "gateway.requests",
                "repository",
                series.repository(),
                "status",
                Integer.toString(series.status()),
                "cache",
                series.cache());
    }

    private static Publisher<Void> plain(HttpServerResponse response, int status, String message) {
        return response.status(status)
                .header("Content-Type", "text/plain; charset=utf-8")
                .sendString(Mono.just(message + "\n"));
    }
}
