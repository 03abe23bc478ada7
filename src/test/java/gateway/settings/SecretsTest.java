package gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing secret is ever printed. */
class SecretsTest {

    @TempDir
    private Path folder;

    @Test
    void settingsPrintNoSecret() {
        String text = """
                network: { proxy: "http://hidden:hidden@proxy:3128" }
                upstream:
                  npm: "http://hidden:hidden@x"
                  maven:
                    - { url: "http://a", username: hidden, password: hidden }
                    - { url: "http://b", token: hidden }
                    - { url: "http://c", headers: { X-Api-Key: hidden } }
                """;
        assertThat(ConfigurationFile.of(folder, text).settings().toString())
                .contains("***", "X-Api-Key")
                .doesNotContain("hidden");
    }

    @Test
    void aRunFilePrintsNoToken() {
        RunFile run = RunFile.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), false);
        assertThat(run.toString()).doesNotContain(run.token().value());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            upstream: { npm: "u:hidden@host" }                          | upstream.npm: "***@host" is not a URL; write for example http://registry.internal:4873/path
            upstream: { npm: "http://u:hid/den@host" }                  | upstream.npm: "http://***@host" is not a URL; write for example http://registry.internal:4873/path
            upstream: { npm: "http://u:hidden@host:99999" }             | upstream.npm: "http://***@host:99999" has a port that does not exist
            upstream: { npm: "http://host/?key=hidden" }                | upstream.npm: "http://host/?***" must end before ? and #
            upstream: { npm: "bad ${SECRET}" }                          | upstream.npm: "bad ${SECRET}" is not a URL; write for example http://registry.internal:4873/path
            network: { proxy: "http://u:hidden@host" }                  | network.proxy: "http://***@host" must be a host and a port; write for example http://proxy.internal:3128
            upstream: { npm: { url: "http://x", password: hidden } }    | upstream.npm.username: is missing; give both or neither
            upstream: { npm: { url: "http://x", username: hidden } }    | upstream.npm.password: is missing; give both or neither
            upstream: { npm: { url: "http://x", username: "hid:den", password: p } } | upstream.npm.username: must not contain a colon
            upstream: { npm: { url: "http://x", username: u, password: "${EMPTY}" } } | upstream.npm.password: is empty
            upstream: { npm: { url: "http://x", username: u, password: [hidden] } } | upstream.npm.password: must be a single value
            upstream: { npm: { url: "http://u:hidden@x", username: u, password: hidden } } | upstream.npm.url: holds a user, and so do username and password; keep one
            upstream: { npm: { url: "http://x", username: u, password: hidden, token: hidden } } | upstream.npm.token: cannot be combined with a user and password
            upstream: { npm: { url: "http://x", token: hidden, headers: { authorization: hidden } } } | upstream.npm.headers.Authorization: cannot be combined with a token or a password
            upstream: { npm: { url: "http://x", token: "${LINES}" } }   | upstream.npm.token: holds a control character, perhaps a line break at its end
            upstream: { npm: { url: "http://x", headers: { A: "${LINES}" } } } | upstream.npm.headers.A: holds a control character, perhaps a line break at its end
            upstream: { npm: { url: "http://x", headers: { "A B": hidden } } } | upstream.npm.headers.A B: is not a header name
            upstream: { npm: { url: "http://x", headers: { A: hidden, a: hidden } } } | upstream.npm.headers.a: is given twice
            upstream: { npm: { url: "http://x", headers: { Host: hidden } } } | upstream.npm.headers.Host: is set by the gateway itself
            upstream: { npm: { url: "http://x", token: *hidden } }      | gateway.yaml: is not valid YAML: line 1, column 44: put values that begin with *, & or ! in quotes
            upstream: { npm: { url: "http://x", token: !hidden!x y } }  | gateway.yaml: is not valid YAML: line 1, column 44: put values that begin with *, & or ! in quotes
            {"upstream": { "npm": { "token": hidden } } }               | gateway.yaml: is not valid JSON: line 1, column 34
            """)
    void complaintsShowNoSecret(String text, String complaint) {
        Map<String, String> environment = Map.of("SECRET", "hidden", "EMPTY", "", "LINES", "hidden\n");
        String said = ConfigurationFile.of(folder, text, environment).complaint();
        assertThat(said).doesNotContain("hidden").isEqualTo(complaint);
    }
}
