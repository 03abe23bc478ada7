package gateway.upstream.git;

import static gateway.upstream.git.GitGateway.MODULE;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.GitRepository;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which versions the modules of a repository have, asked through a running gateway. */
class GitVersionsTest {

    private static final String FIRST = "2026-01-01T10:00:00Z";
    private static final String SECOND = "2026-01-02T10:00:00Z";
    private static final String THIRD = "2026-01-03T10:00:00Z";

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

    private GitRepository module(String path, String name) {
        return repository.file(path, "module " + name + "\n\ngo 1.20\n");
    }

    @Test
    void theRootModuleHasTheTagsThatAreVersions() throws Exception {
        module("go.mod", MODULE).commit(FIRST);
        repository
                .tag("v1.0.0")
                .tag("v1")
                .tag("v1.2")
                .tag("1.5.0")
                .tag("v1.2.3+meta")
                .tag("latest");
        repository.file("a.go", "package a\n").commit(SECOND);
        repository.tag("v1.0.10").tag("v1.0.9").tag("v1.1.0-rc.1").tag("v1.0.9-0.20260101100000-0123456789ab");

        assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.0\nv1.0.9\nv1.0.10\nv1.1.0-rc.1");
        assertThat(gateway.text("/@v/v1.0.10.info"))
                .isEqualTo("{\"Version\":\"v1.0.10\",\"Time\":\"2026-01-02T10:00:00Z\"}");
        assertThat(gateway.text("/@v/v1.0.0.mod")).isEqualTo("module " + MODULE + "\n\ngo 1.20\n");
        assertThat(gateway.text("/@latest")).contains("\"v1.0.10\"");
        assertThat(gateway.absence("/@v/v1.0.1.info")).contains("no tag v1.0.1");
    }

    @Test
    void anAnnotatedTagHasTheTimeOfItsCommit() throws Exception {
        module("go.mod", MODULE).commit(FIRST);
        repository.annotated("v0.1.0", THIRD);

        assertThat(gateway.text("/@v/v0.1.0.info")).contains(FIRST);
        assertThat(gateway.text("/@v/list")).isEqualTo("v0.1.0");
    }

    @Test
    void anEmptyRepositoryHasNoVersions() throws Exception {
        assertThat(gateway.text("/@v/list")).isEmpty();
        assertThat(gateway.absence("/@latest")).contains("no commit");
    }

    @Test
    void aTagWhoseModuleLineSaysAnotherNameIsNoVersion() throws Exception {
        module("go.mod", "gateway.test/acme/other").commit(FIRST);
        repository.tag("v1.0.0");
        module("go.mod", MODULE).commit(SECOND);
        repository.tag("v1.0.1");

        assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.1");
        assertThat(gateway.absence("/@v/v1.0.0.info")).contains("declares the module gateway.test/acme/other");
        assertThat(gateway.absence("/@v/v1.0.0.zip")).contains("declares the module gateway.test/acme/other");
    }

    @Test
    void aModuleLineMayHaveCommentsAndQuotes() throws Exception {
        repository
                .file("go.mod", "// module x\n\n  module \"" + MODULE + "\" // ours\n")
                .commit(FIRST);
        repository.tag("v1.0.0");

        assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.0");
    }

    @Test
    void aCommitWithoutGoModIsTheRootModule() throws Exception {
        repository.file("a.go", "package a\n").commit(FIRST);
        repository.tag("v1.0.0").tag("v2.0.0");

        assertThat(gateway.text("/@v/v1.0.0.mod")).isEqualTo("module " + MODULE + "\n");
        assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.0\nv2.0.0+incompatible");
        assertThat(gateway.text("/@v/v2.0.0+incompatible.mod")).isEqualTo("module " + MODULE + "\n");
        assertThat(gateway.absence("/@v/v2.0.0.info")).contains("another path");
        assertThat(gateway.absence("/@v/v1.0.0+incompatible.info")).contains("another path");
    }

    @Test
    void noVersionIsIncompatibleOnceThereIsAGoMod() throws Exception {
        repository.file("a.go", "package a\n").commit(FIRST);
        repository.tag("v2.0.0");
        module("go.mod", MODULE).commit(SECOND);
        repository.tag("v1.5.0").tag("v3.0.0");

        assertThat(gateway.text("/@v/list")).isEqualTo("v1.5.0");
        assertThat(gateway.absence("/@v/v3.0.0+incompatible.info")).contains("cannot be +incompatible");
        assertThat(gateway.text("/@v/v2.0.0+incompatible.info")).contains("v2.0.0+incompatible");
    }

