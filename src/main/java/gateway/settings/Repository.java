package gateway.settings;

import java.util.List;

/**
 * A mount: a format below a path, and the upstreams that are asked in order.
 *
 * @param path begins with a slash and does not end with one: {@code /npm}
 */
public record Repository(String path, String format, List<Upstream> upstreams) {

    public Repository {
        upstreams = List.copyOf(upstreams);
    }

    /** The path without its leading slash: the folder in the store, the name in logs and metrics. */
    public String name() {
        return path.substring(1);
    }
}
