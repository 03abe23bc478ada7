package gateway.settings;

/** A text that is no valid value. The message continues a sentence that begins with the value. */
final class Rejected extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String reason;

    Rejected(String reason) {
        super(reason);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
