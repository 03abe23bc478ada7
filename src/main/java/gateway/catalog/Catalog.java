package gateway.catalog;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The database of what is cached. Errors of the database reach the caller as they are; nothing here retries. */
public interface Catalog {

    /** The entry if it is hot, without waiting and without SQL: for the event loop. Null when it is not hot. */
    @Nullable
    Entry hot(CacheKey key);

    /** The entry, from memory or from the database; empty when there is none. */
    Mono<Entry> find(CacheKey key);

    /** Inserts or replaces the entry; it is hot afterwards. */
    Mono<Void> save(Entry entry);

    /** Inserts those of the entries whose keys have none, in one transaction; they are not hot by that. */
    Mono<Void> restore(List<Entry> entries);

    /** Forgets the entry; completes when there is none. */
    Mono<Void> remove(CacheKey key);

    /** Counts a hit, in memory; written in batches. */
    void touched(CacheKey key);

    /** Counts a request that had to go upstream, in memory; written in batches. */
    void missed(String format);

    /** Remembers that the upstream does not have it, in memory at first; written in batches. What is older than an entry goes with it. */
    void absent(CacheKey key, Absence absence);

    /** What the upstream last said of the key, if that was that it does not have it; empty when it is long ago or unknown. */
    Mono<Absence> absence(CacheKey key);

    /** Entries of one upstream of a repository whose path begins with the prefix and which were used since then. */
    Flux<Entry> below(String repository, String upstream, String pathPrefix, Instant usedSince);

    /** Least recently used entries first, without those that are pinned. */
    Flux<Entry> leastRecentlyUsed(int count);

    /** All entries, a page at a time. */
    Flux<Entry> all();

    /** Entries of this blob; looks at all rows, so for what is rare. */
    Flux<Entry> holding(String sha256);

    /** Whether any entry still needs this blob; always, while not all entries are known, as during a rebuild. */
    Mono<Boolean> refersTo(String sha256);

    /** Sum over distinct blobs, in bytes. */
    Mono<Long> totalSize();

    /** What there is, for people. */
    Mono<Statistics> statistics(int popular, int recent);

    /** Writes what is collected in memory now. */
    Mono<Void> flush();

    /** Completes when the database can be written and read, with the error otherwise. */
    Mono<Void> check();

    /** Writes what is collected and closes the database. */
    Mono<Void> close();
}
