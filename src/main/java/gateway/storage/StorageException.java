package gateway.storage;

import java.io.IOException;

/** The store cannot be written or read: the disk is full, read-only or broken. Clients are served without it. */
public final class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StorageException(String message, IOException cause) {
        super(message + ": " + cause.getMessage(), cause);
    }
}
