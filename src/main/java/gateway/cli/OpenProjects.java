package gateway.cli;

import gateway.Background;
import gateway.cache.DependencyProxy;
import gateway.cache.Parts;
import gateway.cache.ProjectArchives;
import gateway.cache.ProjectModules;
import gateway.cache.ProjectTraffic;
import gateway.cache.PullThrough;
import gateway.cache.Shelf;
import gateway.project.Administration;
import gateway.project.Audit;
import gateway.project.Project;
import gateway.project.ProjectsDatabase;
import gateway.project.R2dbcAudit;
import gateway.project.R2dbcPackages;
import gateway.project.R2dbcProjects;
import gateway.project.Reconciler;
import gateway.project.RefusedException;
import gateway.project.Secrets;
import gateway.project.UnavailableException;
import gateway.registry.Registries;
import gateway.settings.Organisation;
import gateway.settings.Settings;
import gateway.settings.SettingsException;
import gateway.web.AdminParts;
import gateway.web.ProjectParts;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The projects of a gateway that runs in this process, brought to what the configuration says. */
final class OpenProjects implements AutoCloseable {
    private final ProjectsDatabase database;
    private final R2dbcProjects projects;
    private final R2dbcAudit audit;
    private final R2dbcPackages packages;

    private OpenProjects(ProjectsDatabase database, R2dbcProjects projects, R2dbcAudit audit, R2dbcPackages packages) {
        this.database = database;
        this.projects = projects;
        this.audit = audit;
        this.packages = packages;
    }

    /**
     * Opens the database. One that is broken keeps nothing but the projects from working; one with credentials that no key opens, or that
     * does not fit the configuration, fails with a {@link SettingsException}.
     */
    static OpenProjects start(Settings settings, Clock clock) {
        Organisation organisation = settings.organisation();
        ProjectsDatabase database =
                now(ProjectsDatabase.open(settings.database().projects()));
        R2dbcProjects projects =
                now(R2dbcProjects.open(database, new Secrets(organisation.keys()), organisation.admin(), clock));
        OpenProjects open = new OpenProjects(
                database, projects, new R2dbcAudit(database, clock), new R2dbcPackages(database.connections(), clock));
        if (!database.broken()) {
            try {
                new Administration(projects).rotate().block();
                open.reconcile(organisation);
            } catch (UnavailableException e) {
                open.close();
                throw new SettingsException(String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                open.close();
                throw e;
            }
        }
        return open;
    }

    /** Brings the database to what the configuration says; fails with a {@link SettingsException}, and then nothing was changed. */
    void reconcile(Organisation organisation) {
        try {
            new Reconciler(projects)
                    .run(organisation)
                    .then(audit.act(new Audit.Event("configuration", "reconcile", "", "", "done")))
                    .block();
        } catch (RefusedException e) {
            throw new SettingsException("projects: " + e.field() + " " + e.getMessage());
        }
    }

    AdminParts parts() {
        return new AdminParts(projects, new Administration(projects), audit, database.check());
    }

    /**
     * The traffic of projects.
     *
     * @param background for work that no request waits for
     */
    ProjectParts traffic(
            Parts parts,
            PullThrough pullThrough,
            Organisation organisation,
            Background background,
            MeterRegistry meters) {
        Organisation.Published published = organisation.published();
        Shelf shelf =
                new Shelf(parts, pullThrough, packages, new Shelf.Terms(published.maxSize(), published.duplicates()));
        Map<String, ProjectTraffic> registries =
                new HashMap<>(Registries.on(shelf, new ProjectArchives(parts.upstreams())));
        registries.put("go", new ProjectModules(pullThrough));
        return new ProjectParts(
                projects,
                organisation.features(),
                registries,
                new DependencyProxy(parts, pullThrough, packages, background, meters),
                new ProjectParts.Lists(this::below, packages, shelf),
                audit);
    }

    private Flux<Project> below(String group) {
        String prefix = group + "/";
        return new Administration(projects)
                .list()
                .filter(project -> project.path().regionMatches(true, 0, prefix, 0, prefix.length()));
    }

    @Override
    public void close() {
        Mono.whenDelayError(projects.close(), audit.close(), packages.close())
                .onErrorComplete()
                .then(database.close())
                .block();
    }

    private static <T> T now(Mono<T> mono) {
        return Objects.requireNonNull(mono.block());
    }
}
