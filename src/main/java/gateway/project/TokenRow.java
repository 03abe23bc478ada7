package gateway.project;

import gateway.database.Sql;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Row;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A token as it is kept: without what it is a digest of.
 *
 * @param name of a deploy token the user name of Basic, else what people call it
 * @param person the user's name; null of deploy tokens
 * @param project null but of deploy tokens, and of job tokens, which were made for it
 * @param group null but of group deploy tokens
 * @param expiresAt null for never
 * @param lastUsedAt within some minutes; null for never
 * @param declared whether the configuration names it
 */
public record TokenRow(
        long id,
        TokenKind kind,
        String name,
        @Nullable String person,
        @Nullable Long project,
        @Nullable String group,
        Set<Scope> scopes,
        @Nullable Instant expiresAt,
        boolean revoked,
        @Nullable Instant lastUsedAt,
        boolean declared,
        Instant createdAt) {

    private static final String SELECT = "SELECT t.id, t.kind, t.name, p.name, t.project, t.group_path, t.scopes,"
            + " t.expires_at, t.revoked, t.last_used_at, t.declared, t.created_at, t.person"
            + " FROM token t LEFT JOIN person p ON p.id = t.person WHERE ";

    public TokenRow {
        scopes = Set.copyOf(scopes);
    }

    /** Whether it opens anything at that time. */
    public boolean active(Instant now) {
        return !revoked && (expiresAt == null || now.isBefore(expiresAt));
    }

    /** Whether its owner is the one that was asked for. */
    boolean belongsTo(TokenRequest request) {
        return kind == request.kind()
                && Objects.equals(person, request.person())
                && Objects.equals(project, request.project())
                && Objects.equals(group, request.group());
    }

    /** Whether it is what was asked for. */
    boolean is(TokenRequest request) {
        return belongsTo(request)
                && name.equals(request.name())
                && scopes.equals(request.scopes())
                && Objects.equals(expiresAt, request.expiresAt());
    }

    static Flux<TokenRow> where(Connection connection, String condition, @Nullable Object... arguments) {
        return Sql.select(connection, SELECT + condition + " ORDER BY t.id", TokenRow::read, arguments);
    }

    /** The row of the number given. */
    static Mono<Long> insert(
            Connection connection, TokenRequest request, @Nullable Long person, String digest, Instant now) {
        return Sql.select(
                        connection,
                        "SELECT id FROM FINAL TABLE (INSERT INTO token (kind, digest, name, person, project, group_path,"
                                + " scopes, expires_at, revoked, declared, created_at)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, FALSE, ?, ?))",
                        row -> Sql.number(row, 0),
                        request.kind().name(),
                        digest,
                        request.name(),
                        person,
                        request.project(),
                        request.group(),
                        text(request.scopes()),
                        request.expiresAt(),
                        request.declared(),
                        now)
                .single();
    }

    static String text(Set<Scope> scopes) {
        return scopes.stream().sorted().map(Scope::name).collect(Collectors.joining(" "));
    }

    private static TokenRow read(Row row) {
        return new TokenRow(
                Sql.number(row, 0),
                TokenKind.valueOf(Sql.text(row, 1)),
                Sql.text(row, 2),
                row.get(3, String.class),
                row.get(4, Long.class),
                row.get(5, String.class),
                Arrays.stream(Sql.text(row, 6).split(" "))
                        .filter(scope -> !scope.isEmpty())
                        .map(Scope::valueOf)
                        .collect(Collectors.toSet()),
                row.get(7, Instant.class),
                Boolean.TRUE.equals(row.get(8, Boolean.class)),
                row.get(9, Instant.class),
                Boolean.TRUE.equals(row.get(10, Boolean.class)),
                ProjectRows.time(row, 11));
    }
}
