package gateway.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpmPackageTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"lodash", "JSONStream", "a", "-", "socket.io", "x~y_z-1", "hi!(there)'*", "@s/n", "@S.1/N_2"})
    void acceptsEveryNameThatWasEverAllowed(String name) {
        assertThat(NpmPackage.named(name)).contains(new NpmPackage(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".hidden",
                "_private",
                "@",
                "@s",
                "@s/",
                "@/n",
                "@s/n/m",
                "@.s/n",
                "@s/_n",
                "@s/..",
                "a/b",
                "a b",
                "a%2fb",
                "a\\b",
                "käse",
                "node_modules",
                "favicon.ico"
            })
    void knowsWhatIsNoName(String name) {
        assertThat(NpmPackage.named(name)).isEmpty();
    }

    @Test
    void limitsTheLengthOfNames() {
        assertThat(NpmPackage.named("a".repeat(214))).isPresent();
        assertThat(NpmPackage.named("a".repeat(215))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "lodash, lodash-4.17.21.tgz, 4.17.21",
                "lodash, lodash-5.0.0-rc.1+b.tgz, 5.0.0-rc.1+b",
                "lodash, lodash-1.0.2beta.tgz, 1.0.2beta",
                "@babel/core, core-7.0.0.tgz, 7.0.0",
                "a-1, a-1-2.0.0.tgz, 2.0.0",
                "lodash, lodash.tgz, -",
                "lodash, lodash-.tgz, -",
                "lodash, .tgz, -",
                "lodash, lodash-latest.tgz, -",
                "lodash, lodash-es-4.17.21.tgz, -",
                "lodash, other-4.17.21.tgz, -",
                "lodash, lodash-4.17.21.zip, -",
            })
    void readsAVersionOnlyOutOfAStandardFileName(String name, String file, @Nullable String version) {
        assertThat(new NpmPackage(name).versionOf(file).orElse(null)).isEqualTo(version);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // npm's layout, encoded in any way, on any host and below any path: the name stays.
                "lodash, 1.0.0, https://upstream.test/lodash/-/lodash-1.0.0.tgz, /lodash/-/lodash-1.0.0.tgz",
                "lodash, 1.0.0, http://127.0.0.1:4873/x/y/lodash/-/lodash-1.0.0.tgz, /lodash/-/lodash-1.0.0.tgz",
                "@s/n, 1.0.0, https://upstream.test/@s/n/-/n-1.0.0.tgz, /@s/n/-/n-1.0.0.tgz",
                "@s/n, 1.0.0, https://upstream.test/@s%2fn/-/n-1.0.0.tgz, /@s/n/-/n-1.0.0.tgz",
                "@s/n, 1.0.0, https://upstream.test/%40s%2Fn/-/n-1.0.0.tgz, /@s/n/-/n-1.0.0.tgz",
                "n, 1.0.2-beta, https://upstream.test/n/-/n-1.0.2beta.tgz, /n/-/n-1.0.2beta.tgz",
                "n, 1.0.0, https://upstream.test/n/-/without-number.tgz, /n/-/without-number.tgz",
                "n, 1.0.0, https://upstream.test/n/-/a+b%20c.tgz, /n/-/a+b c.tgz",
                // Anything else: the standard name.
                "@s/n, 1.0.0, https://upstream.test/@s/n/-/@s/n-1.0.0.tgz, /@s/n/-/n-1.0.0.tgz",
                "n, 1.0.0, https://upstream.test/n/download/n-1.0.0.tgz, /n/-/n-1.0.0.tgz",
                "@s/n, 1.0.0, https://upstream.test/download/@s/n/1.0.0/0a1b2c, /@s/n/-/n-1.0.0.tgz",
                "n, 1.0.0, https://upstream.test/n/-/n.tgz?version=1.0.0, /n/-/n-1.0.0.tgz",
                "n, 1.0.0, https://upstream.test/n/-/package.tar.gz, /n/-/n-1.0.0.tgz",
                "n, 1.0.0, https://upstream.test/n/-/..%2f..%2fx.tgz, /n/-/n-1.0.0.tgz",
                "n, 1.0.0, https://upstream.test/n/-/.hidden.tgz, /n/-/n-1.0.0.tgz",
                "n, 1.0.0, not a url %zz, /n/-/n-1.0.0.tgz",
                "n, 1.0.0, '', /n/-/n-1.0.0.tgz",
                // The file of another version's name is not taken from that version.
                "n, 1.0.0, https://upstream.test/n/-/n-2.0.0.tgz, /n/-/n-1.0.0.tgz",
                // A version that is no version names no file.
                "n, ../../x, https://upstream.test/n/x.tgz, -",
                "n, '', https://upstream.test/n/x.tgz, -",
            })
    void servesEachTarballUnderOneName(String name, String version, String url, @Nullable String path) {
        assertThat(new NpmPackage(name).tarball(version, url).orElse(null)).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "https://upstream.test/n/-/n-1.0.0.tgz?a=b, https://upstream.test/n/-/n-1.0.0.tgz?a=b",
                "http://under_score:4873/n/-/n-1.0.0.tgz, http://under_score:4873/n/-/n-1.0.0.tgz",
                "https://upstream.test/@s%2fn/a b ü.tgz, https://upstream.test/@s%2fn/a%20b%20%C3%BC.tgz",
                "-/n-1.0.0.tgz, https://upstream.test/npm/-/n-1.0.0.tgz",
                "//other.test/n.tgz, https://other.test/n.tgz",
                "file:///etc/passwd, -",
                "git+ssh://git@upstream.test/n.git, -",
                "https:opaque, -",
                "https://upstream.test/%zz, -",
            })
    void fetchesOnlyFromTheWeb(String url, @Nullable String fetched) {
        URI base = URI.create("https://upstream.test/npm/n");

        assertThat(NpmPackage.fetchable(url, base).orElse(null)).isEqualTo(fetched);
    }
}
