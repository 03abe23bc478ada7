package gateway.web;

import gateway.cache.Refusals;
import gateway.cache.Reply;
import gateway.project.Access;
import gateway.project.Caller;
import gateway.project.Project;
import gateway.project.Rights;
import gateway.settings.Features;
import org.jspecify.annotations.Nullable;

/**
 * The gates before everything of a project, in their order: what the instance offers, whether the caller may know of the
 * project, what the project uses, what the caller may do.
 *
 * <p>Whoever shows no valid credentials hears of no gate but that: 401, also where there is no such project.
 */
record ProjectGates(Features features) {

    /** What a request wants of a project. */
    enum Want {
        /** A file of its registry. */
        READ,
        /** To publish a file. */
        WRITE,
        /** A file through its dependency proxy. */
        PROXY,
        /** A Go module of its git repository. */
        GO,
        /** What its registry lists. */
        LIST,
        /** To delete from its registry. */
        DELETE
    }

    /** What came of it. */
    sealed interface Verdict {

        /** Let through, with what the caller may do. */
        record Open(Project project, Rights rights) implements Verdict {}

        /** @param reason one word for counters and the audit log */
        record Shut(Reply reply, String reason) implements Verdict {}
    }

    /**
     * @param project null when there is none
     * @param format such as {@code maven}
     */
    Verdict judge(@Nullable Project project, Caller caller, Want want, String format) {
        Verdict verdict = whoever(project, caller, want, format);
        return verdict instanceof Verdict.Open
                ? verdict
                : switch (caller) {
                    case Caller.Anonymous anonymous -> new Verdict.Shut(Refusals.unauthorized(), "anonymous");
                    case Caller.Unknown unknown -> new Verdict.Shut(Refusals.unauthorized(), "invalid_token");
                    case Caller.Administrator administrator -> verdict;
                    case Caller.User user -> verdict;
                    case Caller.Deploy deploy -> verdict;
                };
    }

    private Verdict whoever(@Nullable Project project, Caller caller, Want want, String format) {
        if (!features.packages()
                || (want == Want.PROXY && !features.dependencyProxy())
                || (want == Want.GO && !features.goProxy())) {
            return new Verdict.Shut(Refusals.notFound(), "switched_off");
        }
        if (project == null) {
            return new Verdict.Shut(noProject(), "no_project");
        }
        Rights rights = Access.rights(project, caller);
        if (!rights.visible()) {
            return new Verdict.Shut(noProject(), "not_visible");
        }
        if (!project.switches().packages() || (want == Want.GO && !goes(project))) {
            return new Verdict.Shut(Refusals.notFound(), "switched_off");
        }
        if (!allowed(want, rights)) {
            // Who may read is told what else is missing; who may not, to come with better credentials.
            boolean reads = want == Want.WRITE ? rights.read() : want == Want.DELETE && rights.api();
            Reply reply =
                    reads ? Refusals.forbidden("your role or token does not allow this") : Refusals.unauthorized();
            return new Verdict.Shut(reply, "no_right");
        }
        return want == Want.PROXY ? proxied(project, rights, format) : new Verdict.Open(project, rights);
    }

    private static Verdict proxied(Project project, Rights rights, String format) {
        if (!project.proxy().enabled() || !project.proxy().remotes().containsKey(format)) {
            return new Verdict.Shut(Refusals.notFound(), "not_configured");
        }
        return project.switches().entitled()
                ? new Verdict.Open(project, rights)
                : new Verdict.Shut(
                        Refusals.forbidden("the dependency proxy is not granted to this project"), "not_entitled");
    }

    private static boolean goes(Project project) {
        return project.switches().goProxy() && project.git() != null;
    }

    private static boolean allowed(Want want, Rights rights) {
        return switch (want) {
            case READ, GO -> rights.read();
            case WRITE -> rights.write();
            case PROXY -> rights.proxy();
            case LIST -> rights.api();
            case DELETE -> rights.delete();
        };
    }

    private static Reply noProject() {
        return Refusals.of(404, "404 Project Not Found");
    }
}
