package gateway.project;

import gateway.Background;
import gateway.database.Sql;
import io.r2dbc.spi.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * The audit log: rows of the projects database, and a line of JSON each for the logger {@code gateway.audit}.
 *
 * <p>Whoever is refused could fill the disk. So refusals are counted for a minute before they are one row, only so many
 * different ones in a minute are told apart, and only the newest are kept. Acts of administration are kept for a year.
 */
public final class R2dbcAudit implements Audit {
    static final int MOST_AT_ONCE = 200;
    static final int MOST_REFUSALS = 20_000;
    private static final Duration PERIOD = Duration.ofMinutes(1);
    private static final Duration KEPT = Duration.ofDays(365);
    private static final Event OTHERS = new Event("others", "various", "", "", "refused");

    private static final Logger log = LoggerFactory.getLogger("gateway.audit");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ProjectsDatabase database;
    private final Clock clock;
    private final Background background = new Background();
    private final Object lock = new Object();
    private Map<Event, Seen> refusals = new LinkedHashMap<>();

    public R2dbcAudit(ProjectsDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
        background.start(
                "write the audit log",
                Flux.interval(PERIOD)
                        .onBackpressureDrop()
                        .concatMap(tick -> flush().onErrorComplete(UnavailableException.class), 1));
    }

    /** How often something was refused, and when first. */
    private record Seen(Instant first, long times) {}

    @Override
    public Mono<Void> act(Event event) {
        return Mono.defer(() -> {
            Instant now = clock.instant();
            tell(event, now, 1);
            return database.write(connection -> insert(connection, false, event, new Seen(now, 1))
                    .then(Sql.update(connection, "DELETE FROM audit WHERE refused = FALSE AND at < ?", now.minus(KEPT)))
                    .then());
        });
    }

    @Override
    public void refused(Event event) {
        Instant now = clock.instant();
        synchronized (lock) {
            boolean room = refusals.size() < MOST_AT_ONCE || refusals.containsKey(event);
            refusals.merge(
                    room ? event : OTHERS,
                    new Seen(now, 1),
                    (seen, again) -> new Seen(seen.first(), seen.times() + again.times()));
        }
    }

    /** Writes the refusals that were counted. */
    public Mono<Void> flush() {
        return Mono.defer(() -> {
            Map<Event, Seen> counted;
            synchronized (lock) {
                counted = refusals;
                refusals = new LinkedHashMap<>();
            }
            counted.forEach((event, seen) -> tell(event, seen.first(), seen.times()));
            return counted.isEmpty()
                    ? Mono.empty()
                    : database.write(connection -> Flux.fromIterable(List.copyOf(counted.entrySet()))
                            .concatMap(one -> insert(connection, true, one.getKey(), one.getValue()))
                            .then(Sql.update(
                                    connection,
                                    "DELETE FROM audit WHERE refused = TRUE AND id <= (SELECT MAX(id) - ? FROM audit"
                                            + " WHERE refused = TRUE)",
                                    MOST_REFUSALS))
                            .then());
        });
    }

    private static Mono<Long> insert(Connection connection, boolean refused, Event event, Seen seen) {
        return Sql.update(
                connection,
                "INSERT INTO audit (refused, at, who, act, project, address, outcome, times)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                refused,
                seen.first(),
                event.who(),
                event.act(),
                event.project(),
                event.address(),
                event.outcome(),
                seen.times());
    }

    private static void tell(Event event, Instant at, long times) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("at", at.toString());
        line.put("who", event.who());
        line.put("act", event.act());
        line.put("project", event.project());
        line.put("address", event.address());
        line.put("outcome", event.outcome());
        line.put("times", times);
        log.info("{}", JSON.writeValueAsString(line));
    }

    /** What was kept, the newest first. */
    public Flux<Kept> list(AuditQuery query) {
        PackageRows.Where where = where(query);
        return database.read(connection -> Sql.select(
                connection,
                "SELECT id, refused, at, who, act, project, address, outcome, times FROM audit" + where.sql()
                        + " ORDER BY id DESC FETCH FIRST ? ROWS ONLY",
                row -> new Kept(
                        Sql.number(row, 0),
                        ProjectRows.flag(row, 1),
                        ProjectRows.time(row, 2),
                        new Event(
                                Sql.text(row, 3),
                                Sql.text(row, 4),
                                Sql.text(row, 5),
                                Sql.text(row, 6),
                                Sql.text(row, 7)),
                        Sql.number(row, 8)),
                where.and(query.count())));
    }

    private static PackageRows.Where where(AuditQuery query) {
        StringBuilder sql = new StringBuilder(" WHERE id < ?");
        List<@Nullable Object> arguments = new ArrayList<>(List.of(query.before()));
        PackageRows.add(sql, arguments, " AND LOWER(project) = ?", lower(query.project()));
        // No LIKE: names may have its wildcards.
        PackageRows.add(sql, arguments, " AND LOCATE(?, LOWER(who)) > 0", lower(query.who()));
        PackageRows.add(sql, arguments, " AND LOCATE(?, LOWER(act)) > 0", lower(query.act()));
        PackageRows.add(sql, arguments, " AND refused = ?", query.refused());
        PackageRows.add(sql, arguments, " AND at >= ?", query.since());
        PackageRows.add(sql, arguments, " AND at < ?", query.until());
        return new PackageRows.Where(sql.toString(), arguments);
    }

    private static @Nullable String lower(@Nullable String text) {
        return text == null ? null : text.toLowerCase(Locale.ROOT);
    }

    /** Writes what is counted; the database stays open. */
    public Mono<Void> close() {
        return Mono.fromRunnable(background::close).then(flush()).onErrorComplete();
    }
}
