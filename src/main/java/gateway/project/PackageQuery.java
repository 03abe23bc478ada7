package gateway.project;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which packages a list is to show, and in which order.
 *
 * @param projects numbers; in the order of their paths where that is the order of the list
 * @param format null for all
 * @param name what the name contains, in any case; null for all
 * @param version null for all
 * @param status null for all that are not hidden
 * @param versionless also packages without a version
 * @param page from 1
 * @param perPage from 1 to {@value #MOST}
 */
public record PackageQuery(
        List<Long> projects,
        @Nullable String format,
        @Nullable String name,
        @Nullable String version,
        @Nullable String status,
        boolean versionless,
        Order order,
        boolean descending,
        int page,
        int perPage) {

    public static final int MOST = 100;

    public PackageQuery {
        projects = List.copyOf(projects);
    }

    /** By what a list is ordered; the number of the package comes second. */
    public enum Order {
        CREATED_AT,
        NAME,
        VERSION,
        TYPE,
        PROJECT_PATH
    }

    /**
     * A page of a list.
     *
     * @param total packages on all pages
     */
    public record Page(List<RegistryPackage> packages, long total) {

        public Page {
            packages = List.copyOf(packages);
        }
    }
}
