package gateway.project;

/** An act of administration that is not possible as it was asked for. The message tells people what to change. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What kind of mistake it is. */
    public enum Reason {
        INVALID,
        MISSING,
        TAKEN
    }

    private final Reason reason;
    private final String field;

    private RefusedException(Reason reason, String field, String message) {
        super(message);
        this.reason = reason;
        this.field = field;
    }

    /**
     * A value that cannot be used.
     *
     * @param field what the value is called where it was given
     */
    public static RefusedException invalid(String field, String message) {
        return new RefusedException(Reason.INVALID, field, message);
    }

    static RefusedException missing(String what) {
        return new RefusedException(Reason.MISSING, "", what);
    }

    static RefusedException taken(String field, String message) {
        return new RefusedException(Reason.TAKEN, field, message);
    }

    public Reason reason() {
        return reason;
    }

    /** Empty when it is about no single value. */
    public String field() {
        return field;
    }
}
