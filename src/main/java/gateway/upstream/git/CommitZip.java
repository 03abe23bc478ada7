package gateway.upstream.git;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.CoreConfig.EolStreamType;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.TreeWalk.OperationType;
import org.eclipse.jgit.util.io.EolStreamTypeUtil;

/**
 * Packs the files of a commit as they are checked out, without submodules and what it marks as {@code export-ignore}. Two
 * packings of one commit are equal, byte by byte.
 */
final class CommitZip {

    /** Bytes unpacked. */
    static final long LARGEST = 1L << 30;

    private static final int LEVEL = 6;
    /** Git keeps none of a link, which systems that look would not follow. */
    private static final int ALL = 0777;

    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private CommitZip() {}

    static void write(Repository repository, RevCommit commit, OutputStream out) throws IOException, AbsentException {
        try (TreeWalk walk = new TreeWalk(repository);
                ZipArchiveOutputStream zip = new ZipArchiveOutputStream(new BufferedOutputStream(out, 1 << 16))) {
            zip.setLevel(LEVEL);
            zip.setMethod(ZipEntry.DEFLATED);
            walk.setAttributesNodeProvider(NoAttributes.OUTSIDE);
            walk.setOperationType(OperationType.CHECKOUT_OP);
            walk.addTree(commit.getTree());
            long unpacked = 0;
            while (walk.next()) {
                if (walk.getAttributes().isSet("export-ignore")) {
                    continue;
                }
                if (walk.isSubtree()) {
                    walk.enterSubtree();
                } else if ((walk.getRawMode(0) & FileMode.TYPE_MASK) != FileMode.TYPE_GITLINK) {
                    ObjectLoader file = walk.getObjectReader().open(walk.getObjectId(0), Constants.OBJ_BLOB);
                    unpacked += file.getSize();
                    if (unpacked > LARGEST) {
                        throw new AbsentException("its files have more than 1 GiB");
                    }
                    EolStreamType ends = ModuleZip.ends(walk.getEolStreamType(OperationType.CHECKOUT_OP));
                    add(zip, entry(FileNames.of(walk.getRawPath()), walk.getRawMode(0)), file, ends);
                }
            }
        }
    }

    private static ZipArchiveEntry entry(String path, int mode) {
        ZipArchiveEntry entry = new ZipArchiveEntry(path);
        entry.setTimeLocal(TIME);
        boolean link = (mode & FileMode.TYPE_MASK) == FileMode.TYPE_SYMLINK;
        entry.setUnixMode(link ? mode | ALL : mode);
        return entry;
    }

    private static void add(ZipArchiveOutputStream zip, ZipArchiveEntry entry, ObjectLoader file, EolStreamType ends)
            throws IOException {
        zip.putArchiveEntry(entry);
        // Closing it would close the whole.
        OutputStream out = EolStreamTypeUtil.wrapOutputStream(zip, entry.isUnixSymlink() ? EolStreamType.DIRECT : ends);
        file.copyTo(out);
        out.flush();
        zip.closeArchiveEntry();
    }
}
