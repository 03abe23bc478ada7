package gateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the jar brings along may be given on under the licence of this product, by its bill of materials, which the profile
 * {@code bill} writes. CI builds with it.
 */
class LicencesTest {

    /** Whoever offers a library under several lets us choose. */
    private static final Set<String> WELCOME = Set.of(
            "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "EPL-2.0", "MIT", "MIT-0", "MPL-2.0");

    @Test
    void each_library_may_be_given_on() throws IOException {
        assertThat(components())
                .hasSizeGreaterThan(50)
                .allSatisfy(library -> assertThat(licences(library))
                        .as(library.path("purl").asString())
                        .anyMatch(WELCOME::contains));
    }

    @Test
    void no_library_of_the_tests_is_in_the_bill() throws IOException {
        assertThat(components().map(library -> library.path("name").asString()))
                .contains("reactor-core")
                .doesNotContain("junit-jupiter-api", "mockwebserver3");
    }

    private static Stream<JsonNode> components() throws IOException {
        try (InputStream bill = LicencesTest.class.getResourceAsStream("/META-INF/sbom/application.cdx.json")) {
            assumeTrue(bill != null || System.getenv("CI") != null, "there is no bill; ./mvnw -Pbill verify makes one");
            requireNonNull(bill);
            return stream(JsonMapper.shared().readTree(bill).path("components"));
        }
    }

    private static Stream<String> licences(JsonNode library) {
        return stream(library.path("licenses"))
                .map(licence -> licence.path("license").path("id").asString(""));
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }
}
