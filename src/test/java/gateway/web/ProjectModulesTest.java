package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.GitRepository;
import gateway.support.TestGateway;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Go modules of a project, out of its git repository. */
class ProjectModulesTest {

    private static final String MODULE = "gateway.example/acme/app";
    private static final String PRIVATE = "/api/v4/projects/42/packages/go/";
    private static final String[] DANA = {"Private-Token", "dana-and-nobody-else"};

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init") // by start
    private GitRepository repository;

    @SuppressWarnings("NullAway.Init") // by start
    private TestGateway gateway;

    @BeforeEach
    void start() {
        repository = new GitRepository(folder.resolve("app.git"));
        repository
                .file("go.mod", "module " + MODULE + "\n")
                .file("a.go", "package app\n")
                .file("mod/go.mod", "module " + MODULE + "/mod\n")
                .file("mod/m.go", "package mod\n")
                .file("wrong/go.mod", "module gateway.example/another\n")
                .commit("2026-01-01T10:00:00Z");
        repository.tag("v1.0.1").tag("mod/v1.0.3");
        gateway = new TestGateway(folder);
        gateway.start(settings(""));
    }

    @AfterEach
    void stop() {
        gateway.close();
        repository.close();
    }

    private String settings(String more) {
        return """
                admin: { token: "the administrator's own token" }
                projects:
                  - id: 42
                    path: acme/app
                    visibility: private
                    members:
                      - { user: dana, role: reporter, tokens: [ { kind: personal, scopes: [read_api], value: dana-and-nobody-else } ] }
                    git: { url: "REPOSITORY", module: gateway.example/acme/app }
                  - id: 43
                    path: acme/open
                    visibility: public
                    git: { url: "REPOSITORY", module: gateway.example/acme/app }
                  - id: 44
                    path: acme/without
                    visibility: public
                  - id: 45
                    path: acme/shut
                    visibility: public
                    go_proxy: false
                    git: { url: "REPOSITORY", module: gateway.example/acme/app }
                """.replace("REPOSITORY", repository.uri().toString()) + more;
    }

    @Test
    @DisplayName("36: a member reads a private project's modules, nobody else does, everybody those of a public one")
    void who_may_read() {
        assertThat(text(gateway.get(PRIVATE + MODULE + "/@v/list", DANA))).contains("v1.0.1");
        HttpResponse<byte[]> nobody = gateway.get(PRIVATE + MODULE + "/@v/list");
        assertThat(nobody.statusCode()).isEqualTo(401);
        assertThat(nobody.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Basic ");
        assertThat(gateway.get("/api/v4/projects/acme%2Fopen/packages/go/" + MODULE + "/@v/list")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("36: switched off for the instance or the project, or without a repository, there are none")
    void switched_off() {
        assertThat(gateway.get("/api/v4/projects/44/packages/go/" + MODULE + "/@v/list", DANA)
                        .statusCode())
                .isEqualTo(404);
        assertThat(gateway.get("/api/v4/projects/45/packages/go/" + MODULE + "/@v/list", DANA)
                        .statusCode())
                .isEqualTo(404);

        gateway.start(settings("features: { go_proxy: false }\n"));

        assertThat(gateway.get(PRIVATE + MODULE + "/@v/list", DANA).statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "gateway.example/acme/app/@v/list, v1.0.1",
        "gateway.example/acme/app/@v/v1.0.1.mod, module gateway.example/acme/app",
        "gateway.example/acme/app/@v/v1.0.1.info, v1.0.1",
        "gateway.example/acme/app/@latest, v1.0.1",
        "gateway.example/acme/app/mod/@v/list, v1.0.3",
        "gateway.example/acme/app/mod/@v/v1.0.3.mod, module gateway.example/acme/app/mod",
    })
    @DisplayName("37: list, .info, .mod and @latest, of the root and of a folder")
    void what_there_is(String path, String part) {
        assertThat(text(gateway.get(PRIVATE + path, DANA))).contains(part);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gateway.example/acme/app/wrong/@v/v1.0.1.info",
                "gateway.example/acme/other/@v/list",
                "gateway.example/Acme/app/@v/list",
                "gateway.example/acme/app/@v/v9.9.9.info",
                "gateway.example/acme/app/@v/v1.0.1-0.20260101100000-123456789012.info",
            })
    @DisplayName("37, 38: what is not there is a 404, so that go looks elsewhere")
    void what_there_is_not(String path) {
        assertThat(gateway.get(PRIVATE + path, DANA).statusCode()).isEqualTo(404);
    }

    @Test
    @DisplayName("38: all of a zip lies below module@version, and no other module's files are in it")
    void a_zip() throws IOException {
        HttpResponse<byte[]> zip = gateway.get(PRIVATE + MODULE + "/@v/v1.0.1.zip", DANA);

        assertThat(entries(zip.body())).containsExactly(MODULE + "@v1.0.1/a.go", MODULE + "@v1.0.1/go.mod");
        assertThat(zip.headers().firstValue("Content-Disposition").orElse("")).startsWith("attachment");
    }

    private static List<String> entries(byte[] zip) throws IOException {
        List<String> names = new ArrayList<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        names.sort(null);
        return names;
    }

    private static String text(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).isEqualTo(200);
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
