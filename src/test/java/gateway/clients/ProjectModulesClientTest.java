package gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.settings.Tls;
import gateway.support.Certificates;
import gateway.support.GitRepository;
import gateway.support.TestGateway;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** go before a private project's module, over https, with a token in .netrc. */
@Tag("clients")
class ProjectModulesClientTest {

    private static final String MODULE = "gateway.example/acme/app";

    @TempDir
    private Path folder;

    private GitRepository repository;
    private TestGateway gateway;
    private Tls certificate;

    @BeforeEach
    void start() throws Exception {
        repository = new GitRepository(folder.resolve("app.git"));
        repository
                .file("go.mod", "module " + MODULE + "\n\ngo 1.20\n")
                .file("a.go", "package app\n")
                .commit("2026-01-01T10:00:00Z");
        repository.tag("v1.0.1");
        certificate = Certificates.make(folder, "EC").write(folder);
        gateway = new TestGateway(folder);
        gateway.start("""
                admin: { token: "the administrator's own token" }
                tls: { certificate: "%s", key: "%s" }
                projects:
                  - id: 42
                    path: acme/app
                    visibility: private
                    members:
                      - { user: dana, role: reporter, tokens: [ { kind: personal, scopes: [read_api], value: dana-and-nobody-else } ] }
                    git: { url: "%s", module: gateway.example/acme/app }
                """.formatted(certificate.certificate(), certificate.key(), repository.uri()));
    }

    @AfterEach
    void stop() {
        gateway.close();
        repository.close();
    }

    private Home home(String name, String password) {
        Home home = new Home(folder.resolve(name));
        home.write("project/go.mod", "module project\n\ngo 1.20\n");
        // Since 1.24 go looks for the host with its port, before for the host alone.
        String login = " login dana password " + password + "\n";
        home.write(".netrc", "machine 127.0.0.1:" + gateway.address().getPort() + login + "machine 127.0.0.1" + login);
        return home.set("GOENV", "off")
                .set("GOPROXY", "https://127.0.0.1:" + gateway.address().getPort() + "/api/v4/projects/42/packages/go")
                .set("GONOSUMDB", "gateway.example")
                .set("GOFLAGS", "-modcacherw -mod=mod")
                .set("GOTOOLCHAIN", "local")
                .set("GOPATH", home.file("go"))
                .set("GOCACHE", home.file("cache"))
                .set("NETRC", home.file(".netrc"))
                .set("SSL_CERT_FILE", certificate.certificate());
    }

    @Test
    @DisplayName("36, 38: a member downloads a private module, and go finds it as it should be")
    void a_member() {
        Home home = home("dana", "dana-and-nobody-else");

        home.run(Tools.go(), "get", MODULE + "@v1.0.1");

        assertThat(home.run(Tools.go(), "mod", "verify")).contains("all modules verified");
        assertThat(home.read("project/go.sum")).contains(MODULE + " v1.0.1 h1:");
    }

    @Test
    @DisplayName("36: with a wrong token go is refused")
    void nobody() {
        Home home = home("nobody", "not-the-password-of-dana");

        assertThatThrownBy(() -> home.run(Tools.go(), "get", MODULE + "@v1.0.1"))
                .hasMessageContaining("401");
    }
}
