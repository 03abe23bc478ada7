package gateway.project;

/** Whose a token is, and what it opens. */
public enum TokenKind {
    /** A user's: opens what the user's roles open. */
    PERSONAL,
    /** Of one project. */
    DEPLOY,
    /** Of all projects below a group, which is the beginning of their paths. */
    GROUP_DEPLOY,
    /** A user's, for as long as a job runs. */
    JOB
}
