package gateway.storage;

import java.io.IOException;

/** A body has more bytes than the store is to keep of one. */
public final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param limit in bytes */
    public TooLargeException(long limit) {
        super("larger than storage.max_artifact_size, " + limit + " bytes");
    }
}
