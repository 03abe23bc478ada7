package gateway.project;

import static gateway.project.ProjectsFile.await;
import static gateway.project.ProjectsFile.keys;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.settings.Credentials;
import gateway.settings.Keys;
import gateway.settings.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Remotes and their credentials, which leave the database only for the remote itself. */
class RemoteSecretsTest {
    private static final String URL = "http://upstream.test/m2";
    private static final String USER = "robot@acme.test";
    private static final String PASSWORD = "p:a/ss wörd";

    @TempDir
    Path folder;

    private ProjectsFile file;
    private long project;

    @BeforeEach
    void open() {
        file = new ProjectsFile(folder).open();
        project = file.create("acme/app").id();
    }

    @AfterEach
    void close() {
        file.close();
    }

    @Test
    void credentials_come_back_whole_and_the_file_holds_neither_of_them() throws IOException {
        set(URL, USER, PASSWORD);

        file.open();

        assertThat(remote().credentials()).isEqualTo(new Credentials(USER, new Secret(PASSWORD)));
        assertThat(remote().trusted()).isFalse();
        file.close();
        assertThat(file.holds("upstream.test")).isTrue();
        assertThat(file.holds(USER)).isFalse();
        assertThat(file.holds("p:a/ss")).isFalse();
    }

    @Test
    void one_of_user_and_password_is_refused_and_changes_nothing() {
        set(URL, USER, PASSWORD);

        assertThatThrownBy(() -> set(URL, "other", null)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> set(URL, null, "other")).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> set(URL, "other", "")).isInstanceOf(RefusedException.class);

        assertThat(remote().credentials()).isEqualTo(new Credentials(USER, new Secret(PASSWORD)));
    }

    @Test
    void another_url_takes_the_credentials_away_and_the_same_keeps_them() {
        set(URL, USER, PASSWORD);
        set(URL, null, null);
        assertThat(remote().credentials()).isNotNull();

        set("http://other.test/m2", null, null);

        assertThat(remote().url()).hasHost("other.test");
        assertThat(remote().credentials()).isNull();
    }

    @Test
    void credentials_change_without_the_url_and_go_when_both_are_empty() {
        set(URL, USER, PASSWORD);
        set(null, "two", "secret two");
        assertThat(remote().credentials()).isEqualTo(new Credentials("two", new Secret("secret two")));

        set(null, "", "");

        assertThat(remote().credentials()).isNull();
        assertThat(remote().url()).hasToString(URL);
    }

    @Test
    void a_remote_without_a_url_is_gone() {
        set(URL, null, null);
        set("", null, null);

        assertThat(await(file.projects().find("acme/app")).proxy().remotes()).isEmpty();
    }

    @Test
    void without_a_key_nothing_is_stored() {
        file.open(Keys.NONE);

        assertThatThrownBy(() -> set(URL, USER, PASSWORD)).hasMessageContaining("secrets.key");
        assertThat(await(file.projects().find("acme/app")).proxy().remotes()).isEmpty();
    }

    @Test
    void a_gateway_without_the_key_of_its_credentials_does_not_start_and_changes_nothing() {
        set(URL, USER, PASSWORD);

        file.open(keys("another key of 32 bytes, exactly"));

        assertThatThrownBy(() -> await(file.administration().rotate().thenReturn(true)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("secrets.key");
        file.open();
        assertThat(remote().credentials()).isNotNull();
    }

    @Test
    void a_new_key_takes_over_from_the_previous_one() {
        set(URL, USER, PASSWORD);
        String next = "another key of 32 bytes, exactly";
        file.open(keys(next, "0123456789abcdef0123456789abcdef"));
        ProjectsFile.run(file.administration().rotate());

        file.open(keys(next));
        ProjectsFile.run(file.administration().rotate());

        assertThat(remote().credentials()).isEqualTo(new Credentials(USER, new Secret(PASSWORD)));
    }

    @Test
    void what_was_sealed_for_one_place_opens_in_no_other() {
        var secrets = new Secrets(ProjectsFile.KEYS);
        String sealed = secrets.seal(new Secret("quiet"), "1/maven/password");

        assertThat(secrets.open(sealed, "1/maven/password")).isEqualTo(new Secret("quiet"));
        assertThat(sealed).isNotEqualTo(secrets.seal(new Secret("quiet"), "1/maven/password"));
        assertThatThrownBy(() -> secrets.open(sealed, "2/maven/password")).isInstanceOf(UnavailableException.class);
    }

    private void set(@Nullable String url, @Nullable String user, @Nullable String password) {
        await(file.administration()
                .setProxy(
                        project,
                        true,
                        Map.of(
                                "maven",
                                List.of(new RemoteChange(
                                        url, user, password == null ? null : new Secret(password), null, null)))));
    }

    private Project.Remote remote() {
        return requireNonNull(
                await(file.projects().find("acme/app")).proxy().remotes("maven").getFirst());
    }
}
