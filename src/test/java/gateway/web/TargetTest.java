package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Request targets, and every trick to write one so that two readers see two paths. */
class TargetTest {

    @ParameterizedTest
    @CsvSource(delimiter = ' ', textBlock = """
        / /
        /npm/lodash /npm/lodash
        /npm/@scope%2fname /npm/@scope/name
        /npm/@scope%2Fname /npm/@scope/name
        /npm/%40scope/name /npm/@scope/name
        /npm/%6c%6F%64ash /npm/lodash
        /maven/a+b /maven/a+b
        /maven/a%2Bb /maven/a+b
        /maven/a;v=1/b /maven/a;v=1/b
        /a/./b /a/b
        /a/%2e/b /a/b
        /a/b/. /a/b
        /a/.b/..c /a/.b/..c
        /a/... /a/...
        /a/%252e%252e/b /a/%2e%2e/b
        /go/caf%C3%A9 /go/café
        /a//b /a//b
        http://gateway.test/npm/lodash /npm/lodash
        https://gateway.test:8443/npm/lodash /npm/lodash
        http://gateway.test /
        """)
    void a_path_is_decoded_once(String raw, String path) throws Exception {
        assertThat(Target.parse(raw)).isEqualTo(new Target(path, ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..",
                "/../etc/passwd",
                "/npm/../../etc/passwd",
                "/npm/..",
                "/npm/%2e%2e/x",
                "/npm/.%2e/x",
                "/npm/%2E./x",
                "/npm/x%2f..%2fy",
                "/npm/x%2f%2e%2e%2fy",
                "/npm/..%2fx",
                "http://gateway.test/../x",
                "/npm/..?q=1"
            })
    void a_path_leaves_its_folder(String raw) {
        assertThatThrownBy(() -> Target.parse(raw))
                .isInstanceOf(Target.Malformed.class)
                .hasMessageContaining("leaves");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a%00b",
                "/a%0ab",
                "/a%0D%0Ab",
                "/a%1fb",
                "/a%7fb",
                "/a%5cb",
                "/a\\b",
                "/a b",
                "/a\tb",
                "/a#b",
                "/a\u007fb"
            })
    void a_path_has_a_character_that_means_mischief(String raw) {
        assertThatThrownBy(() -> Target.parse(raw)).isInstanceOf(Target.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%", "/a%2", "/a%zz", "/a%-1", "/a%2g", "/%u0041"})
    void a_percent_sign_stands_alone(String raw) {
        assertThatThrownBy(() -> Target.parse(raw))
                .isInstanceOf(Target.Malformed.class)
                .hasMessageContaining("percent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%ff", "/%c3", "/%c0%af", "/%c0%ae%c0%ae/x", "/%ed%a0%80", "/%f8%88%80%80%80"})
    void a_path_is_not_utf_8(String raw) {
        assertThatThrownBy(() -> Target.parse(raw)).hasMessageContaining("UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "npm/lodash", "?q", "gateway.test:443", "://x/y"})
    void it_is_no_path(String raw) {
        assertThatThrownBy(() -> Target.parse(raw)).isInstanceOf(Target.Malformed.class);
    }

    @Test
    void a_query_stays_as_it_is() throws Exception {
        assertThat(Target.parse("/npm/-/v1/search?text=%2e%2e%2f&x=a+b?c"))
                .isEqualTo(new Target("/npm/-/v1/search", "text=%2e%2e%2f&x=a+b?c"));
        assertThat(Target.parse("/a%3fb?")).isEqualTo(new Target("/a?b", ""));
    }
}
