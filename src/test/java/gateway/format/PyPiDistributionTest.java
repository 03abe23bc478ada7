package gateway.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of distributions, by which they are told apart. */
class PyPiDistributionTest {

    @ParameterizedTest
    @CsvSource({
        "1.0,               1.0",
        "v1.0,              1.0",
        "1.02.003,          1.2.3",
        "0!1.0,             1.0",
        "2!1.0,             2!1.0",
        "1.0-RC1,           1.0rc1",
        "1.0.alpha,         1.0a0",
        "1.0_beta_02,       1.0b2",
        "1.0-preview.3,     1.0rc3",
        "1.0-1,             1.0.post1",
        "1.0.rev2,          1.0.post2",
        "1.0a1.post2.dev3,  1.0a1.post2.dev3",
        "1.0dev,            1.0.dev0",
        "1.0+Ubuntu-01_x,   1.0+ubuntu.1.x",
        "00.0,              0.0",
    })
    void versions_have_one_spelling(String written, String normal) {
        assertThat(PyPiNames.normaliseVersion(written)).isEqualTo(normal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "one", "1.0/..", "1.0+", "1.0 1", "latest"})
    void what_is_no_version(String text) {
        assertThat(PyPiNames.normaliseVersion(text)).isNull();
        assertThatThrownBy(() -> PyPiDistribution.of("demo", text, "demo-1.0.tar.gz"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hyphens_leave_open_whose_file_it_is() {
        assertThat(PyPiDistribution.named("Demo-2-Lib-1.0.tar.gz"))
                .containsExactly(new PyPiDistribution("demo-2-lib", "1.0", "Demo-2-Lib-1.0.tar.gz"));
        assertThat(PyPiDistribution.named("demo-2-1.tar.gz"))
                .containsExactly(
                        new PyPiDistribution("demo", "2.post1", "demo-2-1.tar.gz"),
                        new PyPiDistribution("demo-2", "1", "demo-2-1.tar.gz"));
        assertThat(PyPiDistribution.named("demo_lib-1.0-1-py3-none-any.whl"))
                .containsExactly(new PyPiDistribution("demo-lib", "1.0", "demo_lib-1.0-1-py3-none-any.whl"));
        assertThat(PyPiDistribution.named("none.tar.gz")).isEmpty();
    }

    @Test
    void its_place_says_what_it_is() {
        assertThat(PyPiDistribution.of("Demo.Lib", "1.0-1", "demo_lib-1.0.post1.tar.gz")
                        .path())
                .isEqualTo("/demo-lib/1.0.post1/demo_lib-1.0.post1.tar.gz");
    }
}
