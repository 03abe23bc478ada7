package gateway.project;

/** Whose a token is. */
public sealed interface TokenOwner {

    /** A user, by name. */
    record Person(String name) implements TokenOwner {}

    /** A project, by number. */
    record OfProject(long project) implements TokenOwner {}

    /** A group, by path. */
    record Group(String path) implements TokenOwner {}

    /** What holds of the rows of its tokens, with one argument. */
    default String condition() {
        return switch (this) {
            case Person person -> "p.name = ?";
            case OfProject project -> "t.project = ?";
            case Group group -> "LOWER(t.group_path) = LOWER(?)";
        };
    }

    /** The argument. */
    default Object value() {
        return switch (this) {
            case Person person -> person.name();
            case OfProject project -> project.project();
            case Group group -> group.path();
        };
    }
}
