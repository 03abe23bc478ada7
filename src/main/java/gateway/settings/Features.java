package gateway.settings;

/**
 * What the instance offers to projects.
 *
 * @param packages package registries; without them there is nothing else either
 * @param dependencyProxy pulling through from elsewhere into a project's registry
 * @param goProxy Go modules from git repositories
 */
public record Features(boolean packages, boolean dependencyProxy, boolean goProxy) {

    public static final Features ALL = new Features(true, true, true);
}
