package gateway.cache;

import gateway.catalog.CacheKey;
import gateway.format.Ask;
import gateway.format.Format;
import gateway.format.Origin;
import gateway.format.Resource;
import gateway.policy.NameRules;
import gateway.settings.Repository;
import gateway.settings.Upstream;
import java.net.URI;
import java.util.List;

/**
 * One upstream of one repository.
 *
 * @param repository path of the mount
 * @param id identity of the upstream in cache keys
 * @param folder where the store keeps what comes from here
 * @param rules which questions it may be asked: the repository's and its own
 */
public record Source(
        String repository, Format format, Upstream upstream, String id, String folder, List<NameRules> rules) {

    private static final String HOSTED = "hosted";

    /** Where clients store things themselves; nobody is ever asked. */
    static Source hosted(Repository repository, Format format) {
        Upstream nobody = Upstream.at(HOSTED, URI.create(HOSTED + ":" + repository.path()));
        return new Source(repository.path(), format, nobody, HOSTED, repository.name(), List.of());
    }

    /** Whether rules let it be asked this. */
    boolean permits(Ask ask, Resource resource) {
        for (NameRules rule : rules) {
            if (!rule.permit(ask, resource)) {
                return false;
            }
        }
        return true;
    }

    public boolean hosted() {
        return id.equals(HOSTED);
    }

    /** Whether the other one holds the same, and so may stand in for this one when it fails. */
    boolean mirrors(Source other) {
        String group = upstream.mirrorGroup();
        return group != null && group.equals(other.upstream.mirrorGroup());
    }

    CacheKey key(String path) {
        return CacheKey.of(repository, id, path);
    }

    /** The upstream's URL for a resource. */
    URI url(Origin.At at) {
        URI base = at.host().isEmpty() ? upstream.url() : upstream.hosts().getOrDefault(at.host(), upstream.url());
        return URI.create(base + at.path() + (at.query().isEmpty() ? "" : "?" + at.query()));
    }
}
