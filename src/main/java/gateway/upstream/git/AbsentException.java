package gateway.upstream.git;

/** There is no such module or version, with the reason for people. */
final class AbsentException extends Exception {
    private static final long serialVersionUID = 1;

    AbsentException(String reason) {
        super(reason);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
