package gateway.settings;

import java.util.List;

/**
 * A mount: a format below a path, and the upstreams that are asked in order.
 *
 * @param path begins with a slash and does not end with one: {@code /npm}
 * @param upstreams empty when clients themselves store what there is
 * @param rules which packages any of its upstreams may be asked for
 * @param guarded whether nobody is served without a token
 */
public record Repository(
        String path, String format, List<Upstream> upstreams, Uploads uploads, Rules rules, boolean guarded) {

    public Repository {
        upstreams = List.copyOf(upstreams);
    }

    /** One that only reads from its upstreams. */
    public Repository(String path, String format, List<Upstream> upstreams) {
        this(path, format, upstreams, Uploads.NONE, Rules.NONE, false);
    }

    /** The path without its leading slash: the folder in the store, the name in logs and metrics. */
    public String name() {
        return path.substring(1);
    }
}
