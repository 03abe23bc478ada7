package gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Git repositories as upstreams, as an operator writes them. */
class GitUpstreamTest {

    @TempDir
    private Path folder;

    private ConfigurationFile file(String upstream) {
        return ConfigurationFile.of(
                folder,
                "repositories: [{ path: /go-private, format: go, upstream: " + upstream + " }]",
                Map.of("SECRET", "hidden"));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            /srv/git/app.git,                    file:///srv/git/app.git
            /srv/git/app.git/,                   file:///srv/git/app.git
            file:///srv/git/app.git,             file:///srv/git/app.git
            file:/srv/git/app.git,               file:///srv/git/app.git
            /srv/our git/a%b,                    file:///srv/our%20git/a%25b
            https://git.example.test/acme/app/,  https://git.example.test/acme/app
            http://git.example.test:3000/a.git,  http://git.example.test:3000/a.git
            """)
    void aRepositoryIsAFolderOrAUrl(String written, URI expected) {
        Upstream upstream = file("{ git: \"" + written + "\", module: gateway.test/acme/app }")
                .repository("/go-private")
                .upstreams()
                .getFirst();

        assertThat(upstream)
                .isEqualTo(Upstream.git(
                        "go-private", expected, new GitModule("gateway.test/acme/app", true), null, Rules.NONE));
    }

    @Test
    void itMayHaveANameAndAUserAndRules() {
        Upstream upstream = file("{ git: \"https://git.example.test/a\", module: gateway.test/a, name: own,"
                        + " root_tags: false, username: ci, password: \"${SECRET}\", deny: [gateway.test/a/internal] }")
                .repository("/go-private")
                .upstreams()
                .getFirst();

        assertThat(upstream.name()).isEqualTo("own");
        assertThat(upstream.git()).isEqualTo(new GitModule("gateway.test/a", false));
        assertThat(upstream.credentials()).isEqualTo(new Credentials("ci", new Secret("hidden")));
        assertThat(upstream.rules().deny()).containsExactly("gateway.test/a/internal");
        assertThat(upstream.place()).isEqualTo("git, git.example.test");
    }

    @Test
    void aServerAtTheSameUrlIsAnother() {
        Upstream git = file("{ git: \"http://x\", module: gateway.test/a }")
                .repository("/go-private")
                .upstreams()
                .getFirst();

        assertThat(git.id())
                .isNotEqualTo(Upstream.at("go-private", URI.create("http://x")).id());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { git: app.git, module: gateway.test/a }                   | .git: "app.git" is not a place that git repositories are fetched from; write for example https://git.example.com/app.git or /srv/git/app.git
            { git: "ssh://git@h/app.git", module: gateway.test/a }     | .git: "ssh://***@h/app.git" is not a place that git repositories are fetched from; write for example https://git.example.com/app.git or /srv/git/app.git
            { git: /srv/../etc, module: gateway.test/a }               | .git: "/srv/../etc" is not a place that git repositories are fetched from; write for example https://git.example.com/app.git or /srv/git/app.git
            { git: "file://host/app.git", module: gateway.test/a }     | .git: "file://host/app.git" is not a place that git repositories are fetched from; write for example https://git.example.com/app.git or /srv/git/app.git
            { git: /srv/app.git }                                      | .module: is missing
            { git: /srv/app.git, module: gateway.test/a/v2 }           | .module: "gateway.test/a/v2" ends in a major version; leave it out, /v2 and later ones are served as well
            { git: /srv/app.git, module: acme }                        | .module: "acme" is not a module path; write for example packages.example.com/group/project
            { git: /srv/app.git, module: Gateway.test/a }              | .module: "Gateway.test/a" is not a module path; write for example packages.example.com/group/project
            { git: /srv/app.git, module: gateway.test/a/ }             | .module: "gateway.test/a/" is not a module path; write for example packages.example.com/group/project
            { git: /srv/app.git, module: gateway.test/a, url: x }      | .url: unknown key; known here: name, git, module, root_tags, username, password, allow, deny
            { git: /srv/app.git, module: gateway.test/a, username: u } | .password: is missing; give both or neither
            { git: /srv/app.git, module: gateway.test/a, username: u, password: "${SECRET}" } | .username: a folder of this machine takes no user
            """)
    void aMistakeNamesItsKey(String upstream, String complaint) {
        assertThat(file(upstream).complaint()).endsWith("repositories[0].upstream" + complaint);
    }

    @Test
    void onlyGoModulesAreMadeFromGit() {
        String complaint = ConfigurationFile.of(
                        folder,
                        "repositories: [{ path: /m, format: maven, upstream: { git: /srv/a, module: gateway.test/a } }]")
                .complaint();

        assertThat(complaint)
                .endsWith("repositories[0].upstream.git: only Go modules are made from git; this repository's format is"
                        + " maven");
    }
}
