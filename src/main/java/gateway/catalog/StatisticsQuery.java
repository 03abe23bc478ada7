package gateway.catalog;

import gateway.database.Sql;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Reads what the {@link Ledger} keeps.
 *
 * <p>Artifacts are files that never change; indexes count in sizes and hits only. Packages and versions are those that
 * artifacts name. A blob that two entries share counts once in the size of everything, but for both in the sizes of
 * formats and items.
 */
final class StatisticsQuery {
    private static final String TOTALS =
            "SELECT format, packages, versions, artifacts, size, hits, misses FROM total ORDER BY format";
    private static final String POPULAR =
            "SELECT format, name, version, hits, size FROM item WHERE hits > 0 ORDER BY hits DESC LIMIT ?";
    private static final String RECENT =
            "SELECT format, name, version, cached_at, size FROM item ORDER BY cached_at DESC LIMIT ?";

    static final String SIZE = "SELECT number FROM state WHERE name = 'size'";

    private StatisticsQuery() {}

    /** One row of the totals. */
    private record Total(
            String format, long packages, long versions, long artifacts, long size, long hits, long misses) {
        static Total read(Row row) {
            return new Total(
                    Sql.text(row, 0),
                    Sql.number(row, 1),
                    Sql.number(row, 2),
                    Sql.number(row, 3),
                    Sql.number(row, 4),
                    Sql.number(row, 5),
                    Sql.number(row, 6));
        }

        Statistics.ByFormat byFormat() {
            return new Statistics.ByFormat(format, artifacts, size, hits);
        }
    }

    static Mono<Statistics> run(Connection connection, int popular, int recent) {
        return Mono.zip(
                        Sql.select(connection, TOTALS, Total::read).collectList(),
                        Sql.select(connection, SIZE, row -> Sql.number(row, 0)).single(),
                        Sql.select(connection, POPULAR, StatisticsQuery::popular, popular)
                                .collectList(),
                        Sql.select(connection, RECENT, StatisticsQuery::recent, recent)
                                .collectList())
                .map(parts -> sum(parts.getT1(), parts.getT2(), parts.getT3(), parts.getT4()));
    }

    private static Statistics sum(
            List<Total> totals, long size, List<Statistics.Popular> popular, List<Statistics.Recent> recent) {
        return new Statistics(
                totals.stream().mapToLong(Total::packages).sum(),
                totals.stream().mapToLong(Total::versions).sum(),
                totals.stream().mapToLong(Total::artifacts).sum(),
                size,
                totals.stream().mapToLong(Total::hits).sum(),
                totals.stream().mapToLong(Total::misses).sum(),
                totals.stream().map(Total::byFormat).toList(),
                popular,
                recent,
                List.of());
    }

    private static Statistics.Popular popular(Row row) {
        return new Statistics.Popular(
                Sql.text(row, 0), Sql.text(row, 1), version(row), Sql.number(row, 3), Sql.number(row, 4));
    }

    private static Statistics.Recent recent(Row row) {
        return new Statistics.Recent(
                Sql.text(row, 0), Sql.text(row, 1), version(row), EntryRows.time(row, 3), Sql.number(row, 4));
    }

    private static @Nullable String version(Row row) {
        var version = Sql.text(row, 2);
        return version.isEmpty() ? null : version;
    }
}
