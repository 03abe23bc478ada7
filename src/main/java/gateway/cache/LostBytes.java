package gateway.cache;

import gateway.catalog.Entry;
import java.util.Objects;

/** The bytes of an entry are not in the store any more: somebody cleared it by hand, or evicted them this very moment. */
final class LostBytes extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Entry entry;

    LostBytes(Entry entry) {
        super("the bytes of " + entry.key().repository() + entry.key().path() + " are gone");
        this.entry = entry;
    }

    /** The entry that promised them. */
    Entry entry() {
        return Objects.requireNonNull(entry);
    }
}
