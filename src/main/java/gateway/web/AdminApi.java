package gateway.web;

import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import gateway.settings.AllowedHost;
import gateway.web.AdminGate.Need;
import gateway.web.AdminGate.Visit;
import java.time.Clock;
import java.util.List;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Administration of projects over HTTP: what is asked where, and who may. */
final class AdminApi {
    private static final String PROJECTS = "/api/v4/projects";
    private static final String PROJECT = PROJECTS + "/{id}";
    private static final String SETTINGS = PROJECT + "/dependency_proxy/packages/settings";
    private static final String DEPLOY_TOKENS = PROJECT + "/deploy_tokens";
    private static final String GROUP_TOKENS = "/api/v4/groups/{group}/deploy_tokens";
    private static final String PERSONAL_TOKENS = "/api/v4/users/{user}/personal_access_tokens";
    private static final String JOB_TOKENS = PROJECT + "/job_tokens";

    private final AdminParts parts;
    private final AdminGate gate;
    private final AdminProjects projects;
    private final AdminTokens tokens;

    /**
     * @param allowed private hosts that members may pull from
     */
    AdminApi(AdminParts parts, ForwardedBase forwarded, List<AllowedHost> allowed, Clock clock) {
        this.parts = parts;
        this.gate = new AdminGate(parts, forwarded);
        this.projects = new AdminProjects(parts.administration(), allowed);
        this.tokens = new AdminTokens(parts.administration(), clock);
    }

    RouterFunction<ServerResponse> routes() {
        return route().GET(PROJECTS, r -> gate.instance(r, "list projects", projects::list))
                .POST(PROJECTS, r -> gate.instance(r, "create project", projects::create))
                .GET(PROJECT, r -> gate.project(r, "show project", Need.SEE, projects::show))
                .PUT(PROJECT, r -> gate.project(r, "change project", Need.MANAGE, projects::change))
                .DELETE(PROJECT, r -> gate.project(r, "delete project", Need.ADMINISTER, projects::delete))
                .GET(PROJECT + "/members", r -> gate.project(r, "list members", Need.MANAGE, projects::members))
                .PUT(PROJECT + "/members/{user}", r -> gate.project(r, "set member", Need.MANAGE, projects::setMember))
                .DELETE(
                        PROJECT + "/members/{user}",
                        r -> gate.project(r, "remove member", Need.MANAGE, projects::removeMember))
                .GET(SETTINGS, r -> gate.project(r, "show proxy settings", Need.MANAGE, projects::settings))
                .PUT(SETTINGS, r -> gate.project(r, "change proxy settings", Need.MANAGE, projects::setSettings))
                .PATCH(SETTINGS, r -> gate.project(r, "change proxy settings", Need.MANAGE, projects::setSettings))
                .GET(DEPLOY_TOKENS, r -> gate.project(r, "list deploy tokens", Need.MANAGE, tokens::deploy))
                .POST(DEPLOY_TOKENS, r -> gate.project(r, "create deploy token", Need.MANAGE, tokens::createDeploy))
                .DELETE(
                        DEPLOY_TOKENS + "/{token}",
                        r -> gate.project(r, "revoke deploy token", Need.MANAGE, tokens::revokeDeploy))
                .POST(JOB_TOKENS, r -> gate.project(r, "create job token", Need.ADMINISTER, tokens::createJob))
                .DELETE(JOB_TOKENS + "/{token}", r -> gate.project(r, "finish job", Need.ADMINISTER, tokens::finishJob))
                .GET(GROUP_TOKENS, r -> gate.instance(r, "list group tokens", tokens::group))
                .POST(GROUP_TOKENS, r -> gate.instance(r, "create group token", tokens::createGroup))
                .DELETE(GROUP_TOKENS + "/{token}", r -> gate.instance(r, "revoke group token", tokens::revokeGroup))
                .GET(PERSONAL_TOKENS, r -> gate.instance(r, "list personal tokens", tokens::personal))
                .POST(PERSONAL_TOKENS, r -> gate.instance(r, "create personal token", tokens::createPersonal))
                .DELETE(
                        PERSONAL_TOKENS + "/{token}",
                        r -> gate.instance(r, "revoke personal token", tokens::revokePersonal))
                .GET("/api/v4/audit_events", r -> gate.instance(r, "read the audit log", this::audit))
                .build();
    }

    private Mono<ServerResponse> audit(Visit visit) {
        return Mono.fromSupplier(() -> AuditList.query(visit.request()))
                .flatMap(query -> parts.audit()
                        .flush()
                        .thenMany(parts.audit().list(query))
                        .map(AuditList::row)
                        .collectList())
                .flatMap(rows -> AdminGate.json(200, rows));
    }
}
