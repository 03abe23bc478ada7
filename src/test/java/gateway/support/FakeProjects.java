package gateway.support;

import gateway.project.Caller;
import gateway.project.Presented;
import gateway.project.Project;
import gateway.project.Projects;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Projects and tokens in memory, as a test names them. A token opens whatever form it comes in. */
public final class FakeProjects implements Projects {

    private final Map<String, Project> projects = new ConcurrentHashMap<>();
    private final Map<String, Caller> tokens = new ConcurrentHashMap<>();
    private volatile @Nullable RuntimeException broken;

    /** Adds the project, or puts it in the place of what it was. */
    public FakeProjects add(Project project) {
        projects.put(Long.toString(project.id()), project);
        projects.put(project.path().toLowerCase(Locale.ROOT), project);
        return this;
    }

    public FakeProjects token(String token, Caller caller) {
        tokens.put(token, caller);
        return this;
    }

    /** Fails from now on, as a database does that cannot be read. */
    public void fail() {
        broken = new IllegalStateException("the database of projects is broken");
    }

    @Override
    public Mono<Project> find(String idOrPath) {
        RuntimeException error = broken;
        return error != null ? Mono.error(error) : Mono.justOrEmpty(projects.get(idOrPath.toLowerCase(Locale.ROOT)));
    }

    /** All projects of a group and the groups in it. */
    public Flux<Project> below(String group) {
        return Flux.fromIterable(projects.values())
                .distinct(Project::id)
                .filter(project -> project.path().startsWith(group + "/"));
    }

    @Override
    public Mono<Caller> identify(@Nullable Presented presented) {
        return Mono.just(
                presented == null
                        ? new Caller.Anonymous()
                        : tokens.getOrDefault(presented.secret().value(), new Caller.Unknown()));
    }

    @Override
    public long generation() {
        return 0;
    }
}
