package gateway.cache;

import gateway.catalog.CacheKey;
import gateway.format.Format;
import gateway.format.Origin;
import gateway.settings.Upstream;
import java.net.URI;

/**
 * One upstream of one repository.
 *
 * @param repository path of the mount
 * @param id identity of the upstream in cache keys
 * @param folder where the store keeps what comes from here
 */
public record Source(String repository, Format format, Upstream upstream, String id, String folder) {

    CacheKey key(String path) {
        return CacheKey.of(repository, id, path);
    }

    /** The upstream's URL for a resource. */
    URI url(Origin.At at) {
        URI base = at.host().isEmpty() ? upstream.url() : upstream.hosts().getOrDefault(at.host(), upstream.url());
        return URI.create(base + at.path() + (at.query().isEmpty() ? "" : "?" + at.query()));
    }
}
