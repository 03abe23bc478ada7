package gateway.project;

import static gateway.project.ProjectsFile.KEYS;
import static gateway.project.ProjectsFile.all;
import static gateway.project.ProjectsFile.await;
import static gateway.project.ProjectsFile.run;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.database.Connections;
import gateway.database.DatabaseFiles;
import gateway.database.Schema;
import gateway.database.Sql;
import gateway.settings.Credentials;
import gateway.settings.Rules;
import gateway.settings.Secret;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** A file that an older gateway wrote, before remotes had rules, is brought to the newest version and keeps all. */
class OlderProjectsTest {
    private static final Schema OLDER = new Schema(
            "projects", ProjectsDatabase.class, List.of("V1__projects.sql", "V2__packages.sql", "V3__registries.sql"));
    private static final Secret TOKEN = new Secret("gwp-made-by-an-older-gateway");
    private static final Instant THEN = Instant.parse("2026-03-04T05:06:07Z");
    private static final String MADE = "TIMESTAMP WITH TIME ZONE '2026-03-04 05:06:07Z'";
    private static final String BLOB = "5a".repeat(32);

    @TempDir
    Path folder;

    private ProjectsFile file;
    private R2dbcPackages packages;

    @BeforeEach
    void write() {
        var older =
                new Connections(new DatabaseFiles(folder.resolve("projects.db").toAbsolutePath()), OLDER, false);
        run(older.open());
        run(older.write(connection -> Flux.fromIterable(rows())
                .concatMap(sql -> Sql.update(connection, sql))
                .then()));
        run(older.close("SHUTDOWN"));
        file = new ProjectsFile(folder).open();
        packages = new R2dbcPackages(file.database().connections(), file.clock);
    }

    private static List<String> rows() {
        var secrets = new Secrets(KEYS);
        String user = secrets.seal(new Secret("robot"), "7/maven/username");
        String password = secrets.seal(new Secret("quiet"), "7/maven/password");
        return List.of(
                "UPDATE counter SET number = 9 WHERE name = 'project'",
                "INSERT INTO project VALUES (7, 'Acme/App', 'acme/app', 'INTERNAL', TRUE, FALSE, TRUE, TRUE, FALSE, "
                        + MADE + ")",
                "INSERT INTO person (name) VALUES ('dana')",
                "INSERT INTO member VALUES (7, 1, 'DEVELOPER', FALSE)",
                "INSERT INTO token (kind, digest, name, person, scopes, revoked, declared, created_at)"
                        + " VALUES ('PERSONAL', '" + Tokens.digest(TOKEN) + "', 'laptop', 1, 'API', FALSE, FALSE, "
                        + MADE + ")",
                "INSERT INTO remote VALUES (7, 'maven', 'http://upstream.test/m2', NULL, '" + user + "', '" + password
                        + "', FALSE)",
                "INSERT INTO remote VALUES (7, 'npm', 'http://upstream.test/npm', NULL, NULL, NULL, TRUE)",
                "INSERT INTO remote VALUES (7, 'git', 'file:///srv/app.git', 'example.test/app', NULL, NULL, TRUE)",
                "INSERT INTO audit (refused, at, who, act, project, address, outcome, times)" + " VALUES (FALSE, "
                        + MADE + ", 'administrator', 'create project', 'Acme/App', '', '201', 1)",
                "INSERT INTO package (project, format, name, version, status, created_at)"
                        + " VALUES (7, 'npm', '@acme/pump', '1.2.3', 'default', " + MADE + ")",
                "INSERT INTO package (project, format, name, version, status, created_at)"
                        + " VALUES (7, 'maven', 'com/acme/app', '', 'default', " + MADE + ")",
                file(1, "npm", "/@acme/pump/-/pump-1.2.3.tgz", "PUBLISHED", "NULL", "'{\"name\":\"@acme/pump\"}'"),
                file(2, "maven", "/com/acme/app/maven-metadata.xml", "PROXY", "'\"e1\"'", "NULL"),
                "INSERT INTO package_tag VALUES (7, 'npm', '@acme/pump', 'latest', '1.2.3')");
    }

