package gateway.project;

import static gateway.project.ProjectsFile.all;
import static gateway.project.ProjectsFile.await;
import static gateway.project.ProjectsFile.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.database.Sql;
import gateway.settings.Credentials;
import gateway.settings.Keys;
import gateway.settings.Organisation;
import gateway.settings.Rules;
import gateway.settings.Secret;
import gateway.settings.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The projects database follows the configuration, and keeps what was made by hand. */
class ReconcilerTest {
    private static final String ACME = """
            projects:
              - id: 42
                path: acme/app
                visibility: internal
                members:
                  - { user: dana, role: developer, tokens: [ { kind: personal, scopes: [api], value: "dana's very own token" } ] }
                  - { user: ron, role: reporter }
                deploy_tokens: [ { username: ci, scopes: [read_package_registry], value: "the token of the farm" } ]
                dependency_proxy:
                  enabled: true
                  maven: { url: "http://127.0.0.1:9000/m2", username: u, password: "far from public" }
                  npm: { url: "http://127.0.0.1:9000/npm", allow: ["@acme/*", "left-pad"], deny: ["@acme/old"] }
                git: { url: "file:///srv/git/app.git", module: "gateway.example/acme/app" }
            groups:
              - { path: acme, deploy_tokens: [ { username: all, scopes: [write_package_registry], value: "the token of all of acme" } ] }
            """;

    @TempDir
    Path folder;

    private ProjectsFile file;

    @BeforeEach
    void open() {
        file = new ProjectsFile(folder).open();
    }

    @AfterEach
    void close() {
        file.close();
    }

    @Test
    void all_that_is_declared_is_there() {
        reconcile(ACME);

        Project project = await(file.projects().find("acme/app"));
        assertThat(project.id()).isEqualTo(42);
        assertThat(project.visibility()).isEqualTo(Visibility.INTERNAL);
        assertThat(project.proxy().enabled()).isTrue();
        assertThat(project.proxy().remotes()).containsOnlyKeys("maven", "npm");
        assertThat(project.proxy().remotes("maven").getFirst()).satisfies(remote -> {
            assertThat(remote.trusted()).isTrue();
            assertThat(remote.credentials()).isEqualTo(new Credentials("u", new Secret("far from public")));
        });
        assertThat(project.proxy().remotes("npm").getFirst())
                .extracting(Project.Remote::rules)
                .isEqualTo(new Rules(List.of("@acme/*", "left-pad"), List.of("@acme/old")));
        assertThat(project.git())
                .isEqualTo(new Project.Git("file:///srv/git/app.git", "gateway.example/acme/app", null));
        assertThat(file.identify(Presented.Form.PRIVATE_TOKEN, null, new Secret("dana's very own token")))
                .isEqualTo(new Caller.User("dana", Map.of(42L, Role.DEVELOPER), true));
        assertThat(file.identify(Presented.Form.BASIC, "ci", new Secret("the token of the farm")))
                .isEqualTo(new Caller.Deploy("ci", new Caller.Opens.One(42), Set.of(Scope.READ_PACKAGE_REGISTRY)));
        assertThat(file.identify(Presented.Form.DEPLOY_TOKEN, null, new Secret("the token of all of acme")))
                .isEqualTo(
                        new Caller.Deploy("all", new Caller.Opens.Group("acme"), Set.of(Scope.WRITE_PACKAGE_REGISTRY)));
    }

    @Test
    void a_second_start_changes_no_row() {
        reconcile(ACME);
        List<String> rows = rows();

        file.open();
        reconcile(ACME);

        assertThat(rows()).isEqualTo(rows).hasSize(1 + 2 + 2 + 3 + 3);
    }

    @Test
    void several_remotes_follow_the_file_in_their_order() {
        String two = """
                projects:
                  - { id: 42, path: acme/app, dependency_proxy: { maven: [
                      { url: "http://127.0.0.1:9000/own", username: u, password: "far from public" },
                      { url: "http://127.0.0.1:9000/m2", deny: ["com.acme*"] } ] } }
                """;
        reconcile(two);
        List<String> rows = rows();
        assertThat(await(file.projects().find("42")).proxy().remotes("maven"))
                .satisfiesExactly(
                        own -> {
                            assertThat(own.url()).hasPath("/own");
                            assertThat(own.credentials())
                                    .isEqualTo(new Credentials("u", new Secret("far from public")));
                        },
                        other -> {
                            assertThat(other.url()).hasPath("/m2");
                            assertThat(other.credentials()).isNull();
                            assertThat(other.rules().deny()).containsExactly("com.acme*");
                        });

        file.open();
        reconcile(two);
        assertThat(rows()).isEqualTo(rows);

        reconcile(two.replace("own", "mine"));
        assertThat(await(file.projects().find("42")).proxy().remotes("maven"))
                .extracting(remote -> remote.url().getPath())
                .containsExactly("/mine", "/m2");
        reconcile(ACME);
        assertThat(await(file.projects().find("42")).proxy().remotes("maven")).hasSize(1);
        reconcile("admin: { token: the administrator's own token }");
        assertThat(await(file.projects().find("42")).proxy().remotes()).isEmpty();
    }

    @Test
    void another_rule_takes_the_place_of_the_old() {
        reconcile(ACME);
        reconcile(ACME.replace(", deny: [\"@acme/old\"]", ""));

        Project project = await(file.projects().find("acme/app"));
        assertThat(project.proxy().remotes("npm").getFirst())
                .extracting(Project.Remote::rules)
                .isEqualTo(new Rules(List.of("@acme/*", "left-pad"), List.of()));
    }

