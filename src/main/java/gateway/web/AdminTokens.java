package gateway.web;

import gateway.project.Administration;
import gateway.project.Issued;
import gateway.project.Project;
import gateway.project.Scope;
import gateway.project.TokenKind;
import gateway.project.TokenOwner;
import gateway.project.TokenRequest;
import gateway.project.TokenRow;
import gateway.web.AdminGate.Visit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Tokens of all kinds, as JSON. The value of one is in the answer that makes it, and nowhere else. */
final class AdminTokens {
    private static final List<String> OF_DEPLOYMENT = List.of("username", "scopes", "expires_at");
    private static final List<String> OF_USERS = List.of("name", "scopes", "expires_at");
    private static final List<String> OF_JOBS = List.of("user", "name", "expires_at");
    /** A job that nobody finishes is over by then. */
    private static final Duration LONGEST_JOB = Duration.ofDays(1);

    private final Administration administration;
    private final Clock clock;

    AdminTokens(Administration administration, Clock clock) {
        this.administration = administration;
        this.clock = clock;
    }

    Mono<ServerResponse> deploy(Visit visit, Project project) {
        return list(TokenKind.DEPLOY, new TokenOwner.OfProject(project.id()));
    }

    Mono<ServerResponse> createDeploy(Visit visit, Project project) {
        return Fields.of(visit.request(), OF_DEPLOYMENT)
                .flatMap(fields -> issue(new TokenRequest(
                        TokenKind.DEPLOY,
                        fields.required("username"),
                        null,
                        project.id(),
                        null,
                        fields.scopes(),
                        fields.time("expires_at"),
                        false)));
    }

    Mono<ServerResponse> revokeDeploy(Visit visit, Project project) {
        return revoke(visit, TokenKind.DEPLOY, new TokenOwner.OfProject(project.id()));
    }

    Mono<ServerResponse> createJob(Visit visit, Project project) {
        return Fields.of(visit.request(), OF_JOBS)
                .flatMap(fields -> issue(new TokenRequest(
                        TokenKind.JOB,
                        Objects.requireNonNullElse(fields.text("name"), "job"),
                        fields.required("user"),
                        project.id(),
                        null,
                        Set.of(Scope.API),
                        end(fields.time("expires_at")),
                        false)));
    }

    private Instant end(@Nullable Instant wanted) {
        return wanted == null ? clock.instant().plus(LONGEST_JOB) : wanted;
    }

    Mono<ServerResponse> finishJob(Visit visit, Project project) {
        return revoke(visit, TokenKind.JOB, new TokenOwner.OfProject(project.id()));
    }

    Mono<ServerResponse> group(Visit visit) {
        return list(TokenKind.GROUP_DEPLOY, new TokenOwner.Group(groupPath(visit)));
    }

    Mono<ServerResponse> createGroup(Visit visit) {
        return Fields.of(visit.request(), OF_DEPLOYMENT)
                .flatMap(fields -> issue(new TokenRequest(
                        TokenKind.GROUP_DEPLOY,
                        fields.required("username"),
                        null,
                        null,
                        groupPath(visit),
                        fields.scopes(),
                        fields.time("expires_at"),
                        false)));
    }

    Mono<ServerResponse> revokeGroup(Visit visit) {
        return revoke(visit, TokenKind.GROUP_DEPLOY, new TokenOwner.Group(groupPath(visit)));
    }

    private static String groupPath(Visit visit) {
        return visit.request().pathVariable("group");
    }

    Mono<ServerResponse> personal(Visit visit) {
        return list(TokenKind.PERSONAL, person(visit));
    }

    Mono<ServerResponse> createPersonal(Visit visit) {
        return Fields.of(visit.request(), OF_USERS)
                .flatMap(fields -> issue(new TokenRequest(
                        TokenKind.PERSONAL,
                        fields.required("name"),
                        person(visit).name(),
                        null,
                        null,
                        fields.scopes(),
                        fields.time("expires_at"),
                        false)));
    }

    Mono<ServerResponse> revokePersonal(Visit visit) {
        return revoke(visit, TokenKind.PERSONAL, person(visit));
    }

    private static TokenOwner.Person person(Visit visit) {
        return new TokenOwner.Person(visit.request().pathVariable("user"));
    }

    private Mono<ServerResponse> list(TokenKind kind, TokenOwner owner) {
        return administration
                .tokens(kind, owner)
                .map(this::document)
                .collectList()
                .flatMap(tokens -> AdminGate.json(200, tokens));
    }

    private Mono<ServerResponse> issue(TokenRequest request) {
        return administration.issue(request).flatMap(issued -> AdminGate.json(201, document(issued)));
    }

    private Mono<ServerResponse> revoke(Visit visit, TokenKind kind, TokenOwner owner) {
        String number = visit.request().pathVariable("token");
        return number.matches("[0-9]{1,18}")
                ? administration.revoke(kind, owner, Long.parseLong(number)).flatMap(AdminGate::done)
                : AdminGate.done(false);
    }

    private Map<String, @Nullable Object> document(Issued issued) {
        Map<String, @Nullable Object> document = document(issued.token());
        document.put("token", issued.secret().value());
        return document;
    }

    private Map<String, @Nullable Object> document(TokenRow token) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        boolean deploys = token.kind() == TokenKind.DEPLOY || token.kind() == TokenKind.GROUP_DEPLOY;
        document.put("id", token.id());
        document.put(deploys ? "username" : "name", token.name());
        if (!deploys) {
            document.put("user", token.person());
        }
        document.put(
                "scopes",
                token.scopes().stream()
                        .sorted()
                        .map(scope -> scope.name().toLowerCase(Locale.ROOT))
                        .toList());
        document.put("expires_at", text(token.expiresAt()));
        document.put("active", token.active(clock.instant()));
        document.put("last_used_at", text(token.lastUsedAt()));
        document.put("created_at", text(token.createdAt()));
        return document;
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
