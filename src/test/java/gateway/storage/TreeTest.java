package gateway.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of packages as names of files. */
class TreeTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        lodash-4.17.21.tgz | lodash-4.17.21.tgz
        @scope             | @scope
        a+b~c=d,e;f        | a+b~c=d,e;f
        ..                 | %2e.
        .                  | %2e
        .blobs             | %2eblobs
        a.b.               | a.b.
        a%2fb              | a%252fb
        a:b                | a%3ab
        a\\b               | a%5cb
        a*b?c              | a%2ab%3fc
        """)
    void every_name_has_one_file(String name, String file) {
        assertThat(Tree.safe(name)).isEqualTo(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"naïve", "日本語-1.0.jar", "😀", "tab\there", "nul\0", "del\u007f", "\u202etxt"})
    void a_name_is_not_plain_ascii(String name) {
        // Where no locale is set, the Java runtime can name no other files.
        assertThat(Tree.safe(name)).matches("[!-~]+").contains("%");
    }

    @Test
    void names_are_long_and_differ_at_their_end() {
        String one = Tree.safe("x".repeat(500) + "1");
        String two = Tree.safe("x".repeat(500) + "2");

        assertThat(one).hasSizeLessThan(200).isNotEqualTo(two);
        assertThat(Tree.safe("a".repeat(59) + "😀".repeat(100))).hasSizeLessThan(200);
    }

    @Test
    void names_differ_only_by_what_is_escaped() {
        assertThat(Tree.safe("a:b")).isNotEqualTo(Tree.safe("a%3ab"));
    }
}
