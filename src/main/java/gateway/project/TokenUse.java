package gateway.project;

import gateway.database.Sql;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/** When tokens were last used: noted in memory, and written for each of them every ten minutes at most. */
final class TokenUse {
    private static final Duration PERIOD = Duration.ofMinutes(10);

    private final ProjectsDatabase database;
    private final Clock clock;
    private final Map<Long, Instant> noted = new ConcurrentHashMap<>();

    TokenUse(ProjectsDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    void of(TokenRow token) {
        Instant now = clock.instant();
        Instant last = token.lastUsedAt();
        if (last == null || now.isAfter(last.plus(PERIOD))) {
            noted.putIfAbsent(token.id(), now);
        }
    }

    /** What cannot be written is noted anew by the next use. */
    Mono<Void> flush() {
        return Mono.defer(() -> {
            List<Object[]> rows = new ArrayList<>();
            noted.forEach((token, time) -> {
                noted.remove(token, time);
                rows.add(new Object[] {time, token, time.minus(PERIOD)});
            });
            return rows.isEmpty()
                    ? Mono.empty()
                    : database.write(connection -> Sql.updateAll(
                            connection,
                            "UPDATE token SET last_used_at = ?"
                                    + " WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)",
                            rows));
        });
    }
}
