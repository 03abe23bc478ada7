package gateway.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What the server says, for people: a list as a table, an object as lines. */
final class AdminText {
    private AdminText() {}

    static String render(JsonNode json) {
        return json.isArray() ? table(json) : lines(json);
    }

    private static String lines(JsonNode object) {
        StringBuilder text = new StringBuilder();
        object.forEachEntry((name, value) ->
                text.append(name).append(": ").append(plain(value)).append('\n'));
        return text.toString();
    }

    private static String table(JsonNode list) {
        Set<String> columns = new LinkedHashSet<>();
        list.forEach(row -> columns.addAll(row.propertyNames()));
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.copyOf(columns));
        list.forEach(row ->
                rows.add(columns.stream().map(column -> plain(row.path(column))).toList()));
        if (rows.size() == 1) {
            return "none\n";
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                int width = rows.stream()
                        .mapToInt(other -> other.get(column).length())
                        .max()
                        .orElse(0);
                line.append(row.get(i)).repeat(" ", width - row.get(i).length() + 2);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static String plain(JsonNode value) {
        if (value.isArray()) {
            return value.values().stream().map(AdminText::plain).collect(Collectors.joining(","));
        }
        return value.isNull() || value.isMissingNode()
                ? "-"
                : value.asString("").replaceAll("\\p{Cntrl}", "?");
    }
}
