package gateway.cache;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What of a client's {@code Cache-Control} is heeded. A shared cache for build farms ignores the rest: package managers
 * send {@code max-age=0} by habit, and a farm of them would defeat the cache.
 *
 * @param onlyIfCached answer from the store or with 504
 * @param revalidate confirm an index that is older than a few seconds
 */
public record Directives(boolean onlyIfCached, boolean revalidate) {

    static final Directives NONE = new Directives(false, false);
    static final Directives REVALIDATE = new Directives(false, true);

    static Directives parse(@Nullable String cacheControl) {
        if (cacheControl == null) {
            return NONE;
        }
        boolean onlyIfCached = false;
        boolean noCache = false;
        for (String directive : cacheControl.toLowerCase(Locale.ROOT).split(",")) {
            onlyIfCached |= directive.strip().equals("only-if-cached");
            noCache |= directive.strip().equals("no-cache");
        }
        return new Directives(onlyIfCached, noCache);
    }
}