    @Test
    void aModuleInAFolderHasItsOwnTags() throws Exception {
        module("go.mod", MODULE);
        module("sub/go.mod", MODULE + "/sub").commit(FIRST);
        repository.tag("v1.0.0").tag("sub/v0.3.0").tag("sub/v9.0.0");

        assertThat(gateway.text("/sub/@v/list")).isEqualTo("v0.3.0");
        assertThat(gateway.text("/sub/@v/v0.3.0.mod")).startsWith("module " + MODULE + "/sub\n");
        assertThat(gateway.absence("/sub/@v/v1.0.0.info")).contains("no tag sub/v1.0.0");
        assertThat(gateway.text("/sub/@latest")).contains("v0.3.0");
    }

    @Test
    void aModuleInAFolderWithoutTagsHasThoseOfTheRoot() throws Exception {
        module("go.mod", MODULE).commit(FIRST);
        repository.tag("v1.0.0");
        module("mod/go.mod", MODULE + "/mod").commit(SECOND);
        repository.tag("v1.0.3");

        assertThat(gateway.text("/mod/@v/list")).isEqualTo("v1.0.3");
        assertThat(gateway.text("/mod/@v/v1.0.3.info")).contains("v1.0.3");
        assertThat(gateway.absence("/mod/@v/v1.0.0.info")).contains("no mod/go.mod");
    }

    @Test
    void theTagsOfTheRootCanBeLeftToIt() throws Exception {
        module("mod/go.mod", MODULE + "/mod").commit(FIRST);
        repository.tag("v1.0.3");

        try (GitGateway strict = GitGateway.of(folder.resolve("strict"), repository.uri(), false, null)) {
            assertThat(strict.text("/mod/@v/list")).isEmpty();
            assertThat(strict.absence("/mod/@v/v1.0.3.info")).contains("no tag mod/v1.0.3");
        }
    }

    @Test
    void aFolderWithoutGoModIsNoModule() throws Exception {
        module("go.mod", MODULE);
        repository.file("pkg/a.go", "package a\n").commit(FIRST);
        repository.tag("v1.0.0");

        assertThat(gateway.text("/pkg/@v/list")).isEmpty();
        assertThat(gateway.absence("/pkg/@latest")).contains("no pkg/go.mod");
        assertThat(gateway.absence("/pkg/@v/v1.0.0.info")).contains("no pkg/go.mod");
    }

    @Test
    void aLaterMajorVersionLiesInAFolderOrOnABranch() throws Exception {
        module("go.mod", MODULE);
        module("v2/go.mod", MODULE + "/v2").commit(FIRST);
        repository.tag("v1.0.0").tag("v2.0.0");
        repository.remove("v2/go.mod");
        module("go.mod", MODULE + "/v3").commit(SECOND);
        repository.tag("v3.0.0");
        module("v3/go.mod", MODULE + "/v3").commit(THIRD);
        repository.tag("v3.1.0");

        assertThat(gateway.text("/@v/list")).isEqualTo("v1.0.0");
        assertThat(gateway.text("/v2/@v/list")).isEqualTo("v2.0.0");
        assertThat(gateway.text("/v2/@v/v2.0.0.mod")).startsWith("module " + MODULE + "/v2\n");
        assertThat(gateway.text("/v3/@v/list")).isEqualTo("v3.0.0");
        assertThat(gateway.absence("/v3/@v/v3.1.0.info")).contains("both");
        assertThat(gateway.absence("/v2/@v/v1.0.0.info")).contains("another path");
        assertThat(gateway.absence("/v4/@v/v3.0.0.info")).contains("another path");
    }

    @Test
    void capitalLettersAreEscapedOnTheWay() throws Exception {
        module("Sub/go.mod", MODULE + "/Sub").commit(FIRST);
        repository.tag("Sub/v1.0.0-RC1");

        assertThat(gateway.text("/!sub/@v/list")).isEqualTo("v1.0.0-RC1");
        assertThat(gateway.text("/%21sub/@v/v1.0.0-!r!c1.mod")).contains("/Sub");
        assertThat(gateway.get("/Sub/@v/list").status()).isEqualTo(404);
        assertThat(gateway.text("/sub/@v/list")).isEmpty();
    }

    @Test
    void otherModulesAreNotHere() throws Exception {
        module("go.mod", MODULE).commit(FIRST);
        repository.tag("v1.0.0");

        assertThat(gateway.absence("x/@v/list")).contains("no such module");
        assertThat(gateway.pipeline().get("/go/gateway.test/acme/@v/list").status())
                .isEqualTo(404);
        assertThat(gateway.pipeline()
                        .get("/go/gateway.test/other/@v/v1.0.0.info")
                        .status())
                .isEqualTo(404);
        assertThat(gateway.get("/%2E%2E/%2E%2E/@v/list").status()).isIn(400, 404);
    }

