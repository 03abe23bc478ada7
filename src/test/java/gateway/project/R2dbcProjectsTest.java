package gateway.project;

import static gateway.project.ProjectsFile.ADMIN;
import static gateway.project.ProjectsFile.all;
import static gateway.project.ProjectsFile.await;
import static gateway.project.ProjectsFile.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.settings.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Projects, callers and tokens in a real file, over restarts. */
class R2dbcProjectsTest {
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
    void a_project_is_found_by_number_and_by_path_in_any_case_also_after_a_restart() {
        Project made = file.create("acme/App");

        file.open();

        assertThat(await(file.projects().find(Long.toString(made.id())))).isEqualTo(made);
        assertThat(await(file.projects().find("ACME/app"))).isEqualTo(made);
        assertThat(file.projects().find("acme/other").blockOptional()).isEmpty();
    }

    @Test
    void the_number_of_a_project_is_never_given_again() {
        Project first = file.create("acme/one");
        await(file.administration().create(ProjectsFile.project(42, "acme/two")));
        assertThat(await(file.administration().delete(42))).isTrue();

        assertThat(file.create("acme/three").id()).isEqualTo(43);
        assertThat(first.id()).isEqualTo(1);
    }

    @Test
    void a_path_that_is_taken_in_any_case_or_is_none_is_refused() {
        file.create("acme/app");

        assertThatThrownBy(() -> file.create("Acme/App"))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(RefusedException.Reason.TAKEN));
        assertThatThrownBy(() -> file.create("app")).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> file.create("acme/../app")).isInstanceOf(RefusedException.class);
        assertThat(all(file.administration().list())).hasSize(1);
    }

    @Test
    void a_personal_token_is_its_user_with_the_roles_of_all_projects() {
        Project one = file.create("acme/one");
        Project two = file.create("acme/two");
        run(file.administration().setMember(one.id(), "dana", Role.DEVELOPER));
        run(file.administration().setMember(two.id(), "dana", Role.GUEST));
        Secret token = file.personal("dana", Scope.API).secret();
        var dana = new Caller.User("dana", Map.of(one.id(), Role.DEVELOPER, two.id(), Role.GUEST), true);

        file.open();

        assertThat(file.identify(Presented.Form.PRIVATE_TOKEN, null, token)).isEqualTo(dana);
        assertThat(file.identify(Presented.Form.BEARER, null, token)).isEqualTo(dana);
        assertThat(file.identify(Presented.Form.BASIC, "dana", token)).isEqualTo(dana);
        assertThat(file.identify(Presented.Form.BASIC, "mallory", token)).isEqualTo(new Caller.Unknown());
        assertThat(file.identify(Presented.Form.DEPLOY_TOKEN, null, token)).isEqualTo(new Caller.Unknown());
        assertThat(file.identify(Presented.Form.MALFORMED, null, token)).isEqualTo(new Caller.Unknown());
    }

    @Test
    void a_token_that_may_only_read_changes_nothing() {
        Secret token = file.personal("dana", Scope.READ_API).secret();

        assertThat(file.identify(Presented.Form.PRIVATE_TOKEN, null, token))
                .isEqualTo(new Caller.User("dana", Map.of(), false));
    }

    @Test
    void deploy_tokens_open_their_project_or_group_by_header_and_by_basic() {
        Project project = file.create("acme/app");
        Set<Scope> scopes = Set.of(Scope.READ_PACKAGE_REGISTRY);
        Secret deploy = file.deploy(project.id(), "ci", scopes, null).secret();
        Secret group = file.issue(
                        new TokenRequest(TokenKind.GROUP_DEPLOY, "farm", null, null, "acme", scopes, null, false))
                .secret();

        var one = new Caller.Deploy("ci", new Caller.Opens.One(project.id()), scopes);
        var many = new Caller.Deploy("farm", new Caller.Opens.Group("acme"), scopes);
        assertThat(file.identify(Presented.Form.DEPLOY_TOKEN, null, deploy)).isEqualTo(one);
        assertThat(file.identify(Presented.Form.BASIC, "ci", deploy)).isEqualTo(one);
        assertThat(file.identify(Presented.Form.DEPLOY_TOKEN, null, group)).isEqualTo(many);
        assertThat(file.identify(Presented.Form.BASIC, "farm", group)).isEqualTo(many);
        assertThat(file.identify(Presented.Form.PRIVATE_TOKEN, null, deploy)).isEqualTo(new Caller.Unknown());
    }

    @Test
    void a_job_token_is_its_user_until_the_job_is_finished() {
        Project project = file.create("acme/app");
        run(file.administration().setMember(project.id(), "dana", Role.REPORTER));
        Issued job = file.issue(
                new TokenRequest(TokenKind.JOB, "job 7", "dana", project.id(), null, Set.of(Scope.API), null, false));
        var dana = new Caller.User("dana", Map.of(project.id(), Role.REPORTER), true);
        assertThat(file.identify(Presented.Form.JOB_TOKEN, null, job.secret())).isEqualTo(dana);
        assertThat(file.identify(Presented.Form.BASIC, "gitlab-ci-token", job.secret()))
                .isEqualTo(dana);

        var owner = new TokenOwner.OfProject(project.id());
        assertThat(await(file.administration()
                        .revoke(TokenKind.JOB, owner, job.token().id())))
                .isTrue();

        assertThat(file.identify(Presented.Form.JOB_TOKEN, null, job.secret())).isEqualTo(new Caller.Unknown());
        assertThat(await(file.administration()
                        .revoke(TokenKind.JOB, owner, job.token().id())))
                .isFalse();
    }

    @Test
    void a_token_ends_at_its_time_though_it_was_used_just_before() {
        Project project = file.create("acme/app");
        var end = file.clock.instant().plus(Duration.ofHours(1));
        Secret token = file.deploy(project.id(), "ci", Set.of(Scope.READ_PACKAGE_REGISTRY), end)
                .secret();
        file.clock.advance(Duration.ofHours(1).minusMillis(1));
        assertThat(file.identify(Presented.Form.DEPLOY_TOKEN, null, token)).isInstanceOf(Caller.Deploy.class);

        file.clock.advance(Duration.ofMillis(1));

        assertThat(file.identify(Presented.Form.DEPLOY_TOKEN, null, token)).isEqualTo(new Caller.Unknown());
    }

    @Test
    void changed_and_removed_roles_hold_at_once() {
        Project project = file.create("acme/app");
        Secret token = file.personal("dana", Scope.API).secret();
        long before = file.projects().generation();

        run(file.administration().setMember(project.id(), "dana", Role.OWNER));
        assertThat(file.identify(Presented.Form.PRIVATE_TOKEN, null, token))
                .isEqualTo(new Caller.User("dana", Map.of(project.id(), Role.OWNER), true));
        run(file.administration().setMember(project.id(), "dana", Role.GUEST));
        assertThat(file.identify(Presented.Form.PRIVATE_TOKEN, null, token))
                .isEqualTo(new Caller.User("dana", Map.of(project.id(), Role.GUEST), true));
        await(file.administration().removeMember(project.id(), "dana"));
        assertThat(file.identify(Presented.Form.PRIVATE_TOKEN, null, token))
                .isEqualTo(new Caller.User("dana", Map.of(), true));
        assertThat(file.projects().generation()).isGreaterThanOrEqualTo(before + 3);
    }

    @Test
    void the_administrator_is_known_by_header_and_bearer_and_nobody_else_is() {
        assertThat(file.identify(Presented.Form.PRIVATE_TOKEN, null, ADMIN)).isEqualTo(new Caller.Administrator());
        assertThat(file.identify(Presented.Form.BEARER, null, ADMIN)).isEqualTo(new Caller.Administrator());
        assertThat(file.identify(Presented.Form.BASIC, "admin", ADMIN)).isEqualTo(new Caller.Unknown());
        assertThat(file.identify(Presented.Form.PRIVATE_TOKEN, null, new Secret("guessed")))
                .isEqualTo(new Caller.Unknown());
        assertThat(await(file.projects().identify(null))).isEqualTo(new Caller.Anonymous());
    }

    @Test
    void the_file_holds_no_token() throws IOException {
        Secret token = file.personal("dana", Scope.API).secret();
        String digest = Tokens.digest(token);
        file.close();

        assertThat(file.holds(digest.substring(0, 32))).isTrue();
        assertThat(file.holds(token.value())).isFalse();
        assertThat(file.holds(token.value().substring(8))).isFalse();
    }

    @Test
    void the_use_of_a_token_is_noted_when_it_closes() {
        Issued issued = file.personal("dana", Scope.API);
        assertThat(issued.token().lastUsedAt()).isNull();
        file.clock.advance(Duration.ofMinutes(3));
        file.identify(Presented.Form.PRIVATE_TOKEN, null, issued.secret());

        file.open();

        var tokens = all(file.administration().tokens(TokenKind.PERSONAL, new TokenOwner.Person("dana")));
        assertThat(tokens).singleElement().extracting(TokenRow::lastUsedAt).isEqualTo(file.clock.instant());
    }

    @Test
    void what_goes_with_a_project_goes_at_once() {
        Project project = file.create("acme/app");
        Secret deploy = file.deploy(project.id(), "ci", Set.of(Scope.WRITE_PACKAGE_REGISTRY), null)
                .secret();
        assertThat(file.identify(Presented.Form.DEPLOY_TOKEN, null, deploy)).isInstanceOf(Caller.Deploy.class);

        await(file.administration().delete(project.id()));

        assertThat(file.projects().find("acme/app").blockOptional()).isEmpty();
        assertThat(file.identify(Presented.Form.DEPLOY_TOKEN, null, deploy)).isEqualTo(new Caller.Unknown());
    }

    @ParameterizedTest
    @EnumSource
    void a_project_goes_with_what_it_pulled_and_stays_while_something_is_published(PackageFile.Origin origin) {
        Project project = file.create("acme/app");
        R2dbcPackages packages = new R2dbcPackages(file.database().connections(), file.clock);
        PackageFile jar = await(packages.save(jar(project.id(), origin)));

        if (origin == PackageFile.Origin.PUBLISHED) {
            assertThatThrownBy(() -> await(file.administration().delete(project.id())))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("1 published");
            assertThat(await(packages.find(project.id(), "maven", jar.path()))).isEqualTo(jar);
            run(packages.remove(jar));
        }

        assertThat(await(file.administration().delete(project.id()))).isTrue();
        assertThat(packages.find(project.id(), "maven", jar.path()).blockOptional())
                .isEmpty();
        run(packages.close());
    }

    private PackageFile jar(long project, PackageFile.Origin origin) {
        return new PackageFile(
                0,
                0,
                project,
                "maven",
                "com/acme/lib",
                "1.0",
                "/com/acme/lib/1.0/lib-1.0.jar",
                "lib-1.0.jar",
                3,
                "a".repeat(64),
                "b".repeat(40),
                "c".repeat(32),
                "application/java-archive",
                origin == PackageFile.Origin.PUBLISHED ? null : new PackageFile.Pulled("", null, null),
                null,
                file.clock.instant());
    }

    @Test
    void a_broken_file_is_left_as_it_is_and_says_so() throws IOException {
        file.create("acme/app");
        file.close();
        byte[] bytes = Files.readAllBytes(file.file());
        Files.write(file.file(), new byte[bytes.length]);

        file.open();

        assertThatThrownBy(() -> run(file.database().check()))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("projects.db");
        assertThatThrownBy(() -> await(file.projects().find("acme/app"))).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> file.identify(Presented.Form.PRIVATE_TOKEN, null, new Secret("any")))
                .isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> file.create("acme/new")).isInstanceOf(UnavailableException.class);
        assertThat(Files.readAllBytes(file.file())).isEqualTo(new byte[bytes.length]);
        file.close();
        Files.write(file.file(), bytes);
        assertThat(await(file.open().projects().find("acme/app")).path()).isEqualTo("acme/app");
    }

    @Test
    void a_file_that_was_cut_is_not_taken_for_an_older_one() throws IOException {
        file.create("acme/app");
        file.close();
        byte[] bytes = Files.readAllBytes(file.file());
        Files.write(file.file(), java.util.Arrays.copyOf(bytes, bytes.length - 4096));

        file.open();

        assertThatThrownBy(() -> await(file.projects().find("acme/app"))).isInstanceOf(UnavailableException.class);
    }
}
