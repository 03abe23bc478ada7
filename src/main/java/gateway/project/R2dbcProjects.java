package gateway.project;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gateway.Background;
import gateway.database.Sql;
import gateway.settings.Secret;
import io.r2dbc.spi.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Projects and callers as the projects database knows them.
 *
 * <p>What was asked is remembered for seconds, and forgotten with every change. The digests of all tokens there ever were are in memory: who
 * tries what is no token makes nobody ask the database.
 */
public final class R2dbcProjects implements Projects {
    private static final Duration REMEMBERED = Duration.ofSeconds(10);
    private static final int MOST_REMEMBERED = 10_000;
    private static final Duration FLUSH = Duration.ofMinutes(1);
    private static final String JOBS = "gitlab-ci-token";

    private static final Caller ANONYMOUS = new Caller.Anonymous();
    private static final Caller UNKNOWN = new Caller.Unknown();
    private static final Caller ADMINISTRATOR = new Caller.Administrator();

    private final ProjectsDatabase database;
    private final Secrets secrets;
    private final @Nullable Secret administrator;
    private final Clock clock;
    private final TokenUse use;
    private final Background background = new Background();
    private final AtomicLong generation = new AtomicLong();
    private final Set<String> digests = ConcurrentHashMap.newKeySet();
    private final Cache<String, Mono<Project>> projects = remembering();
    private final Cache<String, Mono<Known>> tokens = remembering();

    private R2dbcProjects(ProjectsDatabase database, Secrets secrets, @Nullable Secret administrator, Clock clock) {
        this.database = database;
        this.secrets = secrets;
        this.administrator = administrator;
        this.clock = clock;
        this.use = new TokenUse(database, clock);
        background.start(
                "note the use of tokens",
                Flux.interval(FLUSH).onBackpressureDrop().concatMap(tick -> use.flush(), 1));
    }

    /**
     * Reads what is needed in memory; with a database that cannot be used nothing, and all that is asked fails.
     *
     * @param administrator the token of the administrator; null when there is none
     */
    public static Mono<R2dbcProjects> open(
            ProjectsDatabase database, Secrets secrets, @Nullable Secret administrator, Clock clock) {
        return Mono.fromCallable(() -> new R2dbcProjects(database, secrets, administrator, clock))
                .flatMap(projects -> database.read(R2dbcProjects::everyDigest)
                        .doOnNext(projects.digests::add)
                        .then()
                        .onErrorComplete(error -> database.broken())
                        .thenReturn(projects));
    }

    private static Flux<String> everyDigest(Connection connection) {
        return Sql.select(connection, "SELECT digest FROM token", row -> Sql.text(row, 0));
    }

    private static <K, V> Cache<K, V> remembering() {
        return Caffeine.newBuilder()
                .maximumSize(MOST_REMEMBERED)
                .expireAfterWrite(REMEMBERED)
                .executor(Runnable::run)
                .build();
    }

    /** A token with the caller that it makes. */
    private record Known(TokenRow token, Caller caller) {}

    @Override
    public Mono<Project> find(String idOrPath) {
        return remembered(
                projects,
                ProjectRows.key(idOrPath),
                key -> database.read(connection -> ProjectRows.find(connection, secrets, key))
                        .singleOrEmpty());
    }

    @Override
    public Mono<Caller> identify(@Nullable Presented presented) {
        if (presented == null) {
            return Mono.just(ANONYMOUS);
        }
        if (isAdministrator(presented)) {
            return Mono.just(ADMINISTRATOR);
        }
        String digest = Tokens.digest(presented.secret());
        if (presented.form() == Presented.Form.MALFORMED || !(digests.contains(digest) || database.broken())) {
            return Mono.just(UNKNOWN);
        }
        return remembered(tokens, digest, this::lookUp)
                .filter(known -> fits(known.token(), presented) && known.token().active(clock.instant()))
                .doOnNext(known -> use.of(known.token()))
                .map(Known::caller)
                .defaultIfEmpty(UNKNOWN);
    }

    private boolean isAdministrator(Presented presented) {
        return administrator != null
                && (presented.form() == Presented.Form.PRIVATE_TOKEN || presented.form() == Presented.Form.BEARER)
                && Tokens.same(administrator, presented.secret());
    }

    /** Whether the token was sent in the way of its kind, by Basic under the name of its user. */
    private static boolean fits(TokenRow token, Presented presented) {
        boolean deploys = token.kind() == TokenKind.DEPLOY || token.kind() == TokenKind.GROUP_DEPLOY;
        return switch (presented.form()) {
            case PRIVATE_TOKEN -> token.kind() == TokenKind.PERSONAL;
            case DEPLOY_TOKEN -> deploys;
            case JOB_TOKEN -> token.kind() == TokenKind.JOB;
            case BEARER -> true;
            case BASIC -> named(token, deploys).equals(presented.username());
            case MALFORMED -> false;
        };
    }

    private static String named(TokenRow token, boolean deploys) {
        if (token.kind() == TokenKind.JOB) {
            return JOBS;
        }
        return deploys || token.person() == null ? token.name() : token.person();
    }

    private Mono<Known> lookUp(String digest) {
        return database.read(connection -> TokenRow.where(connection, "t.digest = ?", digest)
                        .next()
                        .flatMap(token -> caller(connection, token).map(caller -> new Known(token, caller))))
                .next();
    }

    private static Mono<Caller> caller(Connection connection, TokenRow token) {
        String person = token.person();
        if (person != null) {
            return roles(connection, person)
                    .map(roles -> new Caller.User(person, roles, token.scopes().contains(Scope.API)));
        }
        Long project = token.project();
        String group = token.group();
        Caller.Opens opens =
                project != null ? new Caller.Opens.One(project) : new Caller.Opens.Group(group == null ? "" : group);
        return Mono.just(new Caller.Deploy(token.name(), opens, token.scopes()));
    }

    private static Mono<Map<Long, Role>> roles(Connection connection, String person) {
        return Sql.select(
                        connection,
                        "SELECT m.project, m.role FROM member m JOIN person p ON p.id = m.person WHERE p.name = ?",
                        row -> Map.entry(Sql.number(row, 0), Role.valueOf(Sql.text(row, 1))),
                        person)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Once for all who ask at the same time, whoever of them leaves; a failure is not remembered. */
    private static <T> Mono<T> remembered(Cache<String, Mono<T>> cache, String key, Function<String, Mono<T>> load) {
        return Mono.defer(() -> {
            Mono<T> known = cache.getIfPresent(key);
            return known != null
                    ? known
                    : cache.get(
                            key,
                            it -> load.apply(it)
                                    .doOnError(error -> cache.invalidate(it))
                                    .cache());
        });
    }

    @Override
    public long generation() {
        return generation.get();
    }

    /** Forgets what it remembers, after a change. */
    void changed() {
        generation.incrementAndGet();
        projects.invalidateAll();
        tokens.invalidateAll();
    }

    /** Knows a token that was just made. */
    void added(String digest) {
        digests.add(digest);
    }

    Secrets secrets() {
        return secrets;
    }

    ProjectsDatabase database() {
        return database;
    }

    Clock clock() {
        return clock;
    }

    /** Writes what is collected in memory; the database stays open. */
    public Mono<Void> close() {
        return Mono.fromRunnable(background::close).then(use.flush()).onErrorComplete();
    }
}
