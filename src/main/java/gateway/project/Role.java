package gateway.project;

/** What a member may do; each role may what those before it may. */
public enum Role {
    GUEST,
    REPORTER,
    DEVELOPER,
    MAINTAINER,
    OWNER;

    public boolean atLeast(Role other) {
        return compareTo(other) >= 0;
    }
}
