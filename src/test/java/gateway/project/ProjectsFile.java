package gateway.project;

import gateway.settings.Keys;
import gateway.settings.Secret;
import gateway.support.FakeClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A projects database in a file, which can be closed and opened again. */
final class ProjectsFile implements AutoCloseable {
    static final Secret ADMIN = new Secret("the administrator's own token");
    static final Keys KEYS = keys("0123456789abcdef0123456789abcdef");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final FakeClock clock = new FakeClock();
    private final Path path;
    private @Nullable ProjectsDatabase database;
    private @Nullable R2dbcProjects projects;

    ProjectsFile(Path folder) {
        this.path = folder.resolve("projects.db");
    }

    static Keys keys(String key, String... previous) {
        return new Keys(
                secretKey(key),
                List.of(previous).stream().map(ProjectsFile::secretKey).toList());
    }

    private static SecretKey secretKey(String text) {
        return new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), "AES");
    }

    ProjectsFile open() {
        return open(KEYS);
    }

    ProjectsFile open(Keys keys) {
        close();
        database = await(ProjectsDatabase.open(path));
        projects = await(R2dbcProjects.open(database, new Secrets(keys), ADMIN, clock));
        return this;
    }

    ProjectsDatabase database() {
        return Objects.requireNonNull(database);
    }

    R2dbcProjects projects() {
        return Objects.requireNonNull(projects);
    }

    Administration administration() {
        return new Administration(projects());
    }

    Project create(String projectPath) {
        return await(administration().create(project(0, projectPath)));
    }

    static Project project(long id, String path) {
        return new Project(id, path, Visibility.PRIVATE, Project.Switches.ALL, Project.Proxy.OFF, null);
    }

    Issued personal(String user, Scope scope) {
        return issue(new TokenRequest(TokenKind.PERSONAL, "laptop", user, null, null, Set.of(scope), null, false));
    }

    Issued deploy(long project, String username, Set<Scope> scopes, @Nullable Instant expiresAt) {
        return issue(new TokenRequest(TokenKind.DEPLOY, username, null, project, null, scopes, expiresAt, false));
    }

    Issued issue(TokenRequest request) {
        return await(administration().issue(request));
    }

    Caller identify(Presented.Form form, @Nullable String username, Secret secret) {
        return await(projects().identify(new Presented(form, username, secret)));
    }

    Path file() {
        return path.resolveSibling("projects.db.mv.db");
    }

    /** Whether the text stands in the file as it is. */
    boolean holds(String text) throws IOException {
        return new String(Files.readAllBytes(file()), StandardCharsets.ISO_8859_1).contains(text);
    }

    static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE));
    }

    static void run(Mono<Void> mono) {
        mono.block(PATIENCE);
    }

    static <T> List<T> all(Flux<T> flux) {
        return await(flux.collectList());
    }

    @Override
    public void close() {
        if (database != null) {
            run(projects().close());
            run(database.close());
            database = null;
        }
    }
}
