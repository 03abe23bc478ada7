package gateway.cache;

import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Algorithm;
import gateway.format.Artifact;
import gateway.format.Cacheable;
import gateway.format.Resource;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import java.util.Map;
import java.util.TreeMap;
import reactor.core.publisher.Mono;

/** Digests that stand beside files, answered from what is held. */
final class Sidecars {

    private final Cache cache;
    private final Catalog catalog;
    private final BlobStore store;

    Sidecars(Cache cache, Catalog catalog, BlobStore store) {
        this.cache = cache;
        this.catalog = catalog;
        this.store = store;
    }

    /** In lower-case hex; empty when nothing is held that could tell it. */
    Mono<String> digest(Source source, Resource.Sidecar sidecar) {
        return Mono.just(sidecar.of())
                .ofType(Cacheable.class)
                .flatMap(of -> of instanceof Artifact
                        ? cache.held(source, of)
                        // Of what may change, the digest is that of the bytes which a client would be given now.
                        : cache.entry(source, of, Directives.NONE))
                .flatMap(entry -> digest(entry, sidecar.algorithm()));
    }

    private Mono<String> digest(Entry entry, Algorithm algorithm) {
        String known =
                algorithm == Algorithm.SHA256 ? entry.sha256() : entry.digests().get(algorithm.label());
        return known != null
                ? Mono.just(known)
                : store.digest(new Digest(entry.sha256()), entry.size(), algorithm)
                        .flatMap(hex -> remember(entry, algorithm, hex).thenReturn(hex));
    }

    /** The whole farm asks for the same one. */
    private Mono<Void> remember(Entry entry, Algorithm algorithm, String hex) {
        Map<String, String> digests = new TreeMap<>(entry.digests());
        digests.put(algorithm.label(), hex);
        return catalog.save(entry.verified(entry.verified(), digests)).onErrorComplete();
    }
}
