package gateway.web;

import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import gateway.cache.Body;
import gateway.cache.Refusals;
import gateway.cache.Reply;
import gateway.project.Audit;
import gateway.project.Caller;
import gateway.project.Project;
import gateway.project.Projects;
import gateway.project.RegistryPackage;
import gateway.registry.PackageDocuments;
import gateway.web.ProjectGates.Verdict;
import gateway.web.ProjectGates.Want;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Lists, shows and deletes what is in the package registries of projects. */
final class PackagesApi {

    private static final JsonMapper JSON = JsonMapper.shared();
    /** Projects of a group of which packages are listed at once. */
    private static final int MOST_PROJECTS = 10_000;

    private final Projects projects;
    private final ProjectParts.Lists lists;
    private final Audit audit;
    private final ProjectGates gates;
    private final URI baseUrl;
    private final ForwardedBase forwarded;

    PackagesApi(ProjectParts parts, ProjectParts.Lists lists, URI baseUrl, ForwardedBase forwarded) {
        this.projects = parts.projects();
        this.lists = lists;
        this.audit = parts.audit();
        this.gates = new ProjectGates(parts.features());
        this.baseUrl = baseUrl;
        this.forwarded = forwarded;
    }

    /** A refusal on its way out. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Reply reply;

        Refused(Reply reply) {
            super("refused", null, false, false);
            this.reply = reply;
        }
    }

    RouterFunction<ServerResponse> routes() {
        String root = "/api/v4/projects/{id}/packages";
        return route().GET(root, this::list)
                .GET("/api/v4/groups/{id}/packages", this::listGroup)
                .GET(root + "/{package}", this::show)
                .GET(root + "/{package}/package_files", this::files)
                .DELETE(root + "/{package}", this::delete)
                .DELETE(root + "/{package}/package_files/{file}", this::deleteFile)
                .onError(Refused.class, (error, request) -> refuse(error.reply))
                .onError(
                        IllegalArgumentException.class,
                        (error, request) ->
                                refuse(Refusals.json(400, Map.of("error", String.valueOf(error.getMessage())))))
                .build();
    }

    private Mono<ServerResponse> list(ServerRequest request) {
        return project(request, Want.LIST).flatMap(project -> {
            Pages pages = Pages.of(request);
            return listed(request, List.of(project), false, pages);
        });
    }

    private Mono<ServerResponse> listGroup(ServerRequest request) {
        String group = request.pathVariable("id");
        boolean direct =
                request.queryParam("exclude_subgroups").filter("true"::equals).isPresent();
        return caller(request)
                .flatMap(caller -> lists.below()
                        .apply(group)
                        .filter(project -> !direct || project.path().indexOf('/', group.length() + 1) < 0)
                        .filter(project -> gates.judge(project, caller, Want.LIST, "") instanceof Verdict.Open)
                        .take(MOST_PROJECTS)
                        .sort(Comparator.comparing(project -> project.path().toLowerCase(Locale.ROOT)))
                        .collectList()
                        .flatMap(projects -> projects.isEmpty()
                                ? Mono.error(new Refused(noGroup(caller)))
                                : listed(request, projects, true, Pages.of(request))));
    }

    private static Reply noGroup(Caller caller) {
        return switch (caller) {
            case Caller.Anonymous anonymous -> Refusals.unauthorized();
            case Caller.Unknown unknown -> Refusals.unauthorized();
            case Caller.Administrator administrator -> Refusals.of(404, "404 Group Not Found");
            case Caller.User user -> Refusals.of(404, "404 Group Not Found");
            case Caller.Deploy deploy -> Refusals.of(404, "404 Group Not Found");
        };
    }

    private Mono<ServerResponse> listed(ServerRequest request, List<Project> projects, boolean grouped, Pages pages) {
        String base = base(request);
        Map<Long, Project> owners = projects.stream().collect(Collectors.toMap(Project::id, project -> project));
        return lists.packages()
                .list(PackageList.query(request, projects, grouped, pages))
                .flatMap(page -> {
                    List<Map<String, Object>> rows = page.packages().stream()
                            .map(item -> row(item, owners, grouped, base))
                            .toList();
                    return paged(request, pages, page.total(), rows);
                });
    }

    private static Map<String, Object> row(
            RegistryPackage item, Map<Long, Project> owners, boolean grouped, String base) {
        Project owner = Objects.requireNonNull(owners.get(item.project()));
        return grouped ? PackageList.grouped(item, owner, base) : PackageList.row(item, owner, base);
    }

    private Mono<ServerResponse> show(ServerRequest request) {
        return project(request, Want.LIST)
                .flatMap(project -> item(request, project)
                        .flatMap(item -> lists.packages()
                                .versions(item)
                                .collectList()
                                .flatMap(versions -> json(PackageList.shown(item, versions, project, base(request))))));
    }

    private Mono<ServerResponse> files(ServerRequest request) {
        return project(request, Want.LIST)
                .flatMap(project -> item(request, project)
                        .flatMap(item -> lists.packages().files(item).collectList())
                        .flatMap(files -> {
                            Pages pages = Pages.of(request);
                            List<Map<String, Object>> rows = pages.of(files).stream()
                                    .map(PackageDocuments::file)
                                    .toList();
                            return paged(request, pages, files.size(), rows);
                        }));
    }

    /** First the rows, then the bytes: what is listed is always there. */
    private Mono<ServerResponse> delete(ServerRequest request) {
        return project(request, Want.DELETE)
                .flatMap(project -> item(request, project)
                        .flatMap(item -> lists.packages()
                                .delete(item.id())
                                .flatMapIterable(files -> files)
                                .concatMap(lists.shelf()::delete)
                                .then(noted(request, "delete package " + item.id(), project))
                                .then(ServerResponse.noContent().build())));
    }

