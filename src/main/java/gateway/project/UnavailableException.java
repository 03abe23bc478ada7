package gateway.project;

import org.jspecify.annotations.Nullable;

/** The projects database cannot be asked. The message is a sentence for the operator, and says nothing about any project. */
public final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
