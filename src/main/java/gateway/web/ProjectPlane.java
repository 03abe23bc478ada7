package gateway.web;

import gateway.cache.Body;
import gateway.cache.ProjectRequest;
import gateway.cache.ProjectTraffic;
import gateway.cache.Refusals;
import gateway.cache.Reply;
import gateway.format.Formats;
import gateway.project.Audit;
import gateway.project.Caller;
import gateway.project.Presented;
import gateway.project.Project;
import gateway.web.ProjectGates.Verdict;
import gateway.web.ProjectGates.Want;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Registry traffic of projects: says who asks and for what, lets through whom the gates let through, and writes the
 * answer.
 */
final class ProjectPlane implements NettyRouteProvider {

    private static final Logger log = LoggerFactory.getLogger(ProjectPlane.class);

    /** Nothing that anybody uploaded acts in a browser, whatever it says it is. */
    private static final String HARMLESS = "sandbox; default-src 'none'; require-trusted-types-for 'script'";

    /** Formats whose clients delete packages. */
    private static final Set<String> DELETED_BY_CLIENTS = Set.of("conan", "nuget");

    private final ProjectParts parts;
    private final URI baseUrl;
    private final ForwardedBase forwarded;
    private final MeterRegistry meters;
    private final boolean logged;
    private final ProjectGates gates;
    private final ReplyWriter writer = new ReplyWriter();
    /** The registry finds a counter by sorting and comparing its tags: too dear for each request. */
    private final Map<Series, Counter> requests = new ConcurrentHashMap<>();

    private record Series(String project, String format, String outcome, String reason) {}

    /**
     * @param baseUrl public URL of the gateway, without a trailing slash
     * @param logged whether somebody reads the access log
     */
    ProjectPlane(ProjectParts parts, URI baseUrl, ForwardedBase forwarded, MeterRegistry meters, boolean logged) {
        this.parts = parts;
        this.baseUrl = baseUrl;
        this.forwarded = forwarded;
        this.meters = meters;
        this.logged = logged;
        this.gates = new ProjectGates(parts.features());
    }

    /** An answer with what is counted of it. */
    private record Answered(Reply reply, String project, String reason, String caller) {}

    @Override
    public HttpServerRoutes apply(HttpServerRoutes routes) {
        return routes.route(request -> traffic(ProjectTarget.parse(request.uri())) != null, this::handle);
    }

    private @Nullable ProjectTraffic traffic(@Nullable ProjectTarget target) {
        return target == null
                ? null
                : target.proxied() ? parts.proxy() : parts.registries().get(target.format());
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        ServerTiming timing = ServerTiming.of(request);
        ProjectTarget target = ProjectTarget.parse(request.uri());
        ProjectTraffic traffic = traffic(target);
        if (target == null || traffic == null) {
            return response.sendNotFound();
        }
        return answer(target, traffic, request)
                .delayUntil(answered -> noted(target, answered, request))
                .onErrorResume(error -> Mono.just(broken(request, error)))
                .flatMap(answered -> {
                    count(target, answered, request);
                    return Mono.from(write(answered.reply(), timing, request, response));
                });
    }

    private Mono<Answered> answer(ProjectTarget target, ProjectTraffic traffic, HttpServerRequest request) {
        if (target.fault() != null) {
            return Mono.just(
                    new Answered(Refusals.json(400, Map.of("error", target.fault())), "", "bad_path", "not asked"));
        }
        HttpHeaders headers = request.requestHeaders();
        Presented presented = PresentedReader.read(headers::get);
        return parts.projects()
                .identify(presented)
                .flatMap(caller -> parts.projects()
                        .find(target.id())
                        .map(Optional::of)
                        .defaultIfEmpty(Optional.empty())
                        .flatMap(project -> served(target, traffic, caller, presented, project.orElse(null), request)));
    }

    private Mono<Answered> served(
            ProjectTarget target,
            ProjectTraffic traffic,
            Caller caller,
            @Nullable Presented presented,
            @Nullable Project project,
            HttpServerRequest request) {
        Reply login = ConanLogin.answer(target, caller, presented);
        String path = project == null ? "" : project.path();
        return switch (gates.judge(project, caller, want(target, request), target.format())) {
            case Verdict.Shut shut -> Mono.just(new Answered(shut.reply(), path, shut.reason(), caller.label()));
            case Verdict.Open open
            when login != null ->
                Mono.just(new Answered(login, path, login.status() == 401 ? "anonymous" : "", caller.label()));
            case Verdict.Open open ->
                traffic.serve(new ProjectRequest(
                                open.project(),
                                caller,
                                open.rights(),
                                target.format(),
                                base(target, open.project(), request),
                                Incoming.ask(
                                        target.below().path(), target.below().query(), request),
                                Incoming.conditions(target.below().query(), request),
                                Incoming.body(request)))
                        .map(reply -> new Answered(reply, path, "", caller.label()));
        };
    }

