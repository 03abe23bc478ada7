package gateway.catalog;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A catalog that cannot be opened, with a sentence that tells people why. */
public final class CatalogException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why a catalog cannot be opened. */
    public enum Reason {
        IN_USE,
        MISSING,
        BROKEN,
        UNUSABLE
    }

    private final Reason reason;

    private CatalogException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    static CatalogException inUse(Path database, Throwable cause) {
        return new CatalogException(Reason.IN_USE, "The catalog " + database + " is in use by another gateway", cause);
    }

    static CatalogException missing(Path database) {
        return new CatalogException(Reason.MISSING, "There is no catalog at " + database, null);
    }

    static CatalogException broken(Path database, Throwable cause) {
        return new CatalogException(Reason.BROKEN, "The catalog " + database + " is broken", cause);
    }

    static CatalogException unusable(Path database, Throwable cause) {
        var message = "The catalog " + database + " cannot be opened: " + cause.getMessage();
        return new CatalogException(Reason.UNUSABLE, message, cause);
    }

    public Reason reason() {
        return reason;
    }
}
