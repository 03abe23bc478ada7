package gateway.database;

import java.util.List;

/**
 * What a database holds.
 *
 * @param name what people call the database: {@code catalog}
 * @param beside the class beside whose package the scripts lie on the class path
 * @param scripts that make its tables, in the order in which they are run, each once: {@code V1__catalog.sql}
 */
public record Schema(String name, Class<?> beside, List<String> scripts) {

    public Schema {
        scripts = List.copyOf(scripts);
    }
}
