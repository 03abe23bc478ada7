package gateway.web;

import gateway.cache.ProjectTraffic;
import gateway.project.Projects;
import gateway.settings.Features;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the server serves of projects.
 *
 * @param registries their package registries by format, Go among them
 * @param proxy their dependency proxies, of whatever format; null for none
 */
public record ProjectParts(
        Projects projects,
        Features features,
        Map<String, ProjectTraffic> registries,
        @Nullable ProjectTraffic proxy) {

    public ProjectParts {
        registries = Map.copyOf(registries);
    }
}
