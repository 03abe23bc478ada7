package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.settings.GitModule;
import gateway.settings.Rules;
import gateway.settings.Tls;
import gateway.settings.Upstream;
import gateway.support.Certificates;
import gateway.support.GitRepository;
import gateway.support.PipelineGateway;
import gateway.support.StoreFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** go before the modules of a git repository, over https, and beside them what it makes of that repository itself. */
@Tag("clients")
class GitModulesClientTest {

    /** The ending tells go that it is a git repository, so that it can also fetch it without us. */
    private static final String MODULE = "git.example.test/acme/App.git";

    private static final String TIME = "2026-01-0%dT10:00:00Z";

    @TempDir
    private Path folder;

    private GitRepository repository;
    private PipelineGateway gateway;
    private Tls certificate;

    @BeforeEach
    void start() throws Exception {
        repository = new GitRepository(folder.resolve("app.git"));
        fill();
        certificate = Certificates.make(folder, "EC").write(folder);
        gateway = PipelineGateway.in(folder.resolve("gateway"))
                .tls(certificate)
                .mount("/go", "go", Upstream.git("go", repository.uri(), new GitModule(MODULE, true), null, Rules.NONE))
                .start();
    }

    private void fill() {
        repository
                .file("a.go", "package app\n")
                .file("LICENSE", "do what you want\n")
                .commit(TIME.formatted(1));
        repository.tag("v0.1.0");
        repository
                .file("go.mod", "module " + MODULE + "\n\ngo 1.20\n")
                .file(
                        ".gitattributes",
                        "*.bat text eol=crlf\n*.txt text=auto\n*.go export-ignore\nold.md export-subst\n")
                .file("run.bat", "one\ntwo\n")
                .file("mixed.txt", "one\r\ntwo\n")
                .file("old.md", "$Format:%H$\n")
                .file("Ünïcode.md", "x\n")
                .link("link.go", "a.go")
                .file("vendor/modules.txt", "# x\n")
                .file("vendor/example.test/x/x.go", "package x\n")
                .file("pkg/vendor/v.go", "package v\n")
                .file("sub/go.mod", "module " + MODULE + "/sub\n\ngo 1.24\n")
                .file("sub/s.go", "package sub\n")
                .file("sub/vendor/modules.txt", "# x\n")
                .file("sub/in/vendor/v.go", "package v\n")
                .commit(TIME.formatted(2));
        repository.tag("v1.0.1").tag("sub/v0.2.0-rc.1");
        repository
                .file("v2/go.mod", "module " + MODULE + "/v2\n")
                .file("v2/b.go", "package app\n")
                .commit(TIME.formatted(3));
        repository.tag("v2.0.0");
    }

    @AfterEach
    void stop() {
        gateway.close();
        repository.close();
    }

    private Home home(String name, String proxies) {
        Home home = new Home(folder.resolve(name));
        home.write("project/go.mod", "module project\n\ngo 1.20\n");
        return home.set("GOENV", "off")
                .set("GOPROXY", proxies)
                .set("GONOSUMDB", "git.example.test")
                .set("GOFLAGS", "-modcacherw -mod=mod")
                .set("GOTOOLCHAIN", "local")
                .set("GOPATH", home.file("go"))
                .set("GOCACHE", home.file("cache"))
                .set("SSL_CERT_FILE", certificate.certificate());
    }

    private String proxy() {
        return "https://127.0.0.1:" + gateway.port() + "/go";
    }

    /** Fetched without any proxy. */
    private Home direct() {
        Home home = home("direct", "direct").set("GOPRIVATE", "git.example.test");
        home.write(".gitconfig", """
                [url "%s"]
                    insteadOf = https://git.example.test/acme/App.git
                    insteadOf = https://git.example.test/acme/App
                [safe]
                    directory = *
                """.formatted(repository.uri()));
        return home;
    }

    private static List<String> sums(Home home, String tip) {
        home.run(Tools.go(), "get", MODULE + "@v1.0.1", MODULE + "/v2@v2.0.0", MODULE + "/sub@v0.2.0-rc.1");
        home.run(Tools.go(), "mod", "download", "all");
        home.run(Tools.go(), "mod", "verify");
        home.run(Tools.go(), "mod", "download", MODULE + "@v0.1.0", MODULE + "/sub@" + tip);
        List<String> sums = new ArrayList<>(home.read("project/go.sum").lines().toList());
        sums.addAll(home.run(Tools.go(), "mod", "download", "-json", MODULE + "@v0.1.0", MODULE + "/sub@" + tip)
                .lines()
                .filter(line -> line.matches("\\s*\"(Sum|GoModSum|Version)\".*"))
                .map(line -> line.replaceAll(",$", ""))
                .toList());
        return sums;
    }

    @Test
    void modulesHaveTheSumsThatGoComputesFromTheRepositoryItself() {
        List<String> ours = sums(home("ours", proxy()), "main");

        assertThat(ours).hasSizeGreaterThan(8).isEqualTo(sums(direct(), "main"));
    }

    @Test
    void anUnknownModuleIsLookedForElsewhere() {
        Home home = home("through", proxy() + "," + proxy().replace("/go", "/nowhere"));
        assertThatThrownBy(() -> home.run(Tools.go(), "mod", "download", "git.example.test/other@v1.0.0"))
                .hasMessageContaining("/nowhere/git.example.test/other/@v/v1.0.0.info");
    }

    @Test
    void aBuildGoesOnWhenTheRepositoryIsGone() {
        sums(home("first", proxy()), "main");
        StoreFiles.delete(folder.resolve("app.git"));

        Home second = home("second", proxy());
        second.write("project/go.mod", "module project\n\ngo 1.20\n\nrequire " + MODULE + " v1.0.1\n");
        second.run(Tools.go(), "mod", "download", "all");
        assertThat(second.run(Tools.go(), "mod", "verify")).contains("all modules verified");
    }
}
