package gateway.cli;

/** A command that could not do its work, with one line for the operator and a status for the shell. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    CommandException(String message, int status, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    CommandException(String message, int status) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
