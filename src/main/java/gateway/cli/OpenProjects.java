package gateway.cli;

import gateway.project.Administration;
import gateway.project.Audit;
import gateway.project.ProjectsDatabase;
import gateway.project.R2dbcAudit;
import gateway.project.R2dbcProjects;
import gateway.project.Reconciler;
import gateway.project.RefusedException;
import gateway.project.Secrets;
import gateway.project.UnavailableException;
import gateway.settings.Organisation;
import gateway.settings.Settings;
import gateway.settings.SettingsException;
import gateway.web.AdminParts;
import java.time.Clock;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** The projects of a gateway that runs in this process, brought to what the configuration says. */
final class OpenProjects implements AutoCloseable {
    private final ProjectsDatabase database;
    private final R2dbcProjects projects;
    private final R2dbcAudit audit;

    private OpenProjects(ProjectsDatabase database, R2dbcProjects projects, R2dbcAudit audit) {
        this.database = database;
        this.projects = projects;
        this.audit = audit;
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
        OpenProjects open = new OpenProjects(database, projects, new R2dbcAudit(database, clock));
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

    @Override
    public void close() {
        Mono.whenDelayError(projects.close(), audit.close())
                .onErrorComplete()
                .then(database.close())
                .block();
    }

    private static <T> T now(Mono<T> mono) {
        return Objects.requireNonNull(mono.block());
    }
}
