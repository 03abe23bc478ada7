package gateway.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HexTest {

    private final Hex hex = new Hex();

    @ParameterizedTest
    @CsvSource({
        "/packages/jason,                 jason/package.gz",
        "/packages/names,                 names/package.gz",
        "/packages/a,                     a/package.gz",
        "/repos/acme/packages/phoenix_ui, @acme/phoenix_ui/package.gz",
        "/names,                          -/names",
        "/versions,                       -/versions",
        "/public_key,                     -/public_key",
        "/repos/acme/versions,            @acme/-/versions",
        "/policies/strict-1,              -/policies/strict-1",
    })
    void registryFilesAreIndexesThatNobodyTouches(String path, String place) {
        Index index = (Index) resolve(path);

        assertThat(index.path()).isEqualTo(path);
        assertThat(index.place()).isEqualTo(place);
        assertThat(index.origin()).isEqualTo(Origin.At.path(path));
        assertThat(index.encoded()).isFalse();
        assertThat(index.rendering()).isNull();
        assertThat(index.contentType()).isEqualTo("application/octet-stream");
        assertThat(index.links() != null).isEqualTo(path.contains("/packages/"));
    }

    @ParameterizedTest
    @CsvSource({
        "/tarballs/jason-1.4.4.tar,           jason, 1.4.4,          ''",
        "/tarballs/a-0.0.1-rc.1.tar,          a,     0.0.1-rc.1,     ''",
        "/tarballs/a_b-1.0.0-dev.2+build.tar, a_b,   1.0.0-dev.2+build, ''",
        "/tarballs/a-1.0.0-x.tar.tar,         a,     1.0.0-x.tar,    ''",
        "/repos/acme/tarballs/ui-2.0.0.tar,   ui,    2.0.0,          /repos/acme",
    })
    void tarballsAreListedInTheFileOfTheirPackage(String path, String name, String version, String repository) {
        Artifact artifact = (Artifact) resolve(path);

        String folder = repository.isEmpty() ? "" : "@acme/";
        assertThat(artifact.path()).isEqualTo(path);
        assertThat(artifact.place()).isEqualTo(folder + name + "/" + version + "/" + name + "-" + version + ".tar");
        assertThat(artifact.coordinates()).isEqualTo(new Coordinates("hex", name, version));
        assertThat(artifact.check()).isEqualTo(new HexTarball());
        assertThat(artifact.whole()).isTrue();
        Index index = ((Checksum.Listed) artifact.checksum()).indexes().getFirst();
        assertThat(index).isEqualTo(resolve(repository + "/packages/" + name));
    }

    @Test
    void documentationMayChange() {
        Index docs = (Index) resolve("/docs/jason-1.4.4.tar.gz");

        assertThat(docs.freshFor()).isEqualTo(Duration.ofDays(1));
        assertThat(docs.place()).isEqualTo("jason/docs/jason-1.4.4.tar.gz");
        assertThat(docs.encoded()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/installs/hex-1.x.csv",
                "/installs/1.18.0/hex-2.2.1-otp-27.ez",
                "/installs/1.0.0/hex-1.x.csv.signed",
                "/installs/list.csv"
            })
    void theClientsThemselvesAreOnAnotherHost(String path) {
        Index index = (Index) resolve(path);

        assertThat(index.origin()).isEqualTo(Origin.At.path(path).from("builds"));
        assertThat(index.place()).isEqualTo("-" + path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/packages",
                "/packages/",
                "/packages/Jason",
                "/packages/1a",
                "/packages/a-b",
                "/packages/a/b",
                "/packages/..",
                "/packages/a%2e",
                "/tarballs/jason",
                "/tarballs/jason-1.4.4",
                "/tarballs/jason-1.4.4.tgz",
                "/tarballs/jason-1.4.tar",
                "/tarballs/jason-.tar",
                "/tarballs/-1.0.0.tar",
                "/tarballs/.tar",
                "/tarballs/a-1.0.0/../b.tar",
                "/tarballs/a-1.0.0-/etc.tar",
                "/tarballs/x/a-1.0.0.tar",
                "/docs/a-1.0.0.tar",
                "/repos/acme",
                "/repos/acme/",
                "/repos//packages/a",
                "/repos/Acme/packages/a",
                "/repos/acme/repos/acme/packages/a",
                "/repos/acme/installs/hex-1.x.csv",
                "/policies/a/b",
                "/policies/../names",
                "/installs",
                "/installs/",
                "/installs/.hidden",
                "/installs/a/b/c/d",
                "/installs/../names",
                "/registry.ets.gz",
                "/names/x",
                "/api/packages/jason"
            })
    void anythingElseIsNoPath(String path) {
        assertThat(hex.resolve(Ask.get(path))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE"})
    void nothingIsPublishedHere(String method) {
        assertThat(hex.resolve(new Ask(method, "/publish", "", Accept.ANY)))
                .get()
                .isInstanceOfSatisfying(
                        Resource.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(405));
    }

    private Resource resolve(String path) {
        return hex.resolve(Ask.get(path)).orElseThrow();
    }
}
