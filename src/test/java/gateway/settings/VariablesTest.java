package gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariablesTest {

    private static final Map<String, String> ENVIRONMENT = Map.of("A", "one", "EMPTY", "", "ODD", "${A} $1 \\");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            plain           | plain
            $A costs $5     | $A costs $5
            ${A}            | one
            a${A}b${A}      | aonebone
            ${A:-two}       | one
            ${NONE:-two}    | two
            ${EMPTY:-two}   | two
            ${NONE:-}       | ``
            ${EMPTY}        | ``
            ${ODD}          | ${A} $1 \\
            $${A}           | ${A}
            """)
    void theEnvironmentIsPutIn(String written, String text) {
        assertThat(new Variables(ENVIRONMENT).resolve("key", written).text()).isEqualTo(text);
    }

    @Test
    void anUnsetVariableIsNamedWithItsKey() {
        String text = "upstream: { maven: [{ url: \"http://x\", username: ci, password: \"${MAVEN_PASSWORD}\" }] }";
        assertThat(ConfigurationFile.of(folder, text).complaint())
                .isEqualTo("upstream.maven[0].password: the environment variable MAVEN_PASSWORD is not set");
    }

    @ParameterizedTest
    @CsvSource({"${A", "${A-x}", "${}", "${9}"})
    void aReferenceThatIsNoneIsExplained(String written) {
        assertThat(ConfigurationFile.of(folder, "listen: \"" + written + "\"").complaint())
                .isEqualTo("listen: holds a ${ that begins no ${NAME} or ${NAME:-default}; write $${ for a plain one");
    }
}
