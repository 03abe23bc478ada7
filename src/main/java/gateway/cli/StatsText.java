package gateway.cli;

import gateway.catalog.Statistics;
import gateway.settings.ByteSize;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Statistics for people: totals, then tables. */
record StatsText(Statistics statistics) {

    String render() {
        StringBuilder text = new StringBuilder(totals());
        section(
                text,
                "By format",
                1,
                statistics.formats().stream()
                        .map(f -> List.of(
                                f.format(),
                                count(f.artifacts(), "artifact"),
                                size(f.sizeBytes()),
                                count(f.hits(), "hit")))
                        .toList());
        section(
                text,
                "By upstream, since the start",
                2,
                statistics.upstreams().stream()
                        .filter(u -> u.requests() + u.savedRequests() > 0)
                        .map(u -> List.of(
                                name(u.repository(), null),
                                name(u.name(), null),
                                count(u.requests(), "request"),
                                count(u.savedRequests(), "request") + " saved",
                                size(u.savedBytes()) + " saved",
                                state(u)))
                        .toList());
        section(
                text,
                "Most popular",
                2,
                statistics.popular().stream()
                        .map(p -> List.of(
                                p.format(), name(p.name(), p.version()), count(p.hits(), "hit"), size(p.sizeBytes())))
                        .toList());
        section(
                text,
                "Recently cached",
                2,
                statistics.recent().stream()
                        .map(r -> List.of(
                                r.format(),
                                name(r.name(), r.version()),
                                r.cachedAt().truncatedTo(ChronoUnit.SECONDS).toString(),
                                size(r.sizeBytes())))
                        .toList());
        return text.toString();
    }

    private String totals() {
        long answers = statistics.hits() + statistics.misses();
        String rate = answers == 0 ? "" : String.format(Locale.ROOT, " (%.1f%%)", 100.0 * statistics.hits() / answers);
        return """
                packages    %d
                versions    %d
                artifacts   %d
                total size  %s
                hits        %d%s
                misses      %d
                """.formatted(
                        statistics.packages(),
                        statistics.versions(),
                        statistics.artifacts(),
                        size(statistics.totalSizeBytes()),
                        statistics.hits(),
                        rate,
                        statistics.misses());
    }

    // Columns are as wide as their widest cell: first words, then numbers, which end at the same place.
    private static void section(StringBuilder text, String title, int words, List<List<String>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < rows.getFirst().size(); column++) {
            int at = column;
            widths.add(rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0));
        }
        text.append('\n').append(title).append('\n');
        for (List<String> row : rows) {
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                String gap = " ".repeat(widths.get(column) - cell.length());
                text.append("  ").append(column < words ? cell + gap : gap + cell);
            }
            text.append('\n');
        }
    }

    // Names come from registries: nothing in them may reach the terminal as a command.
    private static String name(String name, @Nullable String version) {
        return (version == null ? name : name + " " + version).replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    }

    private static String state(Statistics.ByUpstream upstream) {
        return switch (upstream.breaker()) {
            case "open" -> "left alone";
            case "half_open" -> "tried again";
            default -> upstream.throttledUntil() == null ? "well" : "asked us to wait";
        };
    }

    private static String size(long bytes) {
        return ByteSize.human(bytes);
    }

    private static String count(long number, String noun) {
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? noun : noun + "s");
    }
}
