package gateway.format;

import java.net.URI;
import java.util.Optional;

/** What an index says of where files are: nothing, or another folder than the one that clients and gateway expect. */
final class CondaBase {

    private CondaBase() {}

    /**
     * The link for a folder of the mount.
     *
     * @param folder of the files, below the mount
     * @param index folder of the index
     * @param said URL, absolute or relative to the index; empty when it says nothing
     */
    static Optional<Link> link(String folder, String index, String said, URI url) {
        if (!leaves(folder, index, said)) {
            return Optional.empty();
        }
        String slashed = said.endsWith("/") ? said : said + "/";
        return NpmPackage.fetchable(slashed, url).map(absolute -> new Link(folder, absolute, null, null, -1, null));
    }

    /** Whether files would be looked for elsewhere than in that folder of the mount. */
    static boolean leaves(String folder, String index, String said) {
        if (said.isEmpty()) {
            return !folder.equals(index);
        }
        try {
            URI relative = URI.create(said.endsWith("/") ? said : said + "/");
            return relative.isAbsolute()
                    || relative.getRawAuthority() != null
                    || !URI.create(Origin.encode(index))
                            .resolve(relative)
                            .getPath()
                            .equals(folder);
        } catch (IllegalArgumentException e) {
            return true;
        }
    }
}
