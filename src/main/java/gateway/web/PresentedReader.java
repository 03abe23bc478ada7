package gateway.web;

import gateway.project.Presented;
import gateway.project.Presented.Form;
import gateway.settings.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the credential in a request's headers; of several the first in the order of {@link Form} counts. */
final class PresentedReader {

    /** The user name by which clients that know Basic only send the token of a job. */
    private static final String JOB = "gitlab-ci-token";

    private PresentedReader() {}

    /**
     * @param headers first value of a header by its name, null when it is absent
     * @return null when nothing was sent
     */
    static @Nullable Presented read(Function<String, @Nullable String> headers) {
        Presented named = named(headers);
        Presented usual = named != null ? named : authorization(headers.apply("Authorization"));
        return usual != null ? usual : nuget(headers.apply("X-NuGet-ApiKey"));
    }

    /** Clients send a key of their own also beside better credentials, and then often one that opens nothing. */
    private static @Nullable Presented nuget(@Nullable String key) {
        return key == null || key.isBlank() ? null : new Presented(Form.BEARER, null, new Secret(key.strip()));
    }

    private static @Nullable Presented named(Function<String, @Nullable String> headers) {
        for (Form form : Form.values()) {
            String name = header(form);
            String value = name == null ? null : headers.apply(name);
            if (value != null && !value.isBlank()) {
                return new Presented(form, null, new Secret(value.strip()));
            }
        }
        return null;
    }

    private static @Nullable String header(Form form) {
        return switch (form) {
            case PRIVATE_TOKEN -> "Private-Token";
            case DEPLOY_TOKEN -> "Deploy-Token";
            case JOB_TOKEN -> "Job-Token";
            case BEARER, BASIC, MALFORMED -> null;
        };
    }

    private static @Nullable Presented authorization(@Nullable String header) {
        if (header == null || header.isBlank()) {
            return null;
        }
        String value = header.strip();
        int space = value.indexOf(' ');
        if (space < 0) {
            // Cargo sends its token bare.
            return new Presented(Form.BEARER, null, new Secret(value));
        }
        String rest = value.substring(space + 1).strip();
        return switch (value.substring(0, space).toLowerCase(Locale.ROOT)) {
            case "bearer" -> new Presented(Form.BEARER, null, new Secret(rest));
            case "basic" -> basic(rest);
            default -> malformed();
        };
    }

    private static Presented basic(String encoded) {
        String pair;
        try {
            pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return malformed();
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            return malformed();
        }
        String user = pair.substring(0, colon);
        Secret password = new Secret(pair.substring(colon + 1));
        return user.equals(JOB)
                ? new Presented(Form.JOB_TOKEN, null, password)
                : new Presented(Form.BASIC, user, password);
    }

    private static Presented malformed() {
        return new Presented(Form.MALFORMED, null, new Secret(""));
    }
}
