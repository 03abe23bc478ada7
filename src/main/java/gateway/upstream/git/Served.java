package gateway.upstream.git;

import gateway.format.Algorithm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers which commit a version was when it was first asked for, as a ref of the mirror: clients hold checksums, so a
 * version has to stay what it was when its tag moves, and the ref keeps the commit from being cleared away.
 */
final class Served {

    private static final Logger log = LoggerFactory.getLogger(Served.class);
    private static final String FOLDER = "refs/gateway/served/";

    private final Repository repository;
    private final Set<String> moved = ConcurrentHashMap.newKeySet();

    Served(Repository repository) {
        this.repository = repository;
    }

    /** The commit; null when the version was not asked for before. */
    @Nullable
    ObjectId find(String module, String version) throws IOException {
        Ref ref = repository.exactRef(name(module, version));
        return ref == null ? null : ref.getObjectId();
    }

    /** Keeps a commit as what the version is, unless another is kept already; returns the one that is kept. */
    ObjectId keep(String module, String version, ObjectId commit) throws IOException {
        ObjectId kept = find(module, version);
        if (kept != null) {
            return kept;
        }
        RefUpdate update = repository.updateRef(name(module, version));
        update.setNewObjectId(commit);
        update.setExpectedOldObjectId(ObjectId.zeroId());
        update.disableRefLog();
        return switch (update.update()) {
            case NEW, NO_CHANGE -> commit;
            default -> {
                ObjectId other = find(module, version);
                if (other == null) {
                    throw new IOException(
                            "cannot note that " + module + "@" + version + " was served: " + update.getResult());
                }
                yield other;
            }
        };
    }

    /** Complains, once, that a tag no longer is what was served. */
    void moved(String module, String version, ObjectId served, ObjectId tagged) {
        if (!served.equals(tagged) && moved.add(module + "@" + version)) {
            log.warn(
                    "the tag of {}@{} was moved to commit {}; {} was served before and stays what clients get",
                    module,
                    version,
                    tagged.name(),
                    served.name());
        }
    }

    // By digest: as refs, one module's name may not be the folder of another's.
    private static String name(String module, String version) {
        byte[] text = (module + "@" + version).getBytes(StandardCharsets.UTF_8);
        return FOLDER + HexFormat.of().formatHex(Algorithm.SHA256.digest().digest(text));
    }
}
