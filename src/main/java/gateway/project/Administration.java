package gateway.project;

import gateway.database.Sql;
import gateway.settings.Credentials;
import gateway.settings.Rules;
import gateway.settings.Secret;
import io.r2dbc.spi.Connection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Changes projects, members, tokens and remotes, and lists them. Each change is in the file when it completes, and whoever asks {@link
 * Projects} afterwards sees it. What is not possible fails with a {@link RefusedException}.
 */
public final class Administration {
    private final R2dbcProjects projects;
    private final ProjectsDatabase database;
    private final Secrets secrets;

    public Administration(R2dbcProjects projects) {
        this.projects = projects;
        this.database = projects.database();
        this.secrets = projects.secrets();
    }

    /** In the order of their numbers. */
    public Flux<Project> list() {
        return database.read(connection -> ProjectRows.all(connection, secrets));
    }

    /** Its remotes are set by {@link #setProxy}; the number 0 asks for a new one. */
    public Mono<Project> create(Project project) {
        return write(connection -> Ledger.insert(
                        connection, project, false, projects.clock().instant())
                .flatMap(id -> existing(connection, id)));
    }

    /** Changes all but its number and remotes. */
    public Mono<Project> change(long project, UnaryOperator<Project> change) {
        return write(connection -> existing(connection, project)
                .map(change)
                .flatMap(changed -> Ledger.update(connection, changed))
                .then(existing(connection, project)));
    }

    /** With its members, remotes and tokens; empty is false when there is none. */
    public Mono<Boolean> delete(long project) {
        return write(connection -> Ledger.delete(connection, project));
    }

    public Flux<Member> members(long project) {
        return database.read(connection -> Sql.select(
                connection,
                "SELECT p.name, m.role, m.declared FROM member m JOIN person p ON p.id = m.person"
                        + " WHERE m.project = ? ORDER BY p.name",
                row -> new Member(Sql.text(row, 0), Role.valueOf(Sql.text(row, 1)), ProjectRows.flag(row, 2)),
                project));
    }

    /** Adds the user, or gives it another role. */
    public Mono<Void> setMember(long project, String user, Role role) {
        return write(connection -> existing(connection, project)
                .then(Mono.defer(() -> Ledger.member(connection, project, user, role, false))));
    }

    /** Whether it was one. */
    public Mono<Boolean> removeMember(long project, String user) {
        return write(connection -> Ledger.removeMember(connection, project, user));
    }

    /** Makes a token. */
    public Mono<Issued> issue(TokenRequest request) {
        // On the database's own thread, since the source of randomness is a file.
        return write(connection -> Mono.defer(() -> {
            Secret secret = Tokens.random(request.kind());
            String digest = Tokens.digest(secret);
            return owner(connection, request)
                    .then(Mono.defer(() -> Ledger.token(
                            connection, request, digest, projects.clock().instant())))
                    .flatMap(id -> TokenRow.where(connection, "t.id = ?", id).single())
                    // Before anybody can have it; what is not there is merely looked for.
                    .doOnNext(token -> projects.added(digest))
                    .map(token -> new Issued(token, secret));
        }));
    }

    private Mono<Void> owner(Connection connection, TokenRequest request) {
        Long project = request.project();
        return project == null ? Mono.empty() : existing(connection, project).then();
    }

    /** Tokens of a kind: of a user, of a project or of a group; without those that were revoked. */
    public Flux<TokenRow> tokens(TokenKind kind, TokenOwner owner) {
        return database.read(connection -> TokenRow.where(
                connection, "t.kind = ? AND NOT t.revoked AND " + owner.condition(), kind.name(), owner.value()));
    }

    /** Ends a token at once and for good; false when its owner has none of that number. */
    public Mono<Boolean> revoke(TokenKind kind, TokenOwner owner, long token) {
        return write(connection -> TokenRow.where(
                        connection,
                        "t.id = ? AND t.kind = ? AND NOT t.revoked AND " + owner.condition(),
                        token,
                        kind.name(),
                        owner.value())
                .next()
                .flatMap(row -> Sql.update(connection, "UPDATE token SET revoked = TRUE WHERE id = ?", row.id()))
                .map(rows -> rows > 0)
                .defaultIfEmpty(false));
    }

