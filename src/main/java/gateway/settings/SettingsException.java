package gateway.settings;

/** Settings that cannot be used. The message is one line that names the key, variable, flag or file, and no secret. */
public final class SettingsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public SettingsException(String message) {
        super(message);
    }
}
