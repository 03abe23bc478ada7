package gateway.settings;

/** A user and a password. The user is not printed either: with some registries it is the token. */
public record Credentials(String username, Secret password) {

    @Override
    public String toString() {
        return "***";
    }
}
