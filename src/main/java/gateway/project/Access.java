package gateway.project;

/** Who may do what: a table, in code. */
public final class Access {

    private Access() {}

    /** What the caller may do in the project. */
    public static Rights rights(Project project, Caller caller) {
        return switch (caller) {
            case Caller.Administrator administrator -> new Rights(true, true, true, true, true, true, true, true, true);
            case Caller.Anonymous anonymous -> stranger(project);
            case Caller.Unknown unknown -> NOTHING;
            case Caller.User user -> of(project, user);
            case Caller.Deploy deploy -> of(project, deploy);
        };
    }

    private static final Rights NOTHING = new Rights(false, false, false, false, false, false, false, false, false);

    /** Reads what is public, but pulls nothing through. */
    private static Rights stranger(Project project) {
        boolean open = project.visibility() == Visibility.PUBLIC;
        return new Rights(false, open, open, false, false, false, false, false, open);
    }

    private static Rights of(Project project, Caller.User user) {
        Role role = user.roles().get(project.id());
        boolean open = project.visibility() != Visibility.PRIVATE;
        boolean reads = open || (role != null && role.atLeast(Role.REPORTER));
        boolean developer = user.writes() && role != null && role.atLeast(Role.DEVELOPER);
        boolean maintainer = user.writes() && role != null && role.atLeast(Role.MAINTAINER);
        return new Rights(
                true, open || role != null, reads, reads, developer, maintainer, maintainer, maintainer, reads);
    }

    private static Rights of(Project project, Caller.Deploy deploy) {
        boolean opens = switch (deploy.opens()) {
            case Caller.Opens.One one -> one.project() == project.id();
            case Caller.Opens.Group group ->
                project.path()
                        .regionMatches(
                                true, 0, group.path() + "/", 0, group.path().length() + 1);
        };
        boolean writes = opens && deploy.scopes().contains(Scope.WRITE_PACKAGE_REGISTRY);
        boolean reads = writes || (opens && deploy.scopes().contains(Scope.READ_PACKAGE_REGISTRY));
        boolean open = project.visibility() != Visibility.PRIVATE;
        // A deploy token is for package managers: lists and deletions are for users.
        return new Rights(true, opens || open, reads, reads, writes, writes, false, false, false);
    }
}
