package gateway.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DebianTest {

    private static final String SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private final Debian debian = new Debian();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dists/bookworm/InRelease",
                "/dists/bookworm-security/InRelease",
                "/dists/buster/updates/InRelease",
                "/dists/bookworm/tool/7.0/InRelease",
                "/debian-security/dists/bookworm-security/InRelease",
                "/InRelease",
                "/deb/amd64/InRelease",
                "/pool/InRelease",
            })
    void anInReleaseIsARoot(String path) {
        Index root = index(path);
        assertThat(root.generation()).isNotNull();
        assertThat(root.companions()).isEmpty();
        assertThat(root.encoded()).isFalse();
        assertThat(root.freshFor()).isEqualTo(Duration.ofMinutes(2));
        assertThat(root.place()).isEqualTo(path.substring(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dists/bookworm", "/dists/buster/updates", "", "/deb"})
    void aReleaseIsARootThatItsSignatureBelongsTo(String suite) {
        Index root = index(suite + "/Release");
        assertThat(root.generation()).isNotNull();
        assertThat(root.companions()).containsExactly(suite + "/Release.gpg");

        Resource.Member signature = member(suite + "/Release.gpg");
        assertThat(signature.roots()).extracting(Index::path).containsExactly(suite + "/Release");
        assertThat(signature.select()).isEqualTo(new Resource.Member.Select.Companion(suite + "/Release.gpg"));
        assertThat(((Index) signature.otherwise()).encoded()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/dists/bookworm/main/binary-amd64/Packages.xz, /dists/bookworm",
        "/dists/bookworm/main/binary-amd64/Release, /dists/bookworm",
        "/dists/bookworm/main/binary-all/Packages, /dists/bookworm",
        "/dists/bookworm/main/source/Sources.xz, /dists/bookworm",
        "/dists/bookworm/main/i18n/Translation-en.xz, /dists/bookworm",
        "/dists/bookworm/main/dep11/icons-64x64.tar.gz, /dists/bookworm",
        "/dists/bookworm/main/cnf/Commands-amd64.xz, /dists/bookworm",
        "/dists/bookworm/main/debian-installer/binary-amd64/Packages.gz, /dists/bookworm",
        "/dists/bookworm/main/installer-amd64/current/images/netboot/netboot.tar.gz, /dists/bookworm",
        "/dists/bookworm/main/binary-amd64/Packages.diff/Index, /dists/bookworm",
        "/dists/bookworm/main/Contents-amd64.gz, /dists/bookworm /dists/bookworm/main",
        "/dists/bookworm/main/Contents-amd64.diff/Index, /dists/bookworm /dists/bookworm/main",
        "/dists/buster/updates/Contents-amd64.gz, /dists/buster /dists/buster/updates",
        "/dists/bookworm/Contents-amd64.gz, /dists/bookworm",
        "/dists/bookworm/Packages.gz, /dists/bookworm",
        "/dists/bookworm/binary-amd64/Packages.gz, /dists/bookworm",
        "/dists/buster/updates/main/binary-amd64/Packages.xz, /dists/buster/updates /dists/buster",
        "/dists/bookworm/tool/7.0/main/binary-amd64/Packages.gz, /dists/bookworm/tool/7.0 /dists/bookworm/tool",
        "/ubuntu/dists/jammy/main/binary-amd64/Packages.gz, /ubuntu/dists/jammy",
        "/Packages.xz, ''",
        "/Packages.diff/Index, ''",
        "/deb/Packages, /deb",
        "/deb/Sources.gz, /deb",
        "/deb/Contents-all.gz, /deb",
        "/pool/Packages.gz, /pool",
    })
    void aFileOfASuiteIsAMember(String path, String suites) {
        List<String> expected = List.of(suites.split(" ", -1));
        List<Resource.Member> chain = chain(resolve("GET", path).orElseThrow());
        assertThat(chain).hasSameSizeAs(expected);
        for (int i = 0; i < chain.size(); i++) {
            String suite = expected.get(i);
            assertThat(chain.get(i).roots())
                    .extracting(Index::path)
                    .containsExactly(suite + "/InRelease", suite + "/Release");
            assertThat(chain.get(i).select())
                    .isEqualTo(new Resource.Member.Select.ByName(path.substring(suite.length() + 1)));
        }
        Index otherwise = (Index) chain.getLast().otherwise();
        assertThat(otherwise.path()).isEqualTo(path);
        assertThat(otherwise.encoded()).isFalse();
        assertThat(otherwise.links()).isEqualTo(chain.getFirst().links());
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "/dists/bookworm/main/binary-amd64/Packages.xz, ''",
                "/ubuntu/dists/jammy/main/source/Sources.gz, /ubuntu",
                "/dists/bookworm/main/binary-amd64/Packages.zst, ''",
                "/dists/bookworm/main/binary-amd64/Release, -",
                "/dists/bookworm/main/binary-amd64/Packages.diff/Index, -",
                "/dists/bookworm/main/i18n/Translation-en.xz, -",
                "/dists/bookworm/main/Contents-amd64.gz, -",
                "/deb/Packages.gz, /deb",
                "/Packages, ''",
            })
    void listsOfPackagesAreRead(String path, @Nullable String base) {
        LinkReader expected =
                base == null ? null : new DebianPackages(new DebianPath.Base(base, !path.contains("/dists/")));
        assertThat(member(path).links()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "MD5Sum, MD5, d41d8cd98f00b204e9800998ecf8427e",
        "SHA1, SHA1, da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "SHA256, SHA256, " + SHA256,
    })
    void aFileByDigestIsThatFileWhateverTheSuiteSays(String folder, Algorithm algorithm, String hex) {
        String path = "/dists/bookworm/main/binary-amd64/by-hash/" + folder + "/" + hex;
        Checksum.Known digest = new Checksum.Known(algorithm, hex);
        Resource.Member member = member(path);
        assertThat(member.select()).isEqualTo(new Resource.Member.Select.ByDigest(digest));
        assertThat(member.roots())
                .extracting(Index::path)
                .containsExactly("/dists/bookworm/InRelease", "/dists/bookworm/Release");
        assertThat(member.links()).isEqualTo(new DebianPackages(new DebianPath.Base("", false)));
        Artifact otherwise = (Artifact) member.otherwise();
        assertThat(otherwise.checksum()).isEqualTo(digest);
        assertThat(otherwise.negativeFor()).isEqualTo(Duration.ZERO);
    }

    @ParameterizedTest
    @CsvSource({
        "/dists/bookworm/main/source, true",
        "/dists/bookworm/main/i18n, false",
        "/dists/bookworm/main/dep11, false",
        "/dists/bookworm/main, false",
        "/dists/bookworm, false",
        "/dists/bookworm/main/binary-amd64/Packages.diff, true",
        "/deb, true",
        "'', true",
    })
    void filesByDigestAreReadWhereListsAre(String folder, boolean read) {
        Resource.Member member = member(folder + "/by-hash/SHA256/" + SHA256);
        assertThat(member.links() != null).isEqualTo(read);
    }

    @Test
    void aFileByDigestBesideComponentsMayBelongToEitherSuite() {
        List<Resource.Member> chain = chain(
                resolve("GET", "/dists/buster/updates/by-hash/SHA256/" + SHA256).orElseThrow());
        assertThat(chain)
                .extracting(member -> member.roots().getFirst().path())
                .containsExactly("/dists/buster/InRelease", "/dists/buster/updates/InRelease");
        assertThat(chain.getLast().otherwise()).isInstanceOf(Artifact.class);
    }

    @Test
    void whatIsNoDigestIsLookedUpByName() {
        assertThat(member("/dists/bookworm/main/binary-amd64/by-hash/SHA256/abc")
                        .select())
                .isInstanceOf(Resource.Member.Select.ByName.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dists/sid/main/binary-amd64/Packages.diff/T-2026-11-20-0204.05-F-2026-11-19-2004.38.gz",
                "/dists/sid/main/binary-amd64/Packages.diff/2026-11-20-0204.05.gz",
            })
    void aPatchNeverChanges(String path) {
        assertThat(artifact(path).checksum()).isEqualTo(new Checksum.None());
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "/pool/main/h/hello/hello_2.10-3_amd64.deb, hello, 2.10-3, true",
                "/pool/main/g/gcc/libstdc++6_14.2.0-1+b1_arm64.deb, libstdc++6, 14.2.0-1+b1, true",
                "/pool/main/x/xorg/xorg_1%3a7.7+23_amd64.deb, xorg, 1:7.7+23, true",
                "/pool/main/x/xorg/xorg_1%3A7.7~rc1_amd64.deb, xorg, 1:7.7~rc1, true",
                "/pool/main/a/anna/anna_1.85_amd64.udeb, anna, 1.85, true",
                "/pool/main/h/hello/hello_2.10-3.dsc, hello, 2.10-3, false",
                "/pool/main/h/hello/hello_2.10.orig.tar.gz, hello, 2.10, false",
                "/pool/main/h/hello/hello_2.10.orig.tar.gz.asc, hello, 2.10, false",
                "/pool/main/h/hello/hello_2.10.orig-docs.tar.xz, hello, 2.10, false",
                "/pool/main/h/hello/hello_2.10-3.debian.tar.xz, hello, 2.10-3, false",
                "/pool/main/h/hello/hello_2.10-3.diff.gz, hello, 2.10-3, false",
                "/pool/main/i/icons/icons-all_1.0_all.deb, icons-all, 1.0, true",
                "/pool/main/d/dists/dists_1.0_all.deb, dists, 1.0, true",
                "/pool/tool.deb, -, -, true",
                "/dists/bookworm/pool/stable/amd64/tool_1.6.22-1_amd64.deb, tool, 1.6.22-1, true",
                "/dists/bookworm/tool/7.0/main/binary-amd64/tool_7.0.1_amd64.deb, tool, 7.0.1, true",
                "/amd64/tool_1.0_amd64.deb, tool, 1.0, true",
                "/tool_1.0_amd64.deb, tool, 1.0, true",
            })
    void aPackageIsAnArtifact(String path, @Nullable String name, @Nullable String version, boolean binary) {
        Artifact artifact = artifact(path);
        assertThat(artifact.coordinates()).isEqualTo(name == null ? null : new Coordinates("debian", name, version));
        assertThat(artifact.checksum()).isInstanceOf(Checksum.ListedBelow.class);
        assertThat(artifact.negativeFor()).isEqualTo(Duration.ZERO);
        assertThat(artifact.contentType()).isEqualTo(binary ? "application/vnd.debian.binary-package" : null);
        assertThat(artifact.origin()).isEqualTo(Origin.At.path(path));
        assertThat(artifact.place()).isEqualTo(path.substring(1));
    }

    @ParameterizedTest
    @CsvSource({
        "/pool/main/h/hello/hello_2.10-3_amd64.deb, /dists/",
        "/ubuntu/pool/main/h/hello/hello_2.10-3_amd64.deb, /ubuntu/dists/",
        "/dists/bookworm/pool/stable/amd64/tool_1_amd64.deb, /dists/",
        "/deb/amd64/tool_1_amd64.deb, /",
    })
    void listsAreLookedForInThePackagesOwnArchive(String path, String prefix) {
        assertThat(((Checksum.ListedBelow) artifact(path).checksum()).prefix()).isEqualTo(prefix);
    }

    @Test
    void aListIsReadFromTheFolderThatItsNamesAreRelativeTo() {
        Checksum.ListedBelow below =
                (Checksum.ListedBelow) artifact("/pool/t/tool_1_all.deb").checksum();
        assertThat(below.lists().apply("/dists/bookworm/main/binary-amd64/Packages.xz"))
                .contains(new DebianPackages(new DebianPath.Base("", false)));
        assertThat(below.lists().apply("/debian/dists/bookworm/main/source/by-hash/SHA256/" + SHA256))
                .contains(new DebianPackages(new DebianPath.Base("/debian", false)));
        assertThat(below.lists().apply("/deb/Packages"))
                .contains(new DebianPackages(new DebianPath.Base("/deb", true)));
        assertThat(below.lists().apply("/dists/bookworm/InRelease")).isEmpty();
        assertThat(below.lists().apply("/pool/t/tool_1_all.deb")).isEmpty();
        assertThat(below.lists().apply("/dists/bookworm/main/i18n/by-hash/SHA256/" + SHA256))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/key.gpg, 300",
        "/ls-lR.gz, 300",
        "/project/trace/master, 300",
        "/dists/README, 300",
        "/direct/browser-stable_current_amd64.deb, 0",
        "/tool_amd64.deb, 0",
    })
    void anyOtherFileMayChange(String path, long freshSeconds) {
        Index index = index(path);
        assertThat(index.freshFor()).isEqualTo(Duration.ofSeconds(freshSeconds));
        assertThat(index.generation()).isNull();
        assertThat(index.encoded()).isFalse();
    }

    @Test
    void anEpochInAFileNameIsSpelledAsOnTheUpstreamsDisk() {
        assertThat(artifact("/pool/x/xorg_1%3a7.7+23_amd64.deb").origin())
                .isEqualTo(new Origin.At("", "/pool/x/xorg_1%253a7.7+23_amd64.deb", ""));
    }

    @Test
    void aVeryLongNameHasNoCoordinates() {
        assertThat(DebianFileName.coordinates("a_1" + ".tar.a".repeat(2_000) + "!"))
                .isEmpty();
    }

    @Test
    void folderListingsDoNotExistAndWritesAreRefused() {
        assertThat(resolve("GET", "/pool/main/")).isEmpty();
        assertThat(resolve("GET", "/")).isEmpty();
        assertThat(resolve("PUT", "/pool/main/a_1_all.deb"))
                .get()
                .isInstanceOfSatisfying(
                        Resource.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(405));
        assertThat(resolve("HEAD", "/pool/main/a_1_all.deb")).isEqualTo(resolve("GET", "/pool/main/a_1_all.deb"));
    }

    private Optional<Resource> resolve(String method, String path) {
        return debian.resolve(new Ask(method, path, "", Accept.ANY));
    }

    private Index index(String path) {
        return (Index) resolve("GET", path).orElseThrow();
    }

    private Artifact artifact(String path) {
        return (Artifact) resolve("GET", path).orElseThrow();
    }

    private Resource.Member member(String path) {
        return (Resource.Member) resolve("GET", path).orElseThrow();
    }

    private static List<Resource.Member> chain(Resource resource) {
        List<Resource.Member> chain = new ArrayList<>();
        for (Resource next = resource; next instanceof Resource.Member member; next = member.otherwise()) {
            chain.add(member);
        }
        return chain;
    }
}
