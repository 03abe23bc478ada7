package gateway.catalog;

/**
 * Identity of a stored file.
 *
 * @param repository the mount, for example {@code /npm}
 * @param upstream identity of the upstream that answered: its name with a digest over its addresses and credentials, so
 *     that private bytes never cross repositories and a changed upstream starts afresh
 * @param path canonical path below the mount
 * @param variant tells apart what the upstream keeps under one path, empty when there is one thing
 */
public record CacheKey(String repository, String upstream, String path, String variant) {

    public static CacheKey of(String repository, String upstream, String path) {
        return new CacheKey(repository, upstream, path, "");
    }
}
