package gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gateway.catalog.Entry;
import gateway.format.Generation;
import gateway.format.LinkReader;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import java.net.URI;
import reactor.core.publisher.Mono;

/**
 * What stored indexes say: their links and generations, read once for each content and kept in memory within bounds.
 *
 * <p>They are derived from the stored bytes at any time, so they are kept nowhere else and can never disagree with them.
 * Errors of reading reach the subscriber as {@link java.io.IOException}, and as {@link LostBytes} when there is nothing to read.
 */
final class Documents {

    /** Bytes that all tables may take. */
    private static final long LINKS = 64L << 20;

    private final BlobStore store;
    private final Cache<String, LinkTable> links = Caffeine.newBuilder()
            .maximumWeight(LINKS)
            .weigher((String digest, LinkTable table) -> table.weight())
            .build();
    private final Cache<String, Generation> generations =
            Caffeine.newBuilder().maximumSize(64).build();

    Documents(BlobStore store) {
        this.store = store;
    }

    /** The links by path. */
    Mono<LinkTable> links(Entry index, LinkReader reader) {
        LinkTable known = links.getIfPresent(index.sha256());
        return known != null
                ? Mono.just(known)
                : read(index, in -> {
                    LinkTable table = new LinkTable();
                    reader.read(in, source(index), table::add);
                    links.put(index.sha256(), table);
                    return table;
                });
    }

    /** The generation that a root opens. */
    Mono<Generation> generation(Entry root, Generation.Parser parser) {
        Generation known = generations.getIfPresent(root.sha256());
        return known != null
                ? Mono.just(known)
                : read(root, in -> {
                    Generation generation = parser.parse(in);
                    generations.put(root.sha256(), generation);
                    return generation;
                });
    }

    /** The whole content, for documents that are small by nature; an error above the bound. */
    Mono<byte[]> bytes(Entry entry, int bound) {
        return entry.size() > bound
                ? Mono.error(Failure.badGateway(entry.key().path() + " is larger than " + bound + " bytes"))
                : read(entry, in -> in.readNBytes(bound));
    }

    <T> Mono<T> read(Entry entry, BlobStore.Reader<T> reader) {
        return store.read(new Digest(entry.sha256()), entry.size(), reader)
                .switchIfEmpty(Mono.error(() -> new LostBytes(entry)));
    }

    static LinkReader.Source source(Entry entry) {
        return new LinkReader.Source(URI.create(entry.url()), entry.contentType());
    }
}
