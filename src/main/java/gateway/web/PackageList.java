package gateway.web;

import gateway.project.PackageQuery;
import gateway.project.PackageQuery.Order;
import gateway.project.Project;
import gateway.project.RegistryPackage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerRequest;

/** How lists of packages are asked for, and what is told of each package. */
final class PackageList {

    private static final Set<String> TYPES = Set.of(
            "maven",
            "generic",
            "npm",
            "pypi",
            "nuget",
            "conan",
            "composer",
            "cargo",
            "golang",
            "debian",
            "rubygems",
            "helm",
            "rpm",
            "terraform_module");
    private static final Set<String> STATES =
            Set.of("default", RegistryPackage.HIDDEN, "processing", "error", "pending_destruction");

    private PackageList() {}

    /**
     * @param projects in the order of their paths
     * @param grouped whether they are those of a group
     * @throws IllegalArgumentException with the client's mistake
     */
    static PackageQuery query(ServerRequest request, List<Project> projects, boolean grouped, Pages pages) {
        return new PackageQuery(
                projects.stream().map(Project::id).toList(),
                one(request, "package_type", TYPES),
                given(request, "package_name"),
                given(request, "package_version"),
                one(request, "status", STATES),
                "true".equals(one(request, "include_versionless", Set.of("true", "false"))),
                order(request, grouped),
                "desc".equals(one(request, "sort", Set.of("asc", "desc"))),
                pages.page(),
                pages.perPage());
    }

    private static Order order(ServerRequest request, boolean grouped) {
        String by = given(request, "order_by");
        return switch (by) {
            case null -> Order.CREATED_AT;
            case "created_at" -> Order.CREATED_AT;
            case "name" -> Order.NAME;
            case "version" -> Order.VERSION;
            case "type" -> Order.TYPE;
            case "project_path" -> {
                if (!grouped) {
                    throw invalid("order_by");
                }
                yield Order.PROJECT_PATH;
            }
            default -> throw invalid("order_by");
        };
    }

    private static @Nullable String given(ServerRequest request, String name) {
        return request.queryParam(name).filter(value -> !value.isBlank()).orElse(null);
    }

    private static @Nullable String one(ServerRequest request, String name, Set<String> known) {
        String value = given(request, name);
        if (value != null && !known.contains(value)) {
            throw invalid(name);
        }
        return value;
    }

    private static IllegalArgumentException invalid(String name) {
        return new IllegalArgumentException(name + " does not have a valid value");
    }

    /** @param base public URL of the gateway, without a trailing slash */
    static Map<String, Object> row(RegistryPackage item, Project project, String base) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", item.id());
        row.put("name", item.name());
        row.put("version", item.version());
        row.put("package_type", item.format());
        row.put("status", item.status());
        row.put("created_at", item.createdAt().toString());
        row.put(
                "last_downloaded_at",
                item.lastDownloadedAt() == null ? null : item.lastDownloadedAt().toString());
        row.put("tags", item.tags());
        row.put(
                "_links",
                Map.of(
                        "web_path", "/" + project.path() + "/-/packages/" + item.id(),
                        "delete_api_path", base + "/api/v4/projects/" + project.id() + "/packages/" + item.id()));
        return row;
    }

    /** In a group, people have to be told whose it is. */
    static Map<String, Object> grouped(RegistryPackage item, Project project, String base) {
        Map<String, Object> row = row(item, project, base);
        row.put("project_id", project.id());
        row.put("project_path", project.path());
        return row;
    }

    static Map<String, Object> shown(
            RegistryPackage item, List<RegistryPackage> versions, Project project, String base) {
        Map<String, Object> row = row(item, project, base);
        row.put(
                "versions",
                versions.stream()
                        .filter(other -> other.id() != item.id())
                        .map(PackageList::version)
                        .toList());
        return row;
    }

    private static Map<String, Object> version(RegistryPackage item) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", item.id());
        row.put("version", item.version());
        row.put("created_at", item.createdAt().toString());
        row.put("tags", item.tags());
        return row;
    }
}
