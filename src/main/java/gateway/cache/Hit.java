package gateway.cache;

import gateway.catalog.Entry;
import java.time.Instant;

/**
 * A reply from the store, and what it depends on: whoever asks the same may be given the same for as long as {@link
 * PullThrough#again} says so.
 *
 * @param entry what the catalog holds; another object means that something changed
 * @param until end of its freshness; {@link Instant#MIN} when the reply is for one request only
 */
public record Hit(Reply reply, Entry entry, Instant until) {

    /** Without what is written once only; the length stays. */
    public Hit withoutBody() {
        Body none = new Body.Empty(reply.body().length());
        return new Hit(reply.with(none), entry, until);
    }
}
