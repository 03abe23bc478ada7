package gateway.project;

/** What a token may be used for. */
public enum Scope {
    /** Whatever its user may; of personal and job tokens. */
    API,
    /** Whatever its user may read; of personal tokens. */
    READ_API,
    /** Reading packages; of deploy tokens. */
    READ_PACKAGE_REGISTRY,
    /** Reading, publishing and replacing packages; of deploy tokens. */
    WRITE_PACKAGE_REGISTRY
}
