package gateway.web;

import gateway.cache.Refusals;
import gateway.project.Access;
import gateway.project.Audit;
import gateway.project.Caller;
import gateway.project.Project;
import gateway.project.RefusedException;
import gateway.project.Rights;
import gateway.project.UnavailableException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * What every act of administration has in common: who asks, whether they may, what is noted of it, and what failures
 * look like.
 */
final class AdminGate {
    private static final Logger log = LoggerFactory.getLogger(AdminGate.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST = 255;
    /** In a project that there is not. */
    private static final Rights NOTHING = new Rights(false, false, false, false, false, false, false, false, false);

    private final AdminParts parts;
    private final ForwardedBase forwarded;

    AdminGate(AdminParts parts, ForwardedBase forwarded) {
        this.parts = parts;
        this.forwarded = forwarded;
    }

    /** Who may. */
    enum Need {
        /** Whoever may see the project. */
        SEE,
        /** Whoever may change its settings. */
        MANAGE,
        /** The administrator alone. */
        ADMINISTER
    }

    /** A request that was let through. */
    record Visit(ServerRequest request, Caller caller) {

        boolean byAdministrator() {
            return caller instanceof Caller.Administrator;
        }
    }

    /** What is done for a request that was let through to a project. */
    interface WithProject {
        Mono<ServerResponse> handle(Visit visit, Project project);
    }

    /** About the instance, for the administrator alone. */
    Mono<ServerResponse> instance(ServerRequest request, String act, Function<Visit, Mono<ServerResponse>> handler) {
        return safely(request, guarded(request, act, "", caller -> {
            if (!known(caller)) {
                return unauthorized();
            }
            Visit visit = new Visit(request, caller);
            return visit.byAdministrator() ? handler.apply(visit) : forbidden();
        }));
    }

    /** About the project that {@code :id} names, by number or path. */
    Mono<ServerResponse> project(ServerRequest request, String act, Need need, WithProject handler) {
        String id = request.pathVariable("id");
        return safely(
                request,
                parts.projects()
                        .find(id)
                        .map(Optional::of)
                        .defaultIfEmpty(Optional.empty())
                        .flatMap(found -> guarded(
                                request,
                                act,
                                found.map(Project::path).orElse(id),
                                caller -> served(found.orElse(null), new Visit(request, caller), need, handler))));
    }

    private static Mono<ServerResponse> served(@Nullable Project project, Visit visit, Need need, WithProject handler) {
        Rights rights = project == null ? NOTHING : Access.rights(project, visit.caller());
        if (project != null && rights.visible() && allowed(need, rights, visit.caller())) {
            return handler.handle(visit, project);
        }
        if (!known(visit.caller())) {
            return unauthorized();
        }
        return rights.visible() ? forbidden() : message(404, "404 Project Not Found");
    }

    private static boolean allowed(Need need, Rights rights, Caller caller) {
        return switch (need) {
            case SEE -> true;
            case MANAGE -> rights.manage();
            case ADMINISTER -> caller instanceof Caller.Administrator;
        };
    }

    private static boolean known(Caller caller) {
        return switch (caller) {
            case Caller.Anonymous anonymous -> false;
            case Caller.Unknown unknown -> false;
            case Caller.Administrator administrator -> true;
            case Caller.User user -> true;
            case Caller.Deploy deploy -> true;
        };
    }

    private Mono<ServerResponse> guarded(
            ServerRequest request, String act, String project, Function<Caller, Mono<ServerResponse>> handler) {
        return parts.projects()
                .identify(PresentedReader.read(name -> request.headers().firstHeader(name)))
                .flatMap(caller -> handler.apply(caller)
                        .onErrorResume(RefusedException.class, AdminGate::explained)
                        .flatMap(response -> noted(request, response, event(request, caller, act, project, response))));
    }

    private static Mono<ServerResponse> safely(ServerRequest request, Mono<ServerResponse> work) {
        return work.onErrorResume(DataBufferLimitException.class, e -> message(413, "413 Payload Too Large"))
                .onErrorResume(UnavailableException.class, e -> {
                    log.warn("{} {}: {}", request.method(), request.path(), e.getMessage());
                    return message(503, "503 Service Unavailable - the gateway's log says why");
                });
    }

    /** What changed something is noted before anybody is told. */
    private Mono<ServerResponse> noted(ServerRequest request, ServerResponse response, Audit.Event event) {
        if (response.statusCode().isError()) {
            parts.audit().refused(event);
            return Mono.just(response);
        }
        return Set.of(HttpMethod.GET, HttpMethod.HEAD).contains(request.method())
                ? Mono.just(response)
                : parts.audit().act(event).thenReturn(response);
    }

    /** Whom or what it was about besides the project stands in the path. */
    private Audit.Event event(
            ServerRequest request, Caller caller, String act, String project, ServerResponse response) {
        StringBuilder whole = new StringBuilder(act);
        request.pathVariables().forEach((name, value) -> {
            if (!name.equals("id")) {
                whole.append(' ').append(value);
            }
        });
        String address = forwarded.client(
                request.remoteAddress().orElse(null), name -> request.headers().header(name));
        return new Audit.Event(
                caller.label(),
                shown(whole.toString()),
                shown(project),
                address,
                Integer.toString(response.statusCode().value()));
    }

    private static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() > LONGEST ? line.substring(0, LONGEST) : line;
    }

    private static Mono<ServerResponse> explained(RefusedException refused) {
        String text = String.valueOf(refused.getMessage());
        return switch (refused.reason()) {
            case MISSING -> message(404, "404 Not Found - " + text);
            case TAKEN -> json(409, Map.of("message", Map.of(refused.field(), List.of(text))));
            case INVALID -> json(400, Map.of("message", Map.of(refused.field(), List.of(text))));
        };
    }

    private static Mono<ServerResponse> unauthorized() {
        return ServerResponse.status(401)
                .header("WWW-Authenticate", Refusals.CHALLENGE)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(JSON.writeValueAsString(Map.of("message", "401 Unauthorized")));
    }

    private static Mono<ServerResponse> forbidden() {
        return message(403, "403 Forbidden - your role or token does not allow this");
    }

    static Mono<ServerResponse> message(int status, String text) {
        return json(status, Map.of("message", text));
    }

    static Mono<ServerResponse> json(int status, Object document) {
        return ServerResponse.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .header("Cache-Control", "no-store")
                .bodyValue(JSON.writeValueAsString(document));
    }

    static Mono<ServerResponse> done() {
        return ServerResponse.noContent().build();
    }

    static Mono<ServerResponse> done(boolean found) {
        return found ? done() : message(404, "404 Not Found");
    }
}
