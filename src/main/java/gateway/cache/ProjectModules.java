package gateway.cache;

import gateway.format.Format;
import gateway.format.Formats;
import gateway.project.Project;
import gateway.settings.GitModule;
import gateway.settings.Rules;
import gateway.settings.Uploads;
import gateway.settings.Upstream;
import java.net.URI;
import java.util.List;
import reactor.core.publisher.Mono;

/** Go modules of projects, straight from their git repositories: the pipeline with the repository as its upstream. */
public final class ProjectModules implements ProjectTraffic {

    private static final String GO = "go";

    private final PullThrough pullThrough;
    private final Format format = Formats.named(GO).orElseThrow();

    public ProjectModules(PullThrough pullThrough) {
        this.pullThrough = pullThrough;
    }

    @Override
    public Mono<Reply> serve(ProjectRequest request) {
        Project.Git git = request.project().git();
        if (git == null) {
            return Mono.just(Refusals.notFound());
        }
        Source source = source(request.project().id(), git);
        Mount mount = new Mount(source.repository(), format, request.base(), List.of(source), Uploads.NONE);
        return pullThrough.serve(new Request(mount, request.ask(), request.conditions(), request.body()));
    }

    private Source source(long project, Project.Git git) {
        Upstream upstream = upstream(project, git);
        return new Source(
                "/api/v4/projects/" + project + "/packages/" + GO,
                format,
                upstream,
                upstream.id(),
                "projects/" + project + "/" + GO,
                List.of());
    }

    /** A project's git repository, of which there is one copy here. */
    static Upstream upstream(long project, Project.Git git) {
        return Upstream.git(
                "project-" + project + "-" + GO,
                URI.create(git.url()),
                new GitModule(git.module(), true),
                git.credentials(),
                Rules.NONE);
    }
}
