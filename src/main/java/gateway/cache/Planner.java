package gateway.cache;

import gateway.catalog.Catalog;
import gateway.catalog.Entry;
import gateway.format.Algorithm;
import gateway.format.Cacheable;
import gateway.format.Check;
import gateway.format.Checksum;
import gateway.format.Index;
import gateway.format.Link;
import gateway.format.Origin;
import gateway.upstream.UpstreamRequest;
import gateway.upstream.UpstreamResponse;
import gateway.upstream.Upstreams;
import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Finds out, before a fetch, where the upstream keeps a resource and what its bytes must be. */
final class Planner {

    /** Sibling files hold a digest and perhaps a file name. */
    private static final int SIBLING = 4 << 10;
    /** Documents that tell where files are, such as Cargo's config.json; some list their packages as well. */
    private static final int TOLD = 4 << 20;

    /**
     * @param link what an index says of it, null when none was held
     * @param otherwise asked when the first address does not have it; null for none
     * @param renewed the same by an index that was read anew, since addresses expire; null when no index says the address
     */
    record Plan(
            URI uri,
            Expectation expectation,
            @Nullable Link link,
            @Nullable URI otherwise,
            @Nullable Mono<Plan> renewed) {

        Plan(URI uri, Expectation expectation, @Nullable Link link) {
            this(uri, expectation, link, null, null);
        }
    }

    private final Cache cache;
    private final Catalog catalog;
    private final Documents documents;
    private final Upstreams upstreams;
    private final Lists lists;

    Planner(Cache cache, Catalog catalog, Documents documents, Upstreams upstreams) {
        this.cache = cache;
        this.catalog = catalog;
        this.documents = documents;
        this.upstreams = upstreams;
        this.lists = new Lists(cache, documents);
    }

    /** Empty when an index says that no such artifact exists. */
    Mono<Plan> plan(Source source, Cacheable resource) {
        if (resource.origin() instanceof Origin.Linked) {
            return resource.checksum() instanceof Checksum.Listed listed
                    ? linked(source, resource, listed)
                    : Mono.error(new IllegalStateException("what is linked needs the index that links it"));
        }
        return expect(source, resource, resource.checksum())
                .flatMap(expected -> where(source, resource.path(), resource.origin(), expected.link())
                        .map(uri -> new Plan(
                                uri, expected.expectation(), expected.link(), otherwise(source, resource), null)));
    }

    private static @Nullable URI otherwise(Source source, Cacheable resource) {
        return resource.origin() instanceof Origin.Either either ? source.url(either.second()) : null;
    }

    private record Expected(
            Expectation expectation, @Nullable Link link) {}

    private Mono<Expected> expect(Source source, Cacheable artifact, Checksum checksum) {
        return switch (checksum) {
            case Checksum.None none -> Mono.just(new Expected(new Expectation.Nothing(), null));
            case Checksum.Known known -> Mono.just(new Expected(new Expectation.Promised(known, -1, null), null));
            case Checksum.Siblings siblings ->
                Mono.just(new Expected(
                        new Expectation.Beside(
                                sibling(source, siblings.siblings()).cache()),
                        null));
            case Checksum.Listed listed ->
                Flux.fromIterable(listed.indexes())
                        .concatMap(index -> held(source, artifact, index))
                        .next()
                        .defaultIfEmpty(new Expected(new Expectation.Behind(listed.indexes()), null));
            case Checksum.ListedBeside beside ->
                held(source, artifact, beside.index())
                        .defaultIfEmpty(new Expected(
                                new Expectation.Beside(
                                        beside(source, artifact, beside.index()).cache()),
                                null));
            case Checksum.ListedBelow below ->
                below(source, artifact, below)
                        .map(link -> promised(link, null))
                        .defaultIfEmpty(new Expected(new Expectation.Nothing(), null));
            case Checksum.ListedInOne in ->
                lists.find(source, artifact, in)
                        .map(found -> promised(found.link(), again(source, artifact, found.listing())))
                        .defaultIfEmpty(new Expected(new Expectation.Nothing(), null));
        };
    }

    private Mono<Link> again(Source source, Cacheable artifact, Checksum.Listing listing) {
        return lists.link(source, artifact, listing, Directives.REVALIDATE);
    }

    private static Expected promised(Link link, @Nullable Mono<Link> again) {
        Checksum.Known known = link.checksum();
        return new Expected(
                known == null ? new Expectation.Nothing() : new Expectation.Promised(known, link.size(), again), link);
    }

    /** What an index promises if it is held; nothing is fetched for it. */
    private Mono<Expected> held(Source source, Cacheable artifact, Index index) {
        Checksum.Listing listing = new Checksum.Named(index);
        return lists.held(source, artifact, listing).map(link -> promised(link, again(source, artifact, listing)));
    }

    private Mono<Link> below(Source source, Cacheable artifact, Checksum.ListedBelow below) {
        return catalog.below(source.repository(), source.id(), below.prefix(), Instant.EPOCH)
                .onErrorComplete()
                .filter(entry -> entry.place().startsWith(source.folder()))
                // The newest list that names it decides: older generations may still be held.
                .sort(Comparator.comparing(Entry::storedAt).reversed())
                .concatMap(entry -> Mono.justOrEmpty(below.lists()
                                .apply(entry.place().substring(source.folder().length())))
                        .flatMap(reader -> documents.links(entry, reader).onErrorComplete())
                        .flatMap(table -> Mono.justOrEmpty(table.get(artifact.path()))))
                .next();
    }