    private static Want want(ProjectTarget target, HttpServerRequest request) {
        if (target.proxied()) {
            return Want.PROXY;
        }
        if (target.format().equals("go")) {
            return Want.GO;
        }
        return switch (request.method().name()) {
            case "GET", "HEAD" -> Want.READ;
            // Elsewhere a deletion takes back what a publication did, such as a tag.
            case "DELETE" -> DELETED_BY_CLIENTS.contains(target.format()) ? Want.DELETE : Want.WRITE;
            default -> Want.WRITE;
        };
    }

    /** By the project's number, whatever the client wrote, so that what is made with it is made once. */
    private URI base(ProjectTarget target, Project project, HttpServerRequest request) {
        URI told = forwarded.base(baseUrl, request.remoteAddress(), request.requestHeaders());
        return URI.create((told == null ? baseUrl : told)
                + "/api/v4/projects/" + project.id()
                + (target.proxied() ? "/dependency_proxy" : "")
                + "/packages/" + target.format());
    }

    private static Answered broken(HttpServerRequest request, Throwable error) {
        log.error("{} {} failed", request.method(), request.path(), error);
        return new Answered(
                Refusals.of(503, "503 Service Unavailable - projects cannot be read now; the gateway's log says why")
                        .with("Retry-After", "10"),
                "",
                "broken",
                "");
    }

    private void count(ProjectTarget target, Answered answered, HttpServerRequest request) {
        String known =
                Formats.named(target.format()).isPresent() || parts.registries().containsKey(target.format())
                        ? target.format()
                        : "other";
        Series series = new Series(answered.project(), known, outcome(answered, request), answered.reason());
        requests.computeIfAbsent(series, this::counter).increment();
        if (!answered.reason().isEmpty() && !answered.reason().equals("broken")) {
            parts.audit().refused(refusal(target, answered, known, request));
        }
    }

    /** What clients delete is an act like what is deleted through the packages API. */
    private Mono<Void> noted(ProjectTarget target, Answered answered, HttpServerRequest request) {
        boolean deleted =
                request.method().name().equals("DELETE") && answered.reply().status() < 300;
        return deleted
                ? parts.audit()
                        .act(new Audit.Event(
                                answered.caller(),
                                "delete " + target.format() + " "
                                        + target.below().path(),
                                answered.project(),
                                forwarded.client(request.remoteAddress(), request.requestHeaders()),
                                "done"))
                : Mono.empty();
    }

    private Audit.Event refusal(ProjectTarget target, Answered answered, String format, HttpServerRequest request) {
        return new Audit.Event(
                answered.caller(),
                (target.proxied() ? "dependency proxy " : "packages ") + format + " "
                        + request.method().name(),
                answered.project(),
                forwarded.client(request.remoteAddress(), request.requestHeaders()),
                answered.reply().status() + " " + answered.reason());
    }

    private Counter counter(Series series) {
        return meters.counter(
                "gateway.project.requests",
                "project",
                series.project(),
                "format",
                series.format(),
                "outcome",
                series.outcome(),
                "reason",
                series.reason());
    }

    private static String outcome(Answered answered, HttpServerRequest request) {
        int status = answered.reply().status();
        if (!answered.reason().isEmpty()) {
            return "refused";
        }
        if (status >= 400) {
            return status == 404 || status == 410 ? "absent" : "failed";
        }
        return switch (request.method().name()) {
            case "PUT", "POST" -> "published";
            case "DELETE" -> "deleted";
            default -> "read";
        };
    }

    private Publisher<Void> write(
            Reply reply, ServerTiming timing, HttpServerRequest request, HttpServerResponse response) {
        Reply safe = reply.with("Content-Disposition", "attachment").with(Head.SECURITY_POLICY.toString(), HARMLESS);
        // Documents are made without regard to the method.
        if (request.method().name().equals("HEAD") && reply.body() instanceof Body.Bytes bytes) {
            safe = safe.with(new Body.Empty(bytes.count()));
        }
        timing.tell(safe, response);
        if (logged) {
            AccessLog.upstream(safe, response);
        }
        return writer.write(safe, request, response);
    }
}