    @Test
    void no_secret_of_the_configuration_is_in_the_file() throws IOException {
        reconcile(ACME);
        file.close();

        assertThat(file.holds("acme/app")).isTrue();
        assertThat(file.holds("very own token")).isFalse();
        assertThat(file.holds("token of the farm")).isFalse();
        assertThat(file.holds("far from public")).isFalse();
    }

    @Test
    void what_was_made_by_hand_stays_and_what_is_named_no_more_goes() {
        reconcile(ACME);
        run(file.administration().setMember(42, "hand", Role.GUEST));
        await(file.administration()
                .setProxy(
                        42,
                        null,
                        Map.of("pypi", List.of(new RemoteChange("http://upstream.test/py", null, null, null, null)))));
        Secret own = file.personal("dana", Scope.READ_API).secret();
        Project other = file.create("acme/other");

        reconcile("""
                projects:
                  - { id: 42, path: acme/app, members: [ { user: dana, role: maintainer } ] }
                """);

        Project project = await(file.projects().find("42"));
        assertThat(project.visibility()).isEqualTo(Visibility.INTERNAL);
        assertThat(project.proxy().remotes()).containsOnlyKeys("pypi");
        assertThat(project.git()).isNull();
        assertThat(all(file.administration().members(42)))
                .containsExactly(new Member("dana", Role.MAINTAINER, true), new Member("hand", Role.GUEST, false));
        assertThat(file.identify(Presented.Form.PRIVATE_TOKEN, null, new Secret("dana's very own token")))
                .isEqualTo(new Caller.Unknown());
        assertThat(file.identify(Presented.Form.BASIC, "ci", new Secret("the token of the farm")))
                .isEqualTo(new Caller.Unknown());
        assertThat(file.identify(Presented.Form.PRIVATE_TOKEN, null, own))
                .isEqualTo(new Caller.User("dana", Map.of(42L, Role.MAINTAINER), false));
        assertThat(await(file.projects().find("acme/other"))).isEqualTo(other);
    }

    @Test
    void a_project_that_is_named_no_more_is_closed_to_whom_the_file_let_in_and_stays() {
        reconcile(ACME);

        reconcile("admin: { token: the administrator's own token }");

        Project project = await(file.projects().find("acme/app"));
        assertThat(project.proxy().remotes()).isEmpty();
        assertThat(all(file.administration().members(42))).isEmpty();
        assertThat(file.identify(Presented.Form.DEPLOY_TOKEN, null, new Secret("the token of all of acme")))
                .isEqualTo(new Caller.Unknown());
    }

    @Test
    void what_changes_in_the_file_changes_here() {
        reconcile(ACME);

        reconcile(ACME.replace("acme/app\n", "acme/renamed\n")
                .replace("[api]", "[read_api]")
                .replace("far from public", "nearer")
                .replace("role: reporter", "role: owner"));

        Project project = await(file.projects().find("acme/renamed"));
        assertThat(project.id()).isEqualTo(42);
        assertThat(project.proxy().remotes("maven").getFirst().credentials())
                .isEqualTo(new Credentials("u", new Secret("nearer")));
        assertThat(file.identify(Presented.Form.PRIVATE_TOKEN, null, new Secret("dana's very own token")))
                .isEqualTo(new Caller.User("dana", Map.of(42L, Role.DEVELOPER), false));
        assertThat(all(file.administration().members(42))).contains(new Member("ron", Role.OWNER, true));
    }

    @Test
    void a_declared_token_that_was_revoked_stays_so() {
        reconcile(ACME);
        var owner = new TokenOwner.OfProject(42);
        long ci = all(file.administration().tokens(TokenKind.DEPLOY, owner))
                .getFirst()
                .id();
        await(file.administration().revoke(TokenKind.DEPLOY, owner, ci));

        reconcile(ACME);

        assertThat(file.identify(Presented.Form.BASIC, "ci", new Secret("the token of the farm")))
                .isEqualTo(new Caller.Unknown());
    }

    @Test
    void a_configuration_that_cannot_be_followed_changes_nothing() {
        file.create("acme/taken");
        List<String> rows = rows();

        assertThatThrownBy(() -> reconcile(ACME.replace("acme/app\n", "acme/taken\n")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("taken");
        assertThatThrownBy(() -> reconcile(ACME.replace("the token of the farm", "the token of all of acme")))
                .isInstanceOf(RefusedException.class)
                .hasMessageNotContaining("of all of acme");

        assertThat(rows()).isEqualTo(rows);
    }

    @Test
    void credentials_in_the_file_need_a_key() {
        file.open(Keys.NONE);

        assertThatThrownBy(() -> reconcile(ACME)).hasMessageContaining("secrets.key");

        assertThat(file.projects().find("acme/app").blockOptional()).isEmpty();
    }

    private void reconcile(String yaml) {
        run(new Reconciler(file.projects()).run(organisation(yaml)));
    }

    private Organisation organisation(String yaml) {
        try {
            Path configuration = Files.writeString(folder.resolve("gateway.yaml"), yaml);
            return SettingsLoader.load(Map.of(), Optional.of(configuration), Map.of())
                    .organisation();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** All rows with all that is in them, sealed texts too. */
    private List<String> rows() {
        List<String> rows = new ArrayList<>();
        for (String table : List.of("project", "person", "member", "token", "remote")) {
            rows.addAll(all(file.database()
                    .read(connection -> Sql.select(connection, "SELECT * FROM " + table + " ORDER BY 1, 2", row -> {
                        StringBuilder text = new StringBuilder(table);
                        for (var column : row.getMetadata().getColumnMetadatas()) {
                            text.append(' ').append(row.get(column.getName()));
                        }
                        return text.toString();
                    }))));
        }
        return rows;
    }
}
