package gateway.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GradleTest {

    private final Gradle gradle = new Gradle();

    @ParameterizedTest
    @CsvSource({
        "/0123456789abcdef0123456789abcdef, 01/0123456789abcdef0123456789abcdef",
        "/a,                                a/a",
        "/A.b-c_d,                          A./A.b-c_d",
    })
    void aKeyIsReadAndWritten(String path, String place) {
        Artifact entry = (Artifact) resolve("GET", path);

        assertThat(entry.path()).isEqualTo(path);
        assertThat(entry.place()).isEqualTo(place);
        assertThat(entry.origin()).isEqualTo(new Origin.Hosted());
        assertThat(resolve("HEAD", path)).isEqualTo(entry);
        assertThat(resolve("PUT", path)).isEqualTo(new Resource.Upload(entry));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/.hidden", "/..", "/-a", "/_a", "/a/b", "/a/", "/a b", "/a%2fb", "/ä", "/a\\b"})
    void anythingElseIsNoKey(String path) {
        assertThat(gradle.resolve(Ask.get(path))).isEmpty();
        assertThat(gradle.resolve(new Ask("PUT", path, "", Accept.ANY))).isEmpty();
    }

    @Test
    void aKeyIsNoLongerThanAFileName() {
        assertThat(gradle.resolve(Ask.get("/" + "a".repeat(128)))).isPresent();
        assertThat(gradle.resolve(Ask.get("/" + "a".repeat(129)))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"GET, 404", "HEAD, 404", "PUT, 413"})
    void noTroubleMakesABuildDoWithoutTheCache(String method, int status) {
        Ask ask = new Ask(method, "/abc", "", Accept.ANY);
        for (int trouble : new int[] {400, 404, 405, 413, 429, 500, 502, 503, 504, 507}) {
            assertThat(gradle.status(ask, trouble)).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "DELETE", "PATCH"})
    void otherMethodsAreRefused(String method) {
        assertThat(resolve(method, "/abc"))
                .isInstanceOfSatisfying(
                        Resource.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(405));
        assertThat(gradle.status(new Ask(method, "/abc", "", Accept.ANY), 405)).isEqualTo(405);
    }

    private Resource resolve(String method, String path) {
        return gradle.resolve(new Ask(method, path, "", Accept.ANY)).orElseThrow();
    }
}
