package gateway.project;

import gateway.database.Sql;
import gateway.settings.Organisation;
import gateway.settings.Organisation.DeclaredToken;
import io.r2dbc.spi.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tokens that the configuration names with their values, by digest. */
final class DeclaredTokens {
    private final Map<String, TokenRequest> wanted = new LinkedHashMap<>();

    private DeclaredTokens() {}

    /**
     * @param ids numbers of the projects, in the order in which they are declared
     */
    static DeclaredTokens of(Organisation declared, List<Long> ids) {
        DeclaredTokens all = new DeclaredTokens();
        for (int i = 0; i < ids.size(); i++) {
            var project = declared.projects().get(i);
            long id = ids.get(i);
            project.members()
                    .forEach(member -> member.tokens()
                            .forEach(token -> all.add(TokenKind.PERSONAL, member.user(), null, null, token)));
            project.deployTokens().forEach(token -> all.add(TokenKind.DEPLOY, null, id, null, token));
        }
        declared.groups()
                .forEach(group -> group.deployTokens()
                        .forEach(token -> all.add(TokenKind.GROUP_DEPLOY, null, null, group.path(), token)));
        return all;
    }

    private void add(
            TokenKind kind,
            @Nullable String person,
            @Nullable Long project,
            @Nullable String group,
            DeclaredToken token) {
        Set<Scope> scopes = token.scopes().stream().map(Scope::valueOf).collect(Collectors.toSet());
        TokenRequest request =
                new TokenRequest(kind, token.name(), person, project, group, scopes, token.expiresAt(), true);
        TokenRequest other = wanted.put(Tokens.digest(token.value()), request);
        if (other != null && !other.equals(request)) {
            throw taken(request);
        }
    }

    private static RefusedException taken(TokenRequest request) {
        return RefusedException.taken(
                "value", "the value of the token " + request.name() + " is that of another token: make one of its own");
    }

    /** Returns the digests of all that are named. */
    Mono<Set<String>> apply(Connection connection, Instant now) {
        return Sql.select(connection, "SELECT digest FROM token WHERE declared", row -> Sql.text(row, 0))
                .collectList()
                .flatMap(held -> {
                    List<Mono<?>> steps = new ArrayList<>();
                    held.stream()
                            .filter(digest -> !wanted.containsKey(digest))
                            .forEach(digest -> steps.add(remove(connection, digest)));
                    wanted.forEach((digest, request) -> steps.add(save(connection, digest, request, now)));
                    return Flux.concat(steps).then(Mono.just(wanted.keySet()));
                });
    }

    private static Mono<Long> remove(Connection connection, String digest) {
        return Sql.update(connection, "DELETE FROM token WHERE digest = ?", digest);
    }

    /** One that was revoked stays so: a value that leaked is not to be used again. */
    private static Mono<Void> save(Connection connection, String digest, TokenRequest request, Instant now) {
        return TokenRow.where(connection, "t.digest = ?", digest).collectList().flatMap(rows -> {
            if (rows.isEmpty()) {
                return Ledger.token(connection, request, digest, now).then();
            }
            TokenRow held = rows.getFirst();
            if (!held.declared()) {
                return Mono.error(taken(request));
            }
            if (!held.belongsTo(request)) {
                return held.revoked()
                        ? Mono.error(taken(request))
                        : remove(connection, digest)
                                .then(Ledger.token(connection, request, digest, now))
                                .then();
            }
            return held.is(request)
                    ? Mono.empty()
                    : Sql.update(
                                    connection,
                                    "UPDATE token SET name = ?, scopes = ?, expires_at = ? WHERE id = ?",
                                    request.name(),
                                    TokenRow.text(request.scopes()),
                                    request.expiresAt(),
                                    held.id())
                            .then();
        });
    }
}
