package gateway.cache;

import org.jspecify.annotations.Nullable;

/**
 * How an answer came about, as the {@code Cache-Status} header tells it (RFC 9211).
 *
 * @param hit answered from the store
 * @param forward why the upstream was asked: {@code miss stale request bypass method}; null when it was not
 * @param forwardStatus the upstream's status, 0 when it gave none or was not asked
 * @param stored whether the answer was, or is being, stored
 * @param collapsed whether the request joined another's fetch
 * @param detail one word more; null for none
 */
public record Outcome(
        boolean hit,
        @Nullable String forward,
        int forwardStatus,
        boolean stored,
        boolean collapsed,
        @Nullable String detail) {

    static final Outcome HIT = new Outcome(true, null, 0, false, false, null);
    public static final Outcome LOCAL = new Outcome(false, null, 0, false, false, "local");
    static final Outcome NEGATIVE = new Outcome(true, null, 0, false, false, "negative");
    /** Stale, and being refreshed behind. */
    static final Outcome REFRESHING = new Outcome(true, null, 0, false, false, "stale-while-revalidate");

    /** Rules let no upstream be asked. */
    static final Outcome DENIED = new Outcome(false, null, 0, false, false, "denied");

    /** A client stored it. */
    static final Outcome UPLOADED = new Outcome(false, null, 0, true, false, "uploaded");

    static Outcome miss(int status, boolean stored, boolean collapsed) {
        return new Outcome(false, "miss", status, stored, collapsed, null);
    }

    static Outcome revalidated(int status, boolean stored, boolean collapsed) {
        return new Outcome(status == 304, "stale", status, stored, collapsed, null);
    }

    /** What is held was given after the upstream was asked of it: why. */
    static Outcome held(int status, String why) {
        return new Outcome(true, "stale", status, false, false, why);
    }

    /** The upstream failed and the stale answer was given. */
    static Outcome staleIfError() {
        return new Outcome(true, "stale", 0, false, false, "stale-if-error");
    }

    static Outcome bypass(int status, String detail) {
        return new Outcome(false, "bypass", status, false, false, detail);
    }

    static Outcome failed(String forward) {
        return new Outcome(false, forward, 0, false, false, null);
    }

    /** Whether the upstream was spared a request. */
    public boolean savedRequest() {
        return (hit && forward == null) || collapsed;
    }

    /** Whether the upstream was spared the body. */
    public boolean savedBytes() {
        return hit || collapsed;
    }

    /** Value of the header. */
    public String header() {
        String words = words();
        return words.isEmpty() ? "gateway" : "gateway; " + words;
    }

    /** The same without the name of this cache. */
    public String words() {
        StringBuilder value = new StringBuilder();
        // A request that went forward is no hit (RFC 9211, section 2.2), whoever's bytes were served.
        if (hit && forward == null) {
            value.append("; hit");
        }
        if (forward != null) {
            value.append("; fwd=").append(forward);
        }
        if (forwardStatus != 0) {
            value.append("; fwd-status=").append(forwardStatus);
        }
        if (stored) {
            value.append("; stored");
        }
        if (collapsed) {
            value.append("; collapsed");
        }
        if (detail != null) {
            value.append("; detail=").append(detail);
        }
        return value.length() == 0 ? "" : value.substring(2);
    }
}
