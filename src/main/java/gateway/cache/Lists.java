package gateway.cache;

import gateway.catalog.Entry;
import gateway.format.Cacheable;
import gateway.format.Checksum;
import gateway.format.Index;
import gateway.format.Link;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Looks artifacts up where an upstream lists them in several forms, or in steps. */
final class Lists {

    /** What was found, and where. */
    record Found(Link link, Checksum.Listing listing) {}

    private final Cache cache;
    private final Documents documents;

    Lists(Cache cache, Documents documents) {
        this.cache = cache;
        this.documents = documents;
    }

    /** Empty when no list names it, or when there is none: an upstream without lists may still have files. */
    Mono<Found> find(Source source, Cacheable artifact, Checksum.ListedInOne in) {
        return Flux.fromIterable(in.listings())
                .filterWhen(listing -> cache.held(source, listing.index()).hasElement())
                .collectList()
                .flatMap(
                        held -> held.isEmpty() ? asked(source, artifact, in.listings()) : held(source, artifact, held));
    }

    private Mono<Found> held(Source source, Cacheable artifact, List<Checksum.Listing> held) {
        return Flux.fromIterable(held)
                .concatMap(listing -> held(source, artifact, listing).map(link -> new Found(link, listing)))
                .next()
                // Perhaps it is new.
                .switchIfEmpty(Mono.defer(() -> link(source, artifact, held.getFirst(), Directives.REVALIDATE)
                        .map(link -> new Found(link, held.getFirst()))));
    }

    /** The first that can be had decides, also when it does not name the artifact. */
    private Mono<Found> asked(Source source, Cacheable artifact, List<Checksum.Listing> listings) {
        return Flux.fromIterable(listings)
                .concatMap(listing -> cache.entry(source, listing.index(), Directives.NONE)
                        .onErrorComplete()
                        .flatMap(entry -> read(source, artifact, listing, entry)
                                .map(link -> Optional.of(new Found(link, listing)))
                                .defaultIfEmpty(Optional.empty())))
                .next()
                .flatMap(Mono::justOrEmpty);
    }

    /** What a list says of an artifact if its index is held; nothing is fetched for it. */
    Mono<Link> held(Source source, Cacheable artifact, Checksum.Listing listing) {
        return cache.held(source, listing.index()).flatMap(entry -> read(source, artifact, listing, entry));
    }

    /** What a list says of an artifact, its index being fetched or confirmed as needed. */
    Mono<Link> link(Source source, Cacheable artifact, Checksum.Listing listing, Directives directives) {
        return cache.entry(source, listing.index(), directives)
                .flatMap(entry -> read(source, artifact, listing, entry));
    }

    /** Where an index says that the files of a folder are. */
    Mono<URI> base(Source source, String path, Index index) {
        return cache.held(source, index)
                .switchIfEmpty(Mono.defer(() -> cache.entry(source, index, Directives.NONE)))
                .flatMap(entry -> table(entry, index))
                .flatMap(table -> Mono.justOrEmpty(based(table, path)))
                .map(URI::create);
    }

    private Mono<Link> read(Source source, Cacheable artifact, Checksum.Listing listing, Entry index) {
        String path = artifact.path();
        return table(index, listing.index()).flatMap(table -> switch (listing) {
            case Checksum.Named named -> Mono.justOrEmpty(at(table, path, table.get(path)));
            case Checksum.Chained chained ->
                Mono.justOrEmpty(Optional.ofNullable(table.get(chained.key())).flatMap(chained.list()))
                        .flatMap(list -> cache.entry(source, list, Directives.NONE))
                        .flatMap(list -> documents.links(list, chained.links()))
                        .flatMap(list -> Mono.justOrEmpty(at(table, path, list.get(path))));
        });
    }

    private Mono<LinkTable> table(Entry entry, Index index) {
        return index.links() == null ? Mono.empty() : documents.links(entry, index.links());
    }

    private static @Nullable Link at(LinkTable table, String path, @Nullable Link link) {
        String url = link == null || link.url() != null ? null : based(table, path);
        return link == null || url == null
                ? link
                : new Link(path, url, link.checksum(), link.coordinates(), link.size(), link.published());
    }

    private static @Nullable String based(LinkTable table, String path) {
        int name = path.lastIndexOf('/') + 1;
        Link folder = table.get(path.substring(0, name));
        return folder == null ? null : folder.url() + gateway.format.Origin.encode(path.substring(name));
    }
}
