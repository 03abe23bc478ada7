package gateway.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.cache.Failure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What composer calls tags and branches. */
class ComposerVersionTest {

    @ParameterizedTest
    @CsvSource({
        "v1.2.3, 1.2.3",
        "1.0, 1.0",
        "V2, 2",
        "1.2.3.4, 1.2.3.4",
        "v1.0.0-beta1, 1.0.0-beta1",
        "1.0.0-RC.2, 1.0.0-RC.2",
        "1.0.0+build.7, 1.0.0+build.7"
    })
    void tags_of_versions(String tag, String version) {
        assertThat(ComposerVersion.ofTag(tag)).isEqualTo(version);
        assertThat(ComposerVersion.isDev(version)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "release-1.0", "1.0.0/2", "1..0", "v", "1.0.0-next", "1.0 0", "1.0.0-dev"})
    void tags_in_which_composer_reads_no_version(String tag) {
        assertThatThrownBy(() -> ComposerVersion.ofTag(tag))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("v1.2.3");
    }

    @ParameterizedTest
    @CsvSource({
        "main, dev-main",
        "feature/x, dev-feature/x",
        "1, 1.x-dev",
        "v1.2, 1.2.x-dev",
        "1.2.x, 1.2.x-dev",
        "1.2.3.4.5, dev-1.2.3.4.5"
    })
    void branches(String branch, String version) {
        assertThat(ComposerVersion.ofBranch(branch)).isEqualTo(version);
        assertThat(ComposerVersion.isDev(version)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../x", "a b", "-x", "a\nb", "a..b"})
    void branches_of_which_no_version_can_be_made(String branch) {
        assertThatThrownBy(() -> ComposerVersion.ofBranch(branch)).isInstanceOf(Failure.class);
    }
}
