package gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.settings.Organisation.DeclaredMember;
import gateway.settings.Organisation.DeclaredRemote;
import gateway.settings.Organisation.DeclaredToken;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Administrator, keys, switches and projects in the configuration. */
class OrganisationTest {
    private static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    @TempDir
    private Path folder;

    @Test
    void withoutAnyOfItThereAreNoProjects() {
        Organisation nothing = read("listen: \":1\"");

        assertThat(nothing).isEqualTo(Organisation.NONE);
        assertThat(nothing.isOn()).isFalse();
        assertThat(read("features: { packages: true }").features().packages()).isFalse();
    }

    @Test
    void anAdministratorOrAProjectSwitchesAllOn() {
        assertThat(read("admin: { token: 0123456789abcdef }").features()).isEqualTo(Features.ALL);
        assertThat(read("projects: [ { path: a/b } ]").features()).isEqualTo(Features.ALL);
        assertThat(read("projects: [ { path: a/b } ]\nfeatures: { go_proxy: false }")
                        .features())
                .isEqualTo(new Features(true, true, false));
    }

    @Test
    void theEnvironmentWinsOverTheFile() {
        Organisation read = ConfigurationFile.of(
                        folder,
                        "admin: { token: from the file, yes }",
                        Map.of("PROXY_ADMIN_TOKEN", "from the environment", "PROXY_SECRET_KEY", KEY))
                .settings()
                .organisation();

        assertThat(read.admin()).isEqualTo(new Secret("from the environment"));
        assertThat(read.keys().current()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {KEY, "3031323334353637383961626364656630313233343536373839616263646566"})
    void aKeyIsBase64OrHex(String key) {
        Keys keys = read("secrets: { key: \"" + key + "\", previous_keys: [\"" + KEY + "\"] }")
                .keys();

        assertThat(keys.previous()).containsExactly(keys.current());
    }

    @Test
    void aProjectAsTheDocumentationWritesIt() {
        Organisation read = ConfigurationFile.of(
                        folder,
                        """
                        projects:
                          - id: 42
                            path: acme/app
                            visibility: private
                            members:
                              - { user: dana, role: developer, tokens: [ { kind: personal, scopes: [api], value: "${DANA_TOKEN}" } ] }
                            deploy_tokens: [ { username: ci, scopes: [read_package_registry], value: "${CI_TOKEN}", expires_at: 2030-12-31 } ]
                            dependency_proxy:
                              enabled: true
                              maven: { url: "http://127.0.0.1:9000/m2/", username: u, password: "${REMOTE_PASSWORD}", allow: ["org.*"], deny: ["org.acme:*"] }
                            git: { url: "file:///srv/git/app.git", module: "gateway.example/acme/app" }
                        """,
                        Map.of(
                                "DANA_TOKEN",
                                "dana's own token",
                                "CI_TOKEN",
                                "the farm's token",
                                "REMOTE_PASSWORD",
                                "p"))
                .settings()
                .organisation();

        assertThat(read.projects()).singleElement().satisfies(project -> {
            assertThat(project.id()).isEqualTo(42);
            assertThat(project.visibility()).isEqualTo("PRIVATE");
            assertThat(project.members())
                    .containsExactly(new DeclaredMember(
                            "dana",
                            "DEVELOPER",
                            List.of(new DeclaredToken(
                                    "configuration", List.of("API"), new Secret("dana's own token"), null))));
            assertThat(project.deployTokens())
                    .containsExactly(new DeclaredToken(
                            "ci",
                            List.of("READ_PACKAGE_REGISTRY"),
                            new Secret("the farm's token"),
                            Instant.parse("2030-12-31T00:00:00Z")));
            assertThat(project.proxy().remotes())
                    .isEqualTo(Map.of(
                            "maven",
                            List.of(new DeclaredRemote(
                                    "http://127.0.0.1:9000/m2",
                                    "",
                                    new Credentials("u", new Secret("p")),
                                    new Rules(List.of("org.*"), List.of("org.acme:*"))))));
            assertThat(project.git())
                    .isEqualTo(new DeclaredRemote(
                            "file:///srv/git/app.git", "gateway.example/acme/app", null, Rules.NONE));
        });
        assertThat(read.toString()).doesNotContain("own token", "farm's");
    }

    @Test
    void severalRemotesInTheirOrder() {
        Organisation read = read("""
                projects:
                  - path: acme/app
                    dependency_proxy:
                      npm:
                        - { url: "http://127.0.0.1:9000/own", username: u, password: p, allow: ["@acme/*"] }
                        - { url: "https://upstream.test/npm/" }
                """);

        assertThat(read.projects().getFirst().proxy().remotes())
                .isEqualTo(Map.of(
                        "npm",
                        List.of(
                                new DeclaredRemote(
                                        "http://127.0.0.1:9000/own",
                                        "",
                                        new Credentials("u", new Secret("p")),
                                        new Rules(List.of("@acme/*"), List.of())),
                                new DeclaredRemote("https://upstream.test/npm", "", null, Rules.NONE))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            admin: { token: short }                              | admin.token: is shorter than 16 characters; make one by: openssl rand -hex 24
            admin: { tokn: x }                                   | admin.tokn: unknown key; did you mean token?
            secrets: { key: "my own pass phrase" }               | secrets.key: is not 32 bytes in base64 or hex; make a key by: openssl rand -base64 32
            secrets: { key: "AAAA" }                             | secrets.key: is not 32 bytes in base64 or hex; make a key by: openssl rand -base64 32
            secrets: { previous_keys: ["AAAA"] }                 | secrets.previous_keys[0]: is not 32 bytes in base64 or hex; make a key by: openssl rand -base64 32
            features: { go: true }                               | features.go: unknown key; known here: packages, dependency_proxy, go_proxy
            features: { go_proxy: 1 }                            | features.go_proxy: "1" is neither true nor false
            projects: [ { id: 1 } ]                              | projects[0].path: is missing
            projects: [ { path: app } ]                          | projects[0].path: "app" is the path of a group; the path of a project is for example acme/app
            projects: [ { path: a/../b } ]                       | projects[0].path: "a/../b" is not a path; write for example acme/app
            projects: [ { path: a/b, id: 0 } ]                   | projects[0].id: "0" is not the number of a project
            projects: [ { path: a/b }, { path: A/B } ]           | projects[1]: its id or path is that of another project here
            projects: [ { path: a/b, id: 1 }, { path: a/c, id: 1 } ] | projects[1]: its id or path is that of another project here
            projects: [ { path: a/b, visibility: open } ]        | projects[0].visibility: "open" is not known here; use public, internal, private
            projects: [ { path: a/b, members: [ { user: u } ] } ] | projects[0].members[0].role: is missing
            projects: [ { path: a/b, members: [ { user: "u:v", role: owner } ] } ] | projects[0].members[0].user: "u:v" is not the name of a user; use letters, digits, '.', '_', '-' and '@'
            projects: [ { path: a/b, members: [ { user: u, role: king } ] } ] | projects[0].members[0].role: "king" is not known here; use guest, reporter, developer, maintainer, owner
            projects: [ { path: a/b, deploy_tokens: [ { username: u, scopes: [api], value: 0123456789abcdef } ] } ] | projects[0].deploy_tokens[0].scopes[0]: "api" is not known here; use read_package_registry, write_package_registry
            projects: [ { path: a/b, deploy_tokens: [ { username: u, value: 0123456789abcdef } ] } ] | projects[0].deploy_tokens[0].scopes: is missing; known here: read_package_registry, write_package_registry
            projects: [ { path: a/b, deploy_tokens: [ { username: u, scopes: [read_package_registry], value: guess } ] } ] | projects[0].deploy_tokens[0].value: is shorter than 16 characters; make one by: openssl rand -hex 24
            projects: [ { path: a/b, deploy_tokens: [ { username: u, scopes: [read_package_registry], value: 0123456789abcdef, expires_at: soon } ] } ] | projects[0].deploy_tokens[0].expires_at: "soon" is not a date; write for example 2030-12-31
            projects: [ { path: a/b, dependency_proxy: { maven: { url: "http://r.test", username: u } } } ] | projects[0].dependency_proxy.maven.password: is missing; give both or neither
            projects: [ { path: a/b, dependency_proxy: { mavn: { url: "http://r.test" } } } ] | projects[0].dependency_proxy.mavn: unknown key; did you mean maven?
            projects: [ { path: a/b, dependency_proxy: { npm: { url: "http://r.test", allow: [] } } } ] | projects[0].dependency_proxy.npm.allow: is empty
            projects: [ { path: a/b, dependency_proxy: { npm: { url: "http://r.test", deny: ["a b"] } } } ] | projects[0].dependency_proxy.npm.deny[0]: "a b" is not a pattern of names; write for example @acme/* or com.acme:*
            projects: [ { path: a/b, dependency_proxy: { npm: {} } } ] | projects[0].dependency_proxy.npm.url: is missing
            projects: [ { path: a/b, dependency_proxy: { npm: [] } } ] | projects[0].dependency_proxy.npm: must have 1 to 10 remotes
            projects: [ { path: a/b, dependency_proxy: { npm: [ { url: "http://r.test" }, { url: "http://r.test/" } ] } } ] | projects[0].dependency_proxy.npm: has the same url twice
            projects: [ { path: a/b, dependency_proxy: { npm: [ { url: "http://r.test", user: u } ] } } ] | projects[0].dependency_proxy.npm[0].user: unknown key; known here: url, username, password, allow, deny
            projects: [ { path: a/b, dependency_proxy: { npm: "http://r.test" } } ] | projects[0].dependency_proxy.npm: must be a set of keys, each with a value
            projects: [ { path: a/b, git: { url: "file:srv", module: m } } ] | projects[0].git.url: "file:srv" is not a place that git repositories are fetched from; write for example https://git.example.com/app.git or /srv/git/app.git
            projects: [ { path: a/b, git: { url: "file:///srv" } } ] | projects[0].git.module: is missing
            groups: [ { path: "a b" } ]                          | groups[0].path: "a b" is not a path; write for example acme/app
            """)
    void whatCannotBeUsedIsNamed(String yaml, String complaint) {
        assertThat(ConfigurationFile.of(folder, yaml).complaint()).isEqualTo(complaint);
    }

    private Organisation read(String yaml) {
        return ConfigurationFile.of(folder, yaml).settings().organisation();
    }
}
