package gateway.project;

import gateway.database.Sql;
import io.r2dbc.spi.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How packages and their files are written as rows and read again. */
final class PackageRows {

    static final String FILES = "SELECT f.id, f.package, f.project, f.format, p.name, p.version, f.path, f.file_name,"
            + " f.size, f.sha256, f.sha1, f.md5, f.content_type, f.origin, f.remote, f.etag, f.last_modified,"
            + " f.metadata, f.created_at"
            + " FROM package_file f JOIN package p ON p.id = f.package";

    static final String PACKAGES = "SELECT p.id, p.project, p.format, p.name, p.version, p.status, p.created_at,"
            + " p.last_downloaded_at, (SELECT LISTAGG(t.tag, ' ') WITHIN GROUP (ORDER BY t.tag) FROM package_tag t"
            + " WHERE t.project = p.project AND t.format = p.format AND t.name = p.name AND t.version = p.version)"
            + " FROM package p";

    /** A condition with its arguments. */
    record Where(String sql, List<@Nullable Object> arguments) {

        @Nullable
        Object[] and(Object... more) {
            List<@Nullable Object> all = new ArrayList<>(arguments);
            all.addAll(List.of(more));
            return all.toArray();
        }
    }

    private PackageRows() {}

    static PackageFile file(Row row) {
        return new PackageFile(
                Sql.number(row, 0),
                Sql.number(row, 1),
                Sql.number(row, 2),
                Sql.text(row, 3),
                Sql.text(row, 4),
                version(row, 5),
                Sql.text(row, 6),
                Sql.text(row, 7),
                Sql.number(row, 8),
                Sql.text(row, 9),
                Sql.text(row, 10),
                Sql.text(row, 11),
                Sql.text(row, 12),
                pulled(row),
                row.get(17, String.class),
                Objects.requireNonNull(row.get(18, Instant.class)));
    }

    private static PackageFile.@Nullable Pulled pulled(Row row) {
        return PackageFile.Origin.valueOf(Sql.text(row, 13)) == PackageFile.Origin.PUBLISHED
                ? null
                : new PackageFile.Pulled(
                        Objects.requireNonNullElse(row.get(14, String.class), ""),
                        row.get(15, String.class),
                        row.get(16, String.class));
    }

    static RegistryPackage item(Row row) {
        return new RegistryPackage(
                Sql.number(row, 0),
                Sql.number(row, 1),
                Sql.text(row, 2),
                Sql.text(row, 3),
                version(row, 4),
                Sql.text(row, 5),
                Objects.requireNonNull(row.get(6, Instant.class)),
                row.get(7, Instant.class),
                tags(row.get(8, String.class)));
    }

    /** No tag has a blank in it. */
    private static List<String> tags(@Nullable String tags) {
        return tags == null ? List.of() : List.of(tags.split(" "));
    }

    private static @Nullable String version(Row row, int column) {
        String version = Sql.text(row, column);
        return version.isEmpty() ? null : version;
    }

    static String version(@Nullable String version) {
        return version == null ? "" : version;
    }

    static Where where(PackageQuery query) {
        StringBuilder sql = new StringBuilder(" WHERE p.project IN (")
                .append(String.join(", ", Collections.nCopies(query.projects().size(), "?")))
                .append(')');
        List<@Nullable Object> arguments = new ArrayList<>(query.projects());
        add(sql, arguments, " AND p.format = ?", query.format());
        // No LIKE: names are full of its wildcards.
        String name = query.name();
        add(sql, arguments, " AND LOCATE(?, LOWER(p.name)) > 0", name == null ? null : name.toLowerCase(Locale.ROOT));
        add(sql, arguments, " AND p.version = ?", query.version());
        String status = query.status();
        add(
                sql,
                arguments,
                status == null ? " AND p.status <> ?" : " AND p.status = ?",
                status == null ? RegistryPackage.HIDDEN : status);
        if (!query.versionless()) {
            sql.append(" AND p.version <> ''");
        }
        return new Where(sql.toString(), arguments);
    }

    static void add(StringBuilder sql, List<@Nullable Object> arguments, String condition, @Nullable Object argument) {
        if (argument != null) {
            sql.append(condition);
            arguments.add(argument);
        }
    }

    /** Numbers of projects are numbers, and so may stand in the text. */
    static String order(PackageQuery query) {
        String direction = query.descending() ? " DESC" : " ASC";
        String column = switch (query.order()) {
            case CREATED_AT -> "p.created_at";
            case NAME -> "p.name";
            case VERSION -> "p.version";
            case TYPE -> "p.format";
            case PROJECT_PATH -> position(query.projects());
        };
        return " ORDER BY " + column + direction + ", p.id" + direction + " LIMIT ? OFFSET ?";
    }

    private static String position(List<Long> projects) {
        StringBuilder sql = new StringBuilder("CASE p.project");
        for (int i = 0; i < projects.size(); i++) {
            sql.append(" WHEN ").append(projects.get(i)).append(" THEN ").append(i);
        }
        return sql.append(" END").toString();
    }
}