    private Mono<ServerResponse> deleteFile(ServerRequest request) {
        long number = number(request, "file");
        return project(request, Want.DELETE)
                .flatMap(project -> item(request, project)
                        .flatMap(item -> lists.packages()
                                .files(item)
                                .filter(file -> file.id() == number)
                                .next())
                        .switchIfEmpty(Mono.error(() -> new Refused(Refusals.notFound())))
                        .flatMap(file -> lists.shelf()
                                .delete(file)
                                .then(noted(request, "delete package file " + file.id(), project))
                                .then(ServerResponse.noContent().build())));
    }

    private Mono<Void> noted(ServerRequest request, String act, Project project) {
        String address = forwarded.client(
                request.remoteAddress().orElse(null), name -> request.headers().header(name));
        return caller(request)
                .flatMap(caller -> audit.act(new Audit.Event(caller.label(), act, project.path(), address, "done")));
    }

    private Mono<RegistryPackage> item(ServerRequest request, Project project) {
        return lists.packages()
                .show(project.id(), number(request, "package"))
                .switchIfEmpty(Mono.error(() -> new Refused(Refusals.of(404, "404 Package Not Found"))));
    }

    /** -1, which is nobody's, for what is no number. */
    private static long number(ServerRequest request, String variable) {
        String text = request.pathVariable(variable);
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
    }

    private Mono<Project> project(ServerRequest request, Want want) {
        return caller(request)
                .flatMap(caller -> projects.find(request.pathVariable("id"))
                        .map(Optional::of)
                        .defaultIfEmpty(Optional.empty())
                        .flatMap(found -> switch (gates.judge(found.orElse(null), caller, want, "")) {
                            case Verdict.Open open -> Mono.just(open.project());
                            case Verdict.Shut shut -> Mono.<Project>error(new Refused(shut.reply()));
                        }));
    }

    private Mono<Caller> caller(ServerRequest request) {
        return projects.identify(PresentedReader.read(request.headers()::firstHeader));
    }

    private String base(ServerRequest request) {
        HttpHeaders told = new DefaultHttpHeaders();
        for (String name : ForwardedBase.TOLD) {
            request.headers().header(name).forEach(value -> told.add(name, value));
        }
        URI base = forwarded.base(baseUrl, request.remoteAddress().orElse(null), told);
        return (base == null ? baseUrl : base).toString();
    }

    private Mono<ServerResponse> paged(ServerRequest request, Pages pages, long total, List<Map<String, Object>> rows) {
        String url = base(request) + request.uri().getRawPath();
        Map<String, String> headers =
                pages.headers(total, url, request.queryParams().toSingleValueMap());
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .headers(it -> headers.forEach(it::set))
                .bodyValue(JSON.writeValueAsBytes(rows));
    }

    private static Mono<ServerResponse> json(Map<String, Object> document) {
        return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(JSON.writeValueAsBytes(document));
    }

    private static Mono<ServerResponse> refuse(Reply reply) {
        byte[] body = reply.body() instanceof Body.Bytes bytes ? bytes.bytes() : new byte[0];
        return ServerResponse.status(reply.status())
                .headers(it -> reply.headers().forEach(it::set))
                .bodyValue(body);
    }
}