    @Test
    void aBranchOrCommitHasAVersionMadeOfTheTagBeforeIt() throws Exception {
        String first = module("go.mod", MODULE).commit(FIRST);
        String second = repository.file("a.go", "package a\n").commit(SECOND);
        repository.tag("v1.2.3");
        String third = repository.file("a.go", "package a // more\n").commit(THIRD);
        repository.branch("old", first).branch("feature", third);

        assertThat(gateway.text("/@v/old.info"))
                .isEqualTo("{\"Version\":\"v0.0.0-20260101100000-" + first.substring(0, 12) + "\",\"Time\":\"" + FIRST
                        + "\"}");
        assertThat(gateway.text("/@v/feature.info"))
                .contains("\"v1.2.4-0.20260103100000-" + third.substring(0, 12) + "\"");
        assertThat(gateway.text("/@v/" + second.substring(0, 9) + ".info")).contains("\"v1.2.3\"");
        assertThat(gateway.text("/@v/" + third + ".info")).contains("\"v1.2.4-0.");
        assertThat(gateway.text("/@v/!h!e!a!d.info")).contains("\"v1.2.4-0.");
        assertThat(gateway.absence("/@v/nothing.info")).contains("no tag, branch or commit nothing");
    }

    @Test
    void aCommitAfterAPreReleaseSortsBehindIt() throws Exception {
        module("go.mod", MODULE).commit(FIRST);
        repository.tag("v1.3.0-beta.2");
        String second = repository.file("a.go", "package a\n").commit(SECOND);

        assertThat(gateway.text("/@v/main.info"))
                .contains("\"v1.3.0-beta.2.0.20260102100000-" + second.substring(0, 12) + "\"");
        assertThat(gateway.text("/@v/v1.3.0-beta.2.0.20260102100000-" + second.substring(0, 12) + ".mod"))
                .contains(MODULE);
    }

    @Test
    void withoutTagsTheLatestVersionIsTheTipOfTheDefaultBranch() throws Exception {
        String first = module("go.mod", MODULE).commit(FIRST);

        assertThat(gateway.text("/@v/list")).isEmpty();
        assertThat(gateway.text("/@latest")).contains("\"v0.0.0-20260101100000-" + first.substring(0, 12) + "\"");
    }

    @Test
    void aPseudoVersionIsServedOnlyWhenAllThatItSaysIsTrue() throws Exception {
        String first = module("go.mod", MODULE).commit(FIRST).substring(0, 12);
        String second = repository.file("a.go", "package a\n").commit(SECOND);
        repository.tag("v1.0.0").tag("v1.4.0-rc.1");
        String third = repository.file("a.go", "package a // more\n").commit(THIRD);
        repository.tag("v1.9.0");
        String name = third.substring(0, 12);

        assertThat(gateway.text("/@v/v0.0.0-20260101100000-" + first + ".info")).contains(FIRST);
        assertThat(gateway.text("/@v/v1.0.1-0.20260103100000-" + name + ".mod")).contains(MODULE);
        assertThat(gateway.text("/@v/v1.4.0-rc.1.0.20260103100000-" + name + ".info"))
                .contains(THIRD);
        assertThat(gateway.absence("/@v/v0.0.0-20260101100001-" + first + ".info"))
                .contains("was made at 20260101100000");
        assertThat(gateway.absence("/@v/v0.0.0-20260101100000-" + first.substring(0, 11) + ".info"))
                .contains("first 12 digits");
        assertThat(gateway.absence("/@v/v0.0.0-20260101100000-0123456789ab.info"))
                .contains("no commit");
        assertThat(gateway.absence("/@v/v1.0.1-0.20260101100000-" + first + ".info"))
                .contains("does not come after the tag v1.0.0");
        assertThat(gateway.absence("/@v/v1.0.1-0.20260102100000-" + second.substring(0, 12) + ".info"))
                .contains("does not come after the tag v1.0.0");
        assertThat(gateway.absence("/@v/v1.7.1-0.20260103100000-" + name + ".info"))
                .contains("no tag v1.7.0");
        assertThat(gateway.absence("/v2/@v/v2.0.0-20260103100000-" + name + ".info"))
                .contains("v2");
    }

    @Test
    void peopleAreToldThatItIsAGitRepositoryAndNotWhere() throws Exception {
        String explained = gateway.pipeline()
                .get("/explain?format=text&path=/go/" + MODULE + "/@v/list")
                .text();
        String page = gateway.pipeline().get("/", "Accept: text/plain").text();

        assertThat(explained).contains("git, on this machine").doesNotContain("app.git");
        assertThat(page).contains("go (git, on this machine)").doesNotContain("app.git");
    }
}
