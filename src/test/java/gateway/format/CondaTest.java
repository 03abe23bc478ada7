package gateway.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CondaTest {

    private static final String DIGEST = "0123456789abcdef".repeat(4);
    private final Conda conda = new Conda();

    @ParameterizedTest
    @CsvSource({
        "/conda-forge/noarch/repodata.json,                application/json, true",
        "/conda-forge/linux-64/repodata.json.zst,          application/zstd, false",
        "/conda-forge/linux-64/repodata.json.bz2,          application/x-bzip2, false",
        "/conda-forge/linux-64/current_repodata.json,      application/json, true",
        "/conda-forge/linux-64/current_repodata.json.zst,  application/zstd, false",
        "/conda-forge/win-64/repodata_from_packages.json,  application/json, true",
        "/conda-forge/win-64/repodata_shards.msgpack.zst,  application/zstd, false",
        "/conda-forge/label/dev/osx-arm64/repodata.json,   application/json, true",
        "/pkgs/main/linux-64/repodata.json.zst,            application/zstd, false",
    })
    void everyFormOfRepodataIsAnIndexThatListsAndIsRewritten(String path, String type, boolean encoded) {
        Index index = (Index) resolve(path);

        assertThat(index.path()).isEqualTo(path);
        assertThat(index.place()).isEqualTo(path.substring(1));
        assertThat(index.rendering()).extracting(Rendering::contentType).isEqualTo(type);
        assertThat(index.links()).isNotNull();
        assertThat(index.encoded()).isEqualTo(encoded);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/conda-forge/channeldata.json",
                "/conda-forge/notices.json",
                "/conda-forge/rss.xml",
                "/conda-forge/noarch/index.html",
                "/conda-forge/noarch/repodata.jlap",
                "/conda-forge/noarch/run_exports.json.zst",
                "/conda-forge/noarch/patch_instructions.tar.bz2",
                "/conda-forge/noarch/tinyc-1.0-0.conda.v0.sigs",
            })
    void otherDocumentsAreIndexesByteForByte(String path) {
        Index index = (Index) resolve(path);

        assertThat(index.rendering()).isNull();
        assertThat(index.links()).isNull();
        assertThat(index.encoded()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/conda-forge/noarch/tinyc-1.0-0.conda,                        tinyc, 1.0",
        "/conda-forge/noarch/tinyc-1.0-0.tar.bz2,                      tinyc, 1.0",
        "/conda-forge/linux-64/python-abi3-c-3.1-h1_0_cpython.conda,   python-abi3-c, 3.1",
        "/conda-forge/linux-64/_libgcc_mutex-0.1-conda_forge.tar.bz2,  _libgcc_mutex, 0.1",
        "/conda-forge/linux-64/fonts-v1!2.0+b_1-0.conda,               fonts, v1!2.0+b_1",
        "/conda-forge/label/dev/win-64/a-b-1-0.conda,                  a-b, 1",
    })
    void aPackageIsNamedFromTheRight(String path, String name, String version) {
        Artifact artifact = (Artifact) resolve(path);

        assertThat(artifact.path()).isEqualTo(path);
        assertThat(artifact.place()).isEqualTo(path.substring(1));
        assertThat(artifact.coordinates()).isEqualTo(new Coordinates("conda", name, version));
    }

    @Test
    void aPackageIsListedInTheIndexesOfItsOwnChannelAndPlatform() {
        Artifact artifact = (Artifact) resolve("/conda-forge/linux-64/tinyc-1.0-0.conda");

        assertThat(((Checksum.ListedInOne) artifact.checksum()).listings())
                .extracting(listing -> listing.index().path())
                .containsExactly(
                        "/conda-forge/linux-64/repodata_shards.msgpack.zst",
                        "/conda-forge/linux-64/repodata.json.zst",
                        "/conda-forge/linux-64/repodata.json",
                        "/conda-forge/linux-64/repodata.json.bz2",
                        "/conda-forge/linux-64/current_repodata.json");
    }

    @Test
    void aShardIsVerifiedByItsName() {
        String path = "/conda-forge/noarch/shards/" + DIGEST + ".msgpack.zst";

        Artifact shard = (Artifact) resolve(path);

        assertThat(shard.checksum()).isEqualTo(new Checksum.Known(Algorithm.SHA256, DIGEST));
        assertThat(((Origin.Based) shard.origin()).otherwise()).isEqualTo(Origin.At.path(path));
        assertThat(((Origin.Based) shard.origin()).index().path())
                .isEqualTo("/conda-forge/noarch/repodata_shards.msgpack.zst");
    }

    @Test
    void theMakersChannelsHaveAHostOfTheirOwn() {
        Index index = (Index) resolve("/pkgs/main/noarch/repodata.json");
        Artifact artifact = (Artifact) resolve("/pkgs/r/noarch/a-1-0.conda");

        assertThat(index.origin()).isEqualTo(new Origin.At("pkgs", "/pkgs/main/noarch/repodata.json", ""));
        assertThat(artifact.origin()).isEqualTo(new Origin.At("pkgs", "/pkgs/r/noarch/a-1-0.conda", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/conda-forge/noarch/repodata.json", "/conda-forge/channeldata.json", "/a/b/noarch/a-1-0.conda"})
    void theTokenOfAClientIsNoPartOfAnything(String path) {
        Cacheable resource = (Cacheable) resolve("/t/se-cret" + path);

        assertThat(resource.path()).isEqualTo(path);
        assertThat(resource.toString()).doesNotContain("se-cret");
    }

    static Stream<String> nothing() {
        return Stream.of(
                "/",
                "/repodata.json",
                "/conda-forge",
                "/conda-forge/",
                "/conda-forge/noarch/",
                "/conda-forge/noarch/tinyc",
                "/conda-forge/noarch/tinyc.conda",
                "/conda-forge/noarch/tinyc-1.0.conda",
                "/conda-forge/noarch/.tar.bz2",
                "/conda-forge/noarch/--.conda",
                "/conda-forge/noarch/tinyc-1.0-0.zip",
                "/conda-forge/noarch/a b-1-0.conda",
                "/conda-forge/noarch/a?b-1-0.conda",
                "/conda-forge/no\\arch/a-1-0.conda",
                "/conda-forge//noarch/a-1-0.conda",
                "/conda-forge/noarch/../a-1-0.conda/x",
                "/conda-forge/noarch/\u00e4-1-0.conda",
                "/conda-forge/noarch/shards/" + DIGEST + ".zip",
                "/conda-forge/noarch/shards/0123.msgpack.zip",
                "/" + "a".repeat(300) + "/noarch/a-1-0.conda");
    }

    @ParameterizedTest
    @MethodSource("nothing")
    void anythingElseIsNoPath(String path) {
        assertThat(conda.resolve(Ask.get(path))).isEmpty();
    }

    @Test
    void uploadsAreRefused() {
        Resource refused = conda.resolve(new Ask("POST", "/conda-forge/noarch/a-1-0.conda", "", Accept.ANY))
                .orElseThrow();
        assertThat(refused)
                .isInstanceOfSatisfying(
                        Resource.Refused.class, it -> assertThat(it.status()).isEqualTo(405));
    }

    private Resource resolve(String path) {
        return conda.resolve(Ask.get(path)).orElseThrow();
    }
}
