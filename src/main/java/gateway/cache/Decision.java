package gateway.cache;

import gateway.catalog.Entry;
import gateway.format.Artifact;
import gateway.format.Cacheable;
import gateway.format.Index;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What to do about a request, from what is known and without asking anybody. */
sealed interface Decision {

    /** A {@code no-cache} younger than this is answered from the store, since a farm sends many at once. */
    Duration RELOAD_AFTER = Duration.ofSeconds(10);

    /**
     * Answer from the store.
     *
     * @param refresh whether to revalidate behind the answer
     */
    record Serve(Entry entry, boolean refresh) implements Decision {}

    /** Ask the upstream whether the entry is still right; serve it stale if the upstream fails. */
    record Revalidate(Entry entry) implements Decision {}

    /** Fetch it. */
    record Fetch() implements Decision {}

    /** Nothing is held and the client wants nothing else (RFC 9111, section 5.2.1.7). */
    record Refuse() implements Decision {}

    static Decision of(Cacheable resource, @Nullable Entry entry, Directives directives, Instant now) {
        if (entry == null) {
            return directives.onlyIfCached() ? new Refuse() : new Fetch();
        }
        return switch (resource) {
            case Artifact artifact -> new Serve(entry, false);
            case Index index -> {
                Duration age = Duration.between(entry.validatedAt(), now);
                if (directives.onlyIfCached()) {
                    yield new Serve(entry, false);
                }
                if (directives.revalidate() && age.compareTo(RELOAD_AFTER) > 0) {
                    yield new Revalidate(entry);
                }
                if (age.compareTo(index.freshFor()) <= 0) {
                    yield new Serve(entry, false);
                }
                boolean soon = age.compareTo(index.freshFor().plus(index.staleFor())) <= 0;
                yield soon ? new Serve(entry, true) : new Revalidate(entry);
            }
        };
    }
}
