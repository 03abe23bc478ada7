package gateway.web;

import gateway.cache.Body;
import gateway.cache.Refusals;
import gateway.cache.Reply;
import gateway.project.Caller;
import gateway.project.Presented;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How conan logs in: it shows its user's token by Basic, and sends what it is answered as Bearer from then on. That is the
 * very token, so that nothing new is to be kept, and a token that is revoked ends at once.
 */
final class ConanLogin {

    private static final Set<String> AUTHENTICATE = Set.of("/v1/users/authenticate", "/v2/users/authenticate");
    private static final Set<String> CHECK = Set.of("/v1/users/check_credentials", "/v2/users/check_credentials");

    private ConanLogin() {}

    /**
     * The answer to a caller whom the gates let through.
     *
     * @param presented null when nothing was, which a public project lets through
     * @return null when it is another question
     */
    static @Nullable Reply answer(ProjectTarget target, Caller caller, @Nullable Presented presented) {
        String path = target.below().path();
        if (!target.format().equals("conan") || !(AUTHENTICATE.contains(path) || CHECK.contains(path))) {
            return null;
        }
        if (presented == null) {
            return Refusals.unauthorized();
        }
        return text(
                AUTHENTICATE.contains(path)
                        ? presented.secret().value()
                        : switch (caller) {
                            case Caller.User user -> user.name();
                            case Caller.Deploy deploy -> deploy.username();
                            case Caller.Administrator administrator -> "administrator";
                            case Caller.Anonymous anonymous -> "";
                            case Caller.Unknown unknown -> "";
                        });
    }

    private static Reply text(String text) {
        return Reply.empty(200)
                .with(Body.Bytes.of(text.getBytes(StandardCharsets.UTF_8)))
                .with("Content-Type", "text/plain; charset=utf-8")
                .with("Cache-Control", "no-store");
    }
}
