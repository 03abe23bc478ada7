package gateway.web;

import gateway.cache.ProjectTraffic;
import gateway.cache.Shelf;
import gateway.project.Audit;
import gateway.project.Project;
import gateway.project.Projects;
import gateway.project.R2dbcPackages;
import gateway.settings.Features;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * What the server serves of projects.
 *
 * @param registries their package registries by format, Go among them
 * @param proxy their dependency proxies, of whatever format; null for none
 * @param lists what lists the packages; null for none
 * @param audit is told of what is refused and deleted
 */
public record ProjectParts(
        Projects projects,
        Features features,
        Map<String, ProjectTraffic> registries,
        @Nullable ProjectTraffic proxy,
        @Nullable Lists lists,
        Audit audit) {

    public ProjectParts {
        registries = Map.copyOf(registries);
    }

    /**
     * What lists packages and deletes them.
     *
     * @param below all projects of a group and the groups in it, by its path
     */
    public record Lists(Function<String, Flux<Project>> below, R2dbcPackages packages, Shelf shelf) {}
}
