package gateway.web;

import gateway.cache.Hit;
import gateway.cache.Mount;
import gateway.cache.PullThrough;
import gateway.cache.Reply;
import gateway.cache.Request;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.reactivestreams.Publisher;
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

    private final Mounts mounts;
    private final PullThrough pullThrough;
    private final ForwardedBase forwarded;
    private final ReadyReplies ready;
    private final MeterRegistry meters;
    private final Savings savings;
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
            boolean logged) {
        this.forwarded = forwarded;
        this.mounts = mounts;
        this.pullThrough = pullThrough;
        this.ready = ready;
        this.meters = meters;
        this.savings = savings;
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
            ready.offer(question, hit, counter(mount, hit.reply()), savings.of(hit.reply()));
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
