package gateway.database;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Row;
import io.r2dbc.spi.Statement;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Statements with bound parameters, in one line each. */
public final class Sql {
    private Sql() {}

    public static <T> Flux<T> select(
            Connection connection, String sql, Function<Row, T> map, @Nullable Object... arguments) {
        return Flux.defer(() -> bind(connection.createStatement(sql), arguments).execute())
                .concatMap(result -> result.map((row, metadata) -> map.apply(row)));
    }

    /** Emits the number of changed rows. */
    public static Mono<Long> update(Connection connection, String sql, @Nullable Object... arguments) {
        return Flux.defer(() -> bind(connection.createStatement(sql), arguments).execute())
                .concatMap(Result::getRowsUpdated)
                .reduce(0L, Long::sum);
    }

    /** The same statement for many rows of arguments, one after the other; completes at once when there are none. */
    public static Mono<Void> updateAll(Connection connection, String sql, Collection<Object[]> rows) {
        return Flux.defer(() -> {
                    var statement = connection.createStatement(sql);
                    var first = true;
                    for (var row : rows) {
                        if (!first) {
                            statement.add();
                        }
                        bind(statement, row);
                        first = false;
                    }
                    return first ? Flux.empty() : statement.execute();
                })
                .concatMap(Result::getRowsUpdated)
                .then();
    }

    public static long number(Row row, int column) {
        var number = row.get(column, Long.class);
        return number == null ? 0 : number;
    }

    public static String text(Row row, int column) {
        var text = row.get(column, String.class);
        return text == null ? "" : text;
    }

    private static Statement bind(Statement statement, @Nullable Object... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            var argument = arguments[i];
            if (argument == null) {
                statement.bindNull(i, String.class);
            } else {
                statement.bind(i, argument);
            }
        }
        return statement;
    }
}
