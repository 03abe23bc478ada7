package gateway.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoTest {

    private final Go go = new Go();

    @ParameterizedTest
    @CsvSource({
        "example.com/a,               v1.0.0,               example.com/a,               v1.0.0",
        "example.com/!leaf/a,         v1.0.0-!r!c1,         example.com/Leaf/a,          v1.0.0-RC1",
        "example.com/a/v2,            v2.1.0-rc.1,          example.com/a/v2,            v2.1.0-rc.1",
        "example.com/a,               v2.0.0+incompatible,  example.com/a,               v2.0.0+incompatible",
        "example.com/y.v3,            v3.0.1,               example.com/y.v3,            v3.0.1",
        "example.com/~u/a_b-c,        v0.0.0,               example.com/~u/a_b-c,        v0.0.0",
        "example.com/a/@v/b,          v1.0.0,               '',                          ''",
        "example.com/a, v0.0.0-20260102030405-0123456789ab, example.com/a, v0.0.0-20260102030405-0123456789ab",
        "example.com/a, v1.2.4-0.20260102030405-0123456789ab, example.com/a, v1.2.4-0.20260102030405-0123456789ab",
        "example.com/toolchain, v0.0.1-go1.22.1.linux-amd64, example.com/toolchain, v0.0.1-go1.22.1.linux-amd64",
    })
    void canonicalVersionsAreArtifacts(String module, String version, String readable, String readableVersion) {
        for (String suffix : new String[] {".info", ".mod", ".zip"}) {
            String path = "/" + module + "/@v/" + version + suffix;
            if (readable.isEmpty()) {
                assertThat(go.resolve(Ask.get(path))).isEmpty();
                continue;
            }
            Artifact artifact = (Artifact) resolve(path);
            assertThat(artifact.path()).isEqualTo(path);
            assertThat(artifact.place()).isEqualTo(module + "/@v/" + version + "/" + version + suffix);
            assertThat(artifact.origin()).isEqualTo(new Origin.At("", path, ""));
            assertThat(artifact.coordinates()).isEqualTo(new Coordinates("go", readable, readableVersion));
            assertThat(artifact.checksum()).isEqualTo(new Checksum.None());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/example.com/a/@v/list,            example.com/a/@v/list,                  text/plain; charset=utf-8",
        "/example.com/a/@latest,            example.com/a/@latest,                  application/json",
        "/example.com/@v/list,              example.com/@v/list,                    text/plain; charset=utf-8",
        "/example.com/a/list/@v/list,       example.com/a/list/@v/list,             text/plain; charset=utf-8",
        "/example.com/a/@v/main.info,       example.com/a/@v/query/main.info,       application/json",
        "/example.com/a/@v/v1.info,         example.com/a/@v/query/v1.info,         application/json",
        "/example.com/a/@v/v1.2.info,       example.com/a/@v/query/v1.2.info,       application/json",
        "/example.com/a/@v/v1.2.03.info,    example.com/a/@v/query/v1.2.03.info,    application/json",
        "/example.com/a/@v/v1.2.3-01.info,  example.com/a/@v/query/v1.2.3-01.info,  application/json",
        "/example.com/a/@v/v1.2.3+b.info,   example.com/a/@v/query/v1.2.3+b.info,   application/json",
        "/example.com/a/@v/abc123.info,     example.com/a/@v/query/abc123.info,     application/json",
        "/example.com/a/@v/!h!e!a!d.info,   example.com/a/@v/query/!h!e!a!d.info,   application/json",
    })
    void listsAndQueriesAreIndexes(String path, String place, String contentType) {
        Index index = (Index) resolve(path);
        assertThat(index.path()).isEqualTo(path);
        assertThat(index.place()).isEqualTo(place);
        assertThat(index.contentType()).isEqualTo(contentType);
        assertThat(((Origin.At) index.origin()).path()).isEqualTo(path);
        assertThat(index.negativeFor()).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/@latest",
                "/@v/list",
                "/example.com/a",
                "/example.com/a/@v/",
                "/example.com/a/@v/.info",
                "/example.com/a/@v/main.zip",
                "/example.com/a/@v/main.mod",
                "/example.com/a/@v/v1.2.3+b.zip",
                "/example.com/a/@v/v1.2.zip",
                "/example.com/a/@v/v1.0.0.ziphash",
                "/example.com/a/@v/v1.0.0.lock",
                "/example.com/a/@v/v1.0.0",
                "/example.com/a/@v/feature/x.info",
                "/example.com/Leaf/a/@v/v1.0.0.zip",
                "/example.com/a/@v/v1.0.0-RC1.zip",
                "/example.com/!Leaf/@v/list",
                "/example.com/!!leaf/@v/list",
                "/example.com/leaf!/@v/list",
                "/example.com/!1/@v/list",
                "/example.com/.git/@v/list",
                "/example.com/a./@v/list",
                "/example.com/a b/@v/list",
                "/example.com/\u00e4/@v/list",
                "/example.com/a/@latest/",
                "/sumdb",
                "/sumdb/",
                "/sumdb/sum.upstream.test",
                "/sumdb/sum.upstream.test/@v/list",
                "/sumdb/.hidden/latest",
                "/sumdb/sum.upstream.test/tile/8/0/1",
                "/sumdb/sum.upstream.test/tile/8/0/001.p/",
                "/sumdb/sum.upstream.test/lookup/example.com/a",
                "/sumdb/sum.upstream.test/lookup/example.com/Leaf@v1.0.0",
                "/sumdb/sum.upstream.test/lookup/example.com/a@main",
            })
    void anythingElseIsNoPath(String path) {
        assertThat(go.resolve(Ask.get(path))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/sumdb/sum.upstream.test/lookup/example.com/!leaf@v1.0.0-!r!c1, text/plain; charset=utf-8",
        "/sumdb/sum.upstream.test/tile/8/0/001,                          application/octet-stream",
        "/sumdb/sum.upstream.test/tile/8/1/x001/x234/567,                application/octet-stream",
        "/sumdb/sum.upstream.test/tile/8/data/x001/234,                  application/octet-stream",
    })
    void databaseEntriesAndFullTilesNeverChange(String path, String contentType) {
        Artifact artifact = (Artifact) resolve(path);
        assertThat(artifact.path()).isEqualTo(path);
        assertThat(artifact.place()).isEqualTo(path.substring(1));
        assertThat(artifact.origin()).isEqualTo(new Origin.At("", path, ""));
        assertThat(artifact.contentType()).isEqualTo(contentType);
    }

    @Test
    void aDatabaseEntryBelongsToItsModuleSoThatPoliciesSeeIt() {
        Artifact lookup = (Artifact) resolve("/sumdb/sum.upstream.test/lookup/example.com/!a@v1.0.0");
        assertThat(lookup.coordinates()).isEqualTo(new Coordinates("go", "example.com/A", "v1.0.0"));
    }

    @ParameterizedTest
    @CsvSource({
        "/sumdb/sum.upstream.test/supported,          PT5M",
        "/sumdb/sum.upstream.test/latest,             PT5M",
        "/sumdb/sum.upstream.test/tile/8/0/001.p/17,  PT6H",
        "/sumdb/sum.upstream.test/tile/8/data/x001/234.p/200, PT6H",
    })
    void whatTheDatabaseMayChangeOrDropIsAnIndex(String path, Duration fresh) {
        Index index = (Index) resolve(path);
        assertThat(index.freshFor()).isEqualTo(fresh);
        assertThat(index.encoded()).isFalse();
        assertThat(index.place()).isEqualTo(path.substring(1));
    }

    @Test
    void headIsResolvedLikeGetAndNothingIsWritten() {
        assertThat(go.resolve(new Ask("HEAD", "/example.com/a/@v/list", "", Accept.ANY)))
                .isEqualTo(go.resolve(Ask.get("/example.com/a/@v/list")));
        Resource.Refused refused =
                (Resource.Refused) go.resolve(new Ask("PUT", "/example.com/a/@v/v1.0.0.zip", "", Accept.ANY))
                        .orElseThrow();
        assertThat(refused.status()).isEqualTo(405);
    }

    @Test
    void anEndlessVersionIsRefusedQuickly() {
        assertThat(go.resolve(Ask.get("/example.com/a/@v/v1.0.0-" + "a.".repeat(5000) + "b.zip")))
                .isEmpty();
        assertThat(resolve("/example.com/a/@v/v1.0.0-" + "a.".repeat(250) + "b.zip"))
                .isInstanceOf(Artifact.class);
    }

    private Resource resolve(String path) {
        return go.resolve(Ask.get(path)).orElseThrow();
    }
}
