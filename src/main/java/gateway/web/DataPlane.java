package gateway.web;

import gateway.cache.Hit;
import gateway.cache.Mount;
import gateway.cache.PullThrough;
import gateway.cache.Reply;
import gateway.cache.Request;
import gateway.cache.Source;
import gateway.format.Accept;
import gateway.format.Ask;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.reactivestreams.Publisher;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Registry traffic: one Reactor Netty route in front of the WebFlux dispatch, since a hit through WebFlux costs five times
 * as much.
 */
final class DataPlane implements NettyRouteProvider {

    /** Headers of a passed-through request that mean something to a registry and nothing about the client. */
    private static final List<String> FORWARDED =
            List.of("Accept", "Content-Type", "Content-Encoding", "Content-Length");

    private final Mounts mounts;
    private final PullThrough pullThrough;
    private final ForwardedBase forwarded;
    private final ReadyReplies ready;
    private final MeterRegistry meters;
    private final Savings savings;
    /** Whether somebody reads {@link AccessLog#UPSTREAM}. */
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
        Request asked = request(seen, path, target.query(), request);
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
        Source source = reply.source();
        if (logged && source != null && !source.hosted()) {
            response.withConnection(connection -> connection
                    .channel()
                    .attr(AccessLog.UPSTREAM)
                    .set(source.upstream().name()));
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

    private static Request request(Mount mount, String path, String query, HttpServerRequest request) {
        HttpHeaders headers = request.requestHeaders();
        String method = request.method().name();
        Ask ask = new Ask(method, path, query, Accept.parse(headers.get("Accept")), headers.get("User-Agent", ""));
        boolean bodied = method.equals("POST") || method.equals("PUT");
        Request.Conditions conditions = new Request.Conditions(
                headers.get("If-None-Match"),
                headers.get("If-Modified-Since"),
                headers.get("Range"),
                headers.get("If-Range"),
                headers.get("Cache-Control"),
                takesGzip(headers.get("Accept-Encoding")),
                bodied || !query.isEmpty() ? forwarded(headers) : Map.of());
        return new Request(mount, ask, conditions, bodied ? request.receive().retain() : Flux.empty());
    }

    private static Map<String, String> forwarded(HttpHeaders headers) {
        Map<String, String> forwarded = new HashMap<>();
        for (String name : FORWARDED) {
            String value = headers.get(name);
            if (value != null) {
                forwarded.put(name, value);
            }
        }
        return Map.copyOf(forwarded);
    }

    private static boolean takesGzip(@org.jspecify.annotations.Nullable String header) {
        if (header == null) {
            return false;
        }
        for (String coding : header.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = coding.strip().split("\\s*;\\s*");
            if (parts[0].equals("gzip") || parts[0].equals("*")) {
                return parts.length == 1 || !parts[1].matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    private static Publisher<Void> plain(HttpServerResponse response, int status, String message) {
        return response.status(status)
                .header("Content-Type", "text/plain; charset=utf-8")
                .sendString(Mono.just(message + "\n"));
    }
}
