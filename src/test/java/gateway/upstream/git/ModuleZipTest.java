package gateway.upstream.git;

import static gateway.upstream.git.GitGateway.MODULE;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.GitRepository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the zip of a module, asked through a running gateway. */
class ModuleZipTest {

    private static final String TIME = "2026-01-01T10:00:00Z";

    @TempDir
    private Path folder;

    private GitRepository repository;
    private GitGateway gateway;

    @BeforeEach
    void start() throws Exception {
        repository = new GitRepository(folder.resolve("app.git"));
        gateway = GitGateway.of(folder, repository.uri());
    }

    @AfterEach
    void stop() {
        gateway.close();
        repository.close();
    }

    private GitRepository root(String goVersion) {
        return repository.file("go.mod", "module " + MODULE + "\n\ngo " + goVersion + "\n");
    }

    private void release(String... tags) {
        repository.commit(TIME);
        for (String tag : tags) {
            repository.tag(tag);
        }
    }

    private static Map<String, String> members(byte[] zip) throws IOException {
        Map<String, String> members = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                members.put(entry.getName(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return members;
    }

    @Test
    void filesStandBelowModuleAndVersion() throws Exception {
        root("1.20").file("a.go", "package app\n").file("in/b.go", "package in\n");
        release("v1.0.0");

        assertThat(members(gateway.bytes("/@v/v1.0.0.zip")))
                .containsOnlyKeys(MODULE + "@v1.0.0/a.go", MODULE + "@v1.0.0/go.mod", MODULE + "@v1.0.0/in/b.go")
                .containsEntry(MODULE + "@v1.0.0/in/b.go", "package in\n");
    }

    @Test
    void linksNestedModulesAndVendoredPackagesStayOutside() throws Exception {
        root("1.20")
                .file("a.go", "package app\n")
                .link("link.go", "a.go")
                .file("nested/go.mod", "module x\n")
                .file("nested/deep/c.go", "package c\n")
                .file("vendor/modules.txt", "# x\n")
                .file("vendor/example.test/x/x.go", "package x\n")
                .file("pkg/vendor/v.go", "package v\n");
        release("v1.0.0");
        root("1.24");
        release("v1.1.0");

        assertThat(members(gateway.bytes("/@v/v1.0.0.zip")).keySet())
                .containsExactlyInAnyOrder(
                        MODULE + "@v1.0.0/a.go", MODULE + "@v1.0.0/go.mod", MODULE + "@v1.0.0/vendor/modules.txt");
        assertThat(members(gateway.bytes("/@v/v1.1.0.zip")).keySet())
                .containsExactlyInAnyOrder(
                        MODULE + "@v1.1.0/a.go", MODULE + "@v1.1.0/go.mod", MODULE + "@v1.1.0/pkg/vendor/v.go");
    }

    @Test
    void aModuleInAFolderGetsTheLicenceOfTheRepository() throws Exception {
        repository
                .file("LICENSE", "do what you want\n")
                .file("README", "root\n")
                .file("sub/go.mod", "module " + MODULE + "/sub\n")
                .file("sub/s.go", "package s\n")
                .file("own/go.mod", "module " + MODULE + "/own\n")
                .file("own/LICENSE", "mine\n");
        release("sub/v0.1.0", "own/v0.1.0");

        assertThat(members(gateway.bytes("/sub/@v/v0.1.0.zip")))
                .containsOnlyKeys(
                        MODULE + "/sub@v0.1.0/LICENSE", MODULE + "/sub@v0.1.0/go.mod", MODULE + "/sub@v0.1.0/s.go")
                .containsEntry(MODULE + "/sub@v0.1.0/LICENSE", "do what you want\n");
        assertThat(members(gateway.bytes("/own/@v/v0.1.0.zip")))
                .containsEntry(MODULE + "/own@v0.1.0/LICENSE", "mine\n");
    }

    @Test
    void lineEndsAreAsTheCommitWantsThemCheckedOut() throws Exception {
        root("1.20")
                .file(".gitattributes", "*.bat text eol=crlf\n*.txt text\n")
                .file("run.bat", "one\ntwo\n")
                .file("a.txt", "one\ntwo\n");
        release("v1.0.0");

        assertThat(members(gateway.bytes("/@v/v1.0.0.zip")))
                .containsEntry(MODULE + "@v1.0.0/run.bat", "one\r\ntwo\r\n")
                .containsEntry(MODULE + "@v1.0.0/a.txt", "one\ntwo\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"aux.go", "a:b.txt", "dir/com1", "what?.md", "trailing.", "in/A.go"})
    void aNameThatSomeSystemCannotHaveIsRefusedWithItsName(String name) throws Exception {
        root("1.20").file("in/a.go", "package in\n").file(name, "x\n");
        release("v1.0.0");

        assertThat(gateway.absence("/@v/v1.0.0.zip")).contains(name);
        assertThat(gateway.text("/@v/v1.0.0.mod")).contains(MODULE);
    }

    @Test
    void aLicenceThatTheGoCommandWouldRefuseIsRefusedHere() throws Exception {
        root("1.20").file("LICENSE", new byte[(16 << 20) + 1]);
        release("v1.0.0");

        assertThat(gateway.absence("/@v/v1.0.0.zip")).contains("LICENSE is too large");
    }

    @Test
    void aLargeFileComesThroughWhole() throws Exception {
        byte[] large = new byte[12 << 20];
        new java.util.Random(7).nextBytes(large);
        root("1.20").file("data.bin", large);
        release("v1.0.0");

        var first = gateway.get("/@v/v1.0.0.zip");
        assertThat(first.whole()).isTrue();
        assertThat(first.length()).isGreaterThan(large.length);
        Awaitility.await().untilAsserted(() -> {
            var again = gateway.get("/@v/v1.0.0.zip");
            assertThat(again.cacheStatus()).contains("gateway; hit");
            assertThat(again.sha256()).isEqualTo(first.sha256());
        });
    }

    @Test
    void twoGatewaysMakeTheSameBytes() throws Exception {
        root("1.20").file("a.go", "package app\n").file("z/b.go", "package z\n".repeat(1000));
        release("v1.0.0");

        try (GitGateway other = GitGateway.of(folder.resolve("other"), repository.uri())) {
            assertThat(other.get("/@v/v1.0.0.zip").sha256())
                    .isEqualTo(gateway.get("/@v/v1.0.0.zip").sha256());
        }
    }

    @Test
    void nothingIsLeftBehindInTheStore() throws Exception {
        root("1.20").file("in/a.go", "package in\n").file("in/A.go", "package in\n");
        release("v1.0.0");
        gateway.absence("/@v/v1.0.0.zip");

        assertThat(gateway.pipeline().files()).noneMatch(file -> file.startsWith(".git/tmp/"));
    }
}
