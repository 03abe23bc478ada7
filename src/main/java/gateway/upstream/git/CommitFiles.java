package gateway.upstream.git;

import java.io.IOException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/** Looks for modules in commits. */
final class CommitFiles {

    /** The go command takes no larger go.mod and LICENSE file; in bytes. */
    static final int LARGEST_SPECIAL = 16 << 20;

    static final String GO_MOD = "go.mod";

    private final ObjectReader reader;

    CommitFiles(ObjectReader reader) {
        this.reader = reader;
    }

    /**
     * A module in a commit.
     *
     * @param folder where its files are, below the repository's root
     * @param goMod null when it has no such file
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Place(RevCommit commit, String folder, byte @Nullable [] goMod) {}

    /** Where the module lies; an exception when it is not there or says that it is another. */
    Place place(RevCommit commit, ModulePath module, boolean incompatible) throws IOException, AbsentException {
        byte[] here = read(commit, module.file(GO_MOD));
        if (!module.major().isEmpty()) {
            return suffixed(commit, module, here);
        }
        if (here == null) {
            if (module.folder().isEmpty()) {
                return new Place(commit, "", null);
            }
            throw new AbsentException("there is no " + module.file(GO_MOD) + " in " + shown(commit));
        }
        if (incompatible) {
            throw new AbsentException("there is a go.mod file, so the version cannot be +incompatible");
        }
        requireDeclared(here, module, module.file(GO_MOD), commit);
        return new Place(commit, module.folder(), here);
    }

    /** Either the folder's go.mod or that of the folder v2 in it says /v2, and not both. */
    private Place suffixed(RevCommit commit, ModulePath module, byte @Nullable [] here)
            throws IOException, AbsentException {
        String below = module.file("v" + module.major());
        byte[] there = read(commit, below + "/" + GO_MOD);
        boolean declaredHere = here != null && GoMod.module(here).equals(module.path());
        if (there != null) {
            requireDeclared(there, module, below + "/" + GO_MOD, commit);
            if (declaredHere) {
                throw new AbsentException("both " + module.file(GO_MOD) + " and " + below + "/" + GO_MOD + " declare "
                        + module.path() + " in " + shown(commit));
            }
            return new Place(commit, below, there);
        }
        if (here == null) {
            throw new AbsentException("there is neither " + module.file(GO_MOD) + " nor " + below + "/" + GO_MOD
                    + " in " + shown(commit));
        }
        requireDeclared(here, module, module.file(GO_MOD), commit);
        return new Place(commit, module.folder(), here);
    }

    private static void requireDeclared(byte[] goMod, ModulePath module, String file, RevCommit commit)
            throws AbsentException {
        String declared = GoMod.module(goMod);
        if (!declared.equals(module.path())) {
            throw new AbsentException(
                    file + " in " + shown(commit) + " declares the module " + declared + ", not " + module.path());
        }
    }

    /** A regular file; null when there is none of that name. */
    byte @Nullable [] read(RevCommit commit, String path) throws IOException, AbsentException {
        try (TreeWalk found = TreeWalk.forPath(reader, path, commit.getTree())) {
            if (found == null || (found.getRawMode(0) & FileMode.TYPE_MASK) != FileMode.TYPE_FILE) {
                return null;
            }
            return bytes(found.getObjectId(0), path);
        }
    }

    byte[] bytes(ObjectId file, String path) throws IOException, AbsentException {
        ObjectLoader loader = reader.open(file, Constants.OBJ_BLOB);
        if (loader.getSize() > LARGEST_SPECIAL) {
            throw new AbsentException(path + " has more than 16 MiB");
        }
        return loader.getCachedBytes(LARGEST_SPECIAL);
    }

    /** For people. */
    static String shown(RevCommit commit) {
        return "commit " + commit.name().substring(0, PseudoVersion.DIGITS);
    }
}
