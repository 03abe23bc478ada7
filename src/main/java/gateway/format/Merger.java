package gateway.format;

import java.io.IOException;
import java.util.List;

/** Makes one index of those that several upstreams of a repository hold under the same path. */
@FunctionalInterface
public interface Merger {

    /** @param documents in the order of the upstreams, at least two, a few MiB at most */
    byte[] merge(List<byte[]> documents) throws IOException;
}