    /** Like {@link #held}, but the indexes are fetched when they are not held, and once more when none lists the path. */
    private Mono<Plan> linked(Source source, Cacheable artifact, Checksum.Listed listed) {
        return Flux.just(Directives.NONE, Directives.REVALIDATE)
                .concatMap(directives -> Flux.fromIterable(listed.indexes())
                        .concatMap(index -> lists.link(source, artifact, new Checksum.Named(index), directives)
                                .flatMap(link -> linked(source, artifact, index, link))))
                .next();
    }

    private Mono<Plan> linked(Source source, Cacheable artifact, Index index, Link link) {
        if (link.url() == null) {
            return Mono.error(Failure.badGateway("the index does not say where " + artifact.path() + " is"));
        }
        Mono<Link> again = again(source, artifact, new Checksum.Named(index));
        Mono<Plan> renewed =
                again.filter(newer -> newer.url() != null).flatMap(newer -> linked(source, artifact, index, newer));
        return Mono.just(new Plan(url(null, link.url()), promised(link, again).expectation(), link, null, renewed));
    }

    /** Asked once more when it does not list the artifact: it may be older than that. */
    private Mono<Optional<Checksum.Known>> beside(Source source, Cacheable artifact, Index index) {
        Checksum.Listing listing = new Checksum.Named(index);
        return lists.link(source, artifact, listing, Directives.NONE)
                .switchIfEmpty(Mono.defer(() -> again(source, artifact, listing)))
                .map(link -> Optional.ofNullable(link.checksum()))
                .onErrorComplete()
                .defaultIfEmpty(Optional.empty());
    }

    /** What the first index says that lists an artifact, each being fetched or confirmed as needed. */
    Mono<Link> linkIn(Source source, Cacheable artifact, List<Index> indexes) {
        return Flux.fromIterable(indexes)
                .concatMap(index -> lists.link(source, artifact, new Checksum.Named(index), Directives.NONE))
                .next();
    }

    /** Empty when the document that should tell it does not. */
    Mono<URI> where(Source source, String path, Origin origin, @Nullable Link link) {
        if (link != null && link.url() != null) {
            return Mono.just(url(null, link.url()));
        }
        return switch (origin) {
            case Origin.At at -> Mono.just(source.url(at));
            case Origin.Either either -> Mono.just(source.url(either.first()));
            case Origin.Told told ->
                cache.entry(source, told.index(), Directives.NONE)
                        .flatMap(entry -> documents
                                .bytes(entry, TOLD)
                                .flatMap(bytes -> Mono.justOrEmpty(
                                        told.url().expand(bytes, link).map(url -> url(URI.create(entry.url()), url)))));
            case Origin.Based based ->
                lists.base(source, path, based.index()).defaultIfEmpty(source.url(based.otherwise()));
            case Origin.Linked linked -> Mono.error(new IllegalStateException("planned elsewhere"));
            case Origin.Hosted hosted -> Mono.error(new IllegalStateException("no upstream has it"));
        };
    }

    /** What a registry wrote, absolute or relative to a document. */
    private static URI url(@Nullable URI document, String written) {
        try {
            URI url = document == null ? URI.create(written) : document.resolve(written);
            if (url.getHost() != null
                    && url.getScheme() != null
                    && url.getScheme().matches("(?i)https?")) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // As good as one without a host.
        }
        throw Failure.badGateway("the upstream says that a file is where no file can be");
    }

    /** A check by another document; an error when there is no such document. */
    Mono<Check> check(Source source, Check.By by) {
        return cache.entry(source, by.document(), Directives.NONE)
                .switchIfEmpty(Mono.error(() -> Failure.badGateway(
                        "the upstream does not have " + by.document().path() + ", by which this is checked")))
                .flatMap(entry -> documents.bytes(entry, by.most()))
                .flatMap(bytes -> Mono.fromCallable(() -> by.reader().read(bytes)));
    }

    /** The digest in the first sibling that exists and holds one. */
    private Mono<Optional<Checksum.Known>> sibling(Source source, List<Checksum.Sibling> siblings) {
        return Flux.fromIterable(siblings)
                .concatMap(sibling -> upstreams
                        .get(new UpstreamRequest(
                                source.upstream(),
                                UpstreamRequest.Lane.INDEX,
                                "GET",
                                source.url(sibling.origin()),
                                Map.of("Accept", "*/*"),
                                null,
                                false))
                        .flatMap(response -> digestIn(response, sibling.algorithm())))
                .next()
                // Without an answer the bytes are kept as unverified: a registry may publish no siblings at all.
                .onErrorComplete()
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty());
    }

    private static Mono<Checksum.Known> digestIn(UpstreamResponse response, Algorithm algorithm) {
        if (response.status() != 200) {
            response.discard();
            return Mono.empty();
        }
        return Bytes.of(response.body(), SIBLING)
                .flatMap(bytes -> Mono.justOrEmpty(Checksum.Known.ofHex(
                        algorithm,
                        new String(bytes, StandardCharsets.UTF_8).strip().split("\\s+")[0])));
    }

    /** Collects small bodies. */
    static final class Bytes {

        private Bytes() {}

        /** All bytes; an error above the bound. The buffers are released. */
        static Mono<byte[]> of(Flux<ByteBuf> body, int bound) {
            return body.map(buffer -> {
                        try {
                            byte[] bytes = new byte[buffer.readableBytes()];
                            buffer.readBytes(bytes);
                            return bytes;
                        } finally {
                            buffer.release();
                        }
                    })
                    .collect(java.io.ByteArrayOutputStream::new, (out, bytes) -> {
                        if (out.size() + bytes.length > bound) {
                            throw Failure.badGateway("the upstream's answer is larger than " + bound + " bytes");
                        }
                        out.writeBytes(bytes);
                    })
                    .map(java.io.ByteArrayOutputStream::toByteArray);
        }
    }
}
