package gateway.project;

/** Who may see a project without being its member. */
public enum Visibility {
    /** Everybody. */
    PUBLIC,
    /** Everybody with a valid token of a user. */
    INTERNAL,
    /** Members alone. */
    PRIVATE
}