    /**
     * Changes a project's dependency proxy.
     *
     * @param enabled null to leave it
     * @param remotes by format, in the order in which they are to be asked; those of a format that is not named stay
     */
    public Mono<Project> setProxy(long project, @Nullable Boolean enabled, Map<String, List<RemoteChange>> remotes) {
        return write(connection -> existing(connection, project)
                .flatMap(old -> enabled == null ? Mono.empty() : Ledger.update(connection, enabled(old, enabled)))
                .thenMany(Flux.fromIterable(remotes.entrySet()))
                .concatMap(change -> setRemotes(connection, project, change.getKey(), change.getValue()))
                .then(Mono.defer(() -> existing(connection, project))));
    }

    private static Project enabled(Project project, boolean enabled) {
        return new Project(
                project.id(),
                project.path(),
                project.visibility(),
                project.switches(),
                new Project.Proxy(enabled, project.proxy().remotes()),
                project.git());
    }

    private Mono<Void> setRemotes(Connection connection, long project, String format, List<RemoteChange> changes) {
        return Remotes.named(connection, project, format).collectList().flatMap(held -> {
            List<Remotes.Stored> wanted = changes.stream()
                    .map(change -> changed(before(project, format, change, held), change))
                    .filter(remote -> !remote.url().isEmpty())
                    .toList();
            if (wanted.stream().map(Remotes.Stored::url).distinct().count() < wanted.size()) {
                throw RefusedException.invalid(format, "has the same URL twice");
            }
            return Remotes.replace(connection, project, format, wanted);
        });
    }

    /** One that takes the place of a single one may be it at another URL. */
    private static Remotes.Stored before(long project, String format, RemoteChange change, List<Remotes.Stored> held) {
        String url = change.url();
        if (url == null && held.size() > 1) {
            throw RefusedException.invalid(
                    format, "has " + held.size() + " remote registries here; say all of them, each with its URL");
        }
        return held.stream()
                .filter(old -> held.size() == 1 || old.url().equals(url))
                .findFirst()
                .orElseGet(() -> new Remotes.Stored(project, format, 0, "", "", null, null, false, Rules.NONE));
    }

    private Remotes.Stored changed(Remotes.Stored old, RemoteChange change) {
        String url = Objects.requireNonNullElse(change.url(), old.url());
        // Whoever could keep the credentials and change the URL could have them sent to a place of their own.
        boolean moved = !url.equals(old.url());
        Remotes.Stored bare = new Remotes.Stored(
                old.project(),
                old.name(),
                old.position(),
                url,
                "",
                moved ? null : old.username(),
                moved ? null : old.password(),
                old.declared() && !moved,
                change.rules(old.rules()));
        return change.givesCredentials() ? bare.with(credentials(change), secrets) : bare;
    }

    private static @Nullable Credentials credentials(RemoteChange change) {
        String user = change.username();
        Secret password = change.password();
        return user == null || user.isEmpty() || password == null ? null : new Credentials(user, password);
    }

    private Mono<Project> existing(Connection connection, long project) {
        return ProjectRows.find(connection, secrets, Long.toString(project))
                .switchIfEmpty(Mono.error(() -> RefusedException.missing("there is no project " + project)));
    }

    /**
     * Seals all credentials with the key that is used now, where another sealed them. Fails with an {@link UnavailableException} when
     * there are some that no key opens: then nothing may go on.
     */
    public Mono<Void> rotate() {
        return database.read(Remotes::sealed)
                .filter(remote -> remote.outdated(secrets))
                .collectList()
                .flatMap(old -> old.isEmpty() ? Mono.empty() : write(connection -> sealAnew(connection, old)));
    }

    private Mono<Void> sealAnew(Connection connection, List<Remotes.Stored> remotes) {
        return Flux.fromIterable(remotes)
                .concatMap(remote -> Remotes.save(connection, remote.with(remote.credentials(secrets), secrets)))
                .then();
    }

    /** What is remembered is forgotten also when nobody waits for the end any more. */
    <T> Mono<T> write(Function<Connection, Mono<T>> work) {
        return database.write(work).doOnTerminate(projects::changed).doOnCancel(projects::changed);
    }
}