    private static String file(int owner, String format, String path, String origin, String etag, String metadata) {
        return "INSERT INTO package_file (package, project, format, path, file_name, size, sha256, sha1, md5,"
                + " content_type, origin, etag, created_at, metadata) VALUES ("
                + String.join(
                        ", ",
                        String.valueOf(owner),
                        "7",
                        "'" + format + "'",
                        "'" + path + "'",
                        "'" + path.substring(path.lastIndexOf('/') + 1) + "'",
                        "1234",
                        "'" + BLOB + "'",
                        "'" + "5b".repeat(20) + "'",
                        "'" + "5c".repeat(16) + "'",
                        "'application/octet-stream'",
                        "'" + origin + "'",
                        etag,
                        MADE,
                        metadata)
                + ")";
    }

    @AfterEach
    void close() {
        run(packages.close());
        file.close();
    }

    private Project project() {
        return await(file.projects().find("acme/app"));
    }

    @Test
    void a_project_keeps_its_settings_members_and_tokens() {
        assertThat(project())
                .extracting(Project::id, Project::path, Project::visibility, Project::switches)
                .containsExactly(7L, "Acme/App", Visibility.INTERNAL, new Project.Switches(true, false, true));
        assertThat(project().git()).isEqualTo(new Project.Git("file:///srv/app.git", "example.test/app", null));
        assertThat(all(file.administration().members(7))).containsExactly(new Member("dana", Role.DEVELOPER, false));
        assertThat(file.identify(Presented.Form.PRIVATE_TOKEN, null, TOKEN))
                .isEqualTo(new Caller.User("dana", Map.of(7L, Role.DEVELOPER), true));
        assertThat(file.create("acme/new").id()).isEqualTo(10);
    }

    @Test
    void its_remotes_keep_their_credentials_may_be_asked_for_everything_and_can_be_given_rules() {
        Project.Proxy proxy = project().proxy();
        assertThat(proxy.remotes()).containsOnlyKeys("maven", "npm");
        assertThat(proxy.remotes("maven")).hasSize(1);
        Project.Remote maven = proxy.remotes("maven").getFirst();
        assertThat(maven.url()).hasToString("http://upstream.test/m2");
        assertThat(maven.credentials()).isEqualTo(new Credentials("robot", new Secret("quiet")));
        assertThat(maven.trusted()).isFalse();
        assertThat(maven.rules()).isEqualTo(Rules.NONE);
        assertThat(proxy.remotes("npm").getFirst().trusted()).isTrue();

        await(file.administration()
                .setProxy(
                        7,
                        null,
                        Map.of("maven", List.of(new RemoteChange(null, null, null, List.of("com/acme/*"), null)))));
        file.open();

        maven = project().proxy().remotes("maven").getFirst();
        assertThat(maven.rules().allow()).containsExactly("com/acme/*");
        assertThat(maven.credentials()).isEqualTo(new Credentials("robot", new Secret("quiet")));
    }

    @Test
    void packages_keep_their_files_and_tags_and_take_new_ones() {
        PackageFile published = await(packages.find(7, "npm", "/@acme/pump/-/pump-1.2.3.tgz"));
        PackageFile pulled = await(packages.find(7, "maven", "/com/acme/app/maven-metadata.xml"));

        assertThat(published.origin()).isEqualTo(PackageFile.Origin.PUBLISHED);
        assertThat(published.sha256()).isEqualTo(BLOB);
        assertThat(published.metadata()).isEqualTo("{\"name\":\"@acme/pump\"}");
        assertThat(published.version()).isEqualTo("1.2.3");
        assertThat(published.createdAt()).isEqualTo(THEN);
        assertThat(pulled.origin()).isEqualTo(PackageFile.Origin.PROXY);
        assertThat(pulled.version()).isNull();
        assertThat(pulled.pulled()).isEqualTo(new PackageFile.Pulled("", "\"e1\"", null));
        assertThat(await(packages.tags(7, "npm", "@acme/pump"))).containsExactly(Map.entry("latest", "1.2.3"));

        assertThat(await(packages.save(pulled)).packageId()).isEqualTo(pulled.packageId());
        assertThat(await(packages.find(7, "maven", pulled.path())).sha256()).isEqualTo(BLOB);
    }

    @Test
    void the_audit_log_goes_on() {
        var audit = new R2dbcAudit(file.database(), file.clock);
        run(audit.act(new Audit.Event("administrator", "delete project", "acme/app", "", "200")));

        assertThat(all(audit.list(AuditQuery.newest(10))))
                .extracting(kept -> kept.event().act())
                .containsExactly("delete project", "create project");
        run(audit.close());
    }
}
