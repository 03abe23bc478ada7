package gateway.cache;

import gateway.format.Algorithm;
import gateway.format.Cacheable;
import gateway.format.Index;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Indexes that are one document made of those of several upstreams, made anew for each asker. */
final class Merging {

    private final Cache cache;
    private final Documents documents;

    Merging(Cache cache, Documents documents) {
        this.cache = cache;
        this.documents = documents;
    }

    static boolean needed(Mount mount, Cacheable resource) {
        return mount.sources().size() > 1 && resource instanceof Index index && index.merger() != null;
    }

    /** Empty when no upstream has any. */
    Mono<Reply> reply(Request request, Index index) {
        return documents(request, index).map(bytes -> {
            String etag = "\"" + hex(Algorithm.SHA256, bytes) + "\"";
            boolean same = etag.equals(request.conditions().ifNoneMatch());
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("Content-Type", "text/xml");
            headers.put("ETag", etag);
            headers.put("Cache-Control", "public, max-age=" + index.freshFor().toSeconds());
            Body body =
                    same ? new Body.Empty(-1) : request.head() ? new Body.Empty(bytes.length) : Body.Bytes.of(bytes);
            return new Reply(same ? 304 : 200, headers, body, Outcome.HIT);
        });
    }

    /** In lower-case hex; empty when no upstream has any. */
    Mono<String> digest(Request request, Index index, Algorithm algorithm) {
        return documents(request, index).map(merged -> hex(algorithm, merged));
    }

    /** One document made of those that the upstreams hold; empty when none holds any. */
    private Mono<byte[]> documents(Request request, Index index) {
        Directives directives = Directives.parse(request.conditions().cacheControl());
        return Flux.fromIterable(request.mount().sources())
                .concatMap(source -> cache.entry(source, index, directives))
                .concatMap(entry -> documents.bytes(entry, 8 << 20))
                .collectList()
                .flatMap(all -> all.size() < 2
                        ? Mono.justOrEmpty(all.stream().findFirst())
                        : Mono.fromCallable(() -> Optional.ofNullable(index.merger())
                                .orElseThrow()
                                .merge(all)));
    }

    private static String hex(Algorithm algorithm, byte[] bytes) {
        return HexFormat.of().formatHex(algorithm.digest().digest(bytes));
    }
}
