package gateway.database;

/** A row says something else than was written: the file is damaged in a way that H2 does not notice. */
public final class DamagedRowException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DamagedRowException(String message, Throwable cause) {
        super(message, cause);
    }

    public DamagedRowException(String message) {
        super(message);
    }
}
