package gateway.storage;

/** A body was longer or shorter than it may be; the message is fit for the client. */
public final class LengthException extends Exception {
    private static final long serialVersionUID = 1;

    LengthException(String message) {
        super(message);
    }
}
