package gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which repositories want a token. */
class AccessTest {

    private static final String ADMIN = "admin: { token: \"the administrator's own token\" }\n";

    @TempDir
    Path folder;

    @Test
    void none_does_unless_it_says_so() {
        ConfigurationFile file = ConfigurationFile.of(folder, ADMIN + """
                repositories: [ { path: /internal, format: maven, upstream: "http://x", access: token } ]
                """);

        assertThat(file.settings().repositories().stream()
                        .filter(Repository::guarded)
                        .map(Repository::path))
                .containsExactly("/internal");
    }

    @Test
    void all_do_but_those_that_say_otherwise() {
        ConfigurationFile file = ConfigurationFile.of(folder, ADMIN + """
                access: token
                repositories:
                  - { path: /internal, format: maven, upstream: "http://x" }
                  - { path: /open, format: maven, upstream: "http://x", access: open }
                  - { path: /builds, format: gradle, access: open }
                """);

        assertThat(file.settings().repositories().stream()
                        .filter(repository -> !repository.guarded())
                        .map(Repository::path))
                .containsExactly("/open", "/builds");
    }

    @Test
    void it_is_no_use_without_tokens() {
        assertThat(ConfigurationFile.of(folder, "access: token").complaint())
                .contains("access: no token opens /")
                .contains("admin.token");
    }

    @Test
    void it_is_one_of_two_words() {
        assertThat(ConfigurationFile.of(folder, ADMIN + "access: closed").complaint())
                .contains("access")
                .contains("is open or token");
    }
}
