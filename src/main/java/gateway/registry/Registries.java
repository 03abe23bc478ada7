package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.ProjectArchives;
import gateway.cache.ProjectRequest;
import gateway.cache.ProjectTraffic;
import gateway.cache.Refusals;
import gateway.cache.Reply;
import gateway.cache.Shelf;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** All formats of which a project has a package registry. */
public final class Registries {

    private static final Logger log = LoggerFactory.getLogger(Registries.class);

    private Registries() {}

    /** By the format's name. */
    public static Map<String, ProjectTraffic> on(Shelf shelf, ProjectArchives archives) {
        Map<String, ProjectTraffic> formats = new HashMap<>();
        formats.put("maven", new MavenRegistry(shelf));
        formats.put("conan", new ConanRegistry(shelf));
        formats.put("generic", new GenericRegistry(shelf));
        formats.put("composer", new ComposerRegistry(shelf, archives));
        formats.put("npm", new NpmRegistry(shelf));
        formats.put("pypi", new PyPiRegistry(shelf));
        formats.put("nuget", new NuGetRegistry(shelf));
        formats.replaceAll((name, registry) -> request -> answered(registry, request));
        return formats;
    }

    private static Mono<Reply> answered(ProjectTraffic registry, ProjectRequest request) {
        return Mono.defer(() -> registry.serve(request))
                .onErrorResume(error -> Mono.just(failed(request, Failure.of(error))))
                .map(reply -> reply.with("Cache-Control", "private, no-cache"));
    }

    private static Reply failed(ProjectRequest request, Failure failure) {
        if (failure.status() >= 500) {
            log.error(
                    "{} {} of project {}",
                    request.ask().method(),
                    request.ask().path(),
                    request.project().path(),
                    failure);
        }
        String why = String.valueOf(failure.getMessage());
        return switch (failure.status()) {
            case 400, 413 -> Refusals.bad(why);
            default -> Refusals.of(failure.status(), failure.status() + " " + why);
        };
    }
}
