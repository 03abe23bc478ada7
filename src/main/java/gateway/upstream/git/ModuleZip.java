package gateway.upstream.git;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.CoreConfig.EolStreamType;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.TreeWalk.OperationType;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.eclipse.jgit.util.io.EolStreamTypeUtil;
import org.jspecify.annotations.Nullable;

/**
 * Packs a version of a module as the go command would, so that the checksum it computes is the same: without nested
 * modules, vendored packages, links and submodules. Two packings of one commit are equal, byte by byte.
 */
final class ModuleZip {

    /** What the go command takes, packed or unpacked; in bytes. */
    static final long LARGEST = 500L << 20;

    private static final String LICENSE = "LICENSE";
    private static final int LEVEL = 6;
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private record Member(String path, ObjectId blob, int mode, EolStreamType ends) {

        boolean isFile() {
            return (mode & FileMode.TYPE_MASK) == FileMode.TYPE_FILE;
        }

        /** With the slash at its end; empty for the module's own folder. */
        String folder() {
            return path.substring(0, path.lastIndexOf('/') + 1);
        }

        String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    private final TreeWalk walk;
    private final Modules.Found found;
    private final boolean strictVendor;
    private long written;

    private ModuleZip(TreeWalk walk, Modules.Found found) {
        this.walk = walk;
        this.found = found;
        byte[] goMod = found.place().goMod();
        this.strictVendor = goMod != null && GoMod.asksFor(goMod, 1, 24);
    }

    /** Writes it; an exception when the go command would refuse what is in it. */
    static void write(Repository repository, Modules.Found found, OutputStream out)
            throws IOException, AbsentException {
        try (TreeWalk walk = new TreeWalk(repository)) {
            walk.setAttributesNodeProvider(NoAttributes.OUTSIDE);
            new ModuleZip(walk, found).write(out);
        }
    }

    private void write(OutputStream out) throws IOException, AbsentException {
        List<Member> all = members();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setLevel(LEVEL);
            for (Member member : packed(all)) {
                write(zip, member);
            }
            String folder = found.place().folder();
            if (!folder.isEmpty()
                    && all.stream().noneMatch(member -> member.path().equals(LICENSE))) {
                license(zip);
            }
        }
    }

    /** All that is in the module's folder, in git's order. */
    private List<Member> members() throws IOException, AbsentException {
        String folder = found.place().folder();
        List<Member> members = new ArrayList<>();
        walk.addTree(found.place().commit().getTree());
        walk.setRecursive(true);
        walk.setOperationType(OperationType.CHECKOUT_OP);
        walk.setFilter(folder.isEmpty() ? PathFilter.ALL : PathFilter.create(folder));
        while (walk.next()) {
            if ((walk.getRawMode(0) & FileMode.TYPE_MASK) != FileMode.TYPE_GITLINK) {
                String path = FileNames.of(walk.getRawPath());
                members.add(new Member(
                        folder.isEmpty() ? path : path.substring(folder.length() + 1),
                        walk.getObjectId(0),
                        walk.getRawMode(0),
                        ends(walk.getEolStreamType(OperationType.CHECKOUT_OP))));
            }
        }
        return members;
    }

    /** On the way out git only ever makes CR LF of LF. */
    static EolStreamType ends(@Nullable EolStreamType wanted) {
        return wanted == EolStreamType.TEXT_CRLF || wanted == EolStreamType.AUTO_CRLF ? wanted : EolStreamType.DIRECT;
    }

    private List<Member> packed(List<Member> all) throws AbsentException {
        Set<String> modules = new HashSet<>();
        for (Member member : all) {
            if (member.isFile() && member.name().equalsIgnoreCase(CommitFiles.GO_MOD)) {
                modules.add(member.folder());
            }
        }
        FileNames names = new FileNames();
        List<Member> packed = new ArrayList<>();
        for (Member member : all) {
            String path = member.path();
            if (isVendored(path) || isNested(member.folder(), modules) || path.equals(".hg_archival.txt")) {
                continue;
            }
            names.add(path);
            if (path.equalsIgnoreCase(CommitFiles.GO_MOD) && !path.equals(CommitFiles.GO_MOD)) {
                throw new AbsentException("the name of go.mod has capital letters: " + path);
            }
            if (member.isFile()) {
                packed.add(member);
            }
        }
        return packed;
    }

    private static boolean isNested(String folder, Set<String> modules) {
        for (int slash = folder.lastIndexOf('/'); slash > 0; slash = folder.lastIndexOf('/', slash - 1)) {
            if (modules.contains(folder.substring(0, slash + 1))) {
                return true;
            }
        }
        return false;
    }

    // Up to go 1.24 a slip of the pen counted from the beginning of the path, which checksums have kept alive.
    private boolean isVendored(String path) {
        if (strictVendor && path.equals("vendor/modules.txt")) {
            return true;
        }
        int vendor = path.indexOf("/vendor/");
        int from;
        if (path.startsWith("vendor/")) {
            from = "vendor/".length();
        } else if (vendor >= 0) {
            from = (strictVendor ? vendor : 0) + "/vendor/".length();
        } else {
            return false;
        }
        return path.indexOf('/', from) >= 0;
    }

    private void write(ZipOutputStream zip, Member member) throws IOException, AbsentException {
        boolean special =
                member.path().equals(CommitFiles.GO_MOD) || member.path().equals(LICENSE);
        OutputStream bounded = begin(zip, member.path(), special ? CommitFiles.LARGEST_SPECIAL : LARGEST);
        try {
            var loader = walk.getObjectReader().open(member.blob(), Constants.OBJ_BLOB);
            try (OutputStream ends = EolStreamTypeUtil.wrapOutputStream(bounded, member.ends())) {
                loader.copyTo(ends);
            }
        } catch (TooMuchException e) {
            throw new AbsentException(member.path() + " is too large: the go command takes modules of 500 MiB, and a"
                    + " go.mod or LICENSE file of 16 MiB");
        }
        zip.closeEntry();
    }

    /** The repository's own, for a module in a folder that has none. */
    private void license(ZipOutputStream zip) throws IOException {
        try (TreeWalk root = TreeWalk.forPath(
                walk.getObjectReader(), LICENSE, found.place().commit().getTree())) {
            if (root == null
                    || root.isSubtree()
                    || (root.getRawMode(0) & FileMode.TYPE_MASK) == FileMode.TYPE_GITLINK) {
                return;
            }
            var loader = walk.getObjectReader().open(root.getObjectId(0), Constants.OBJ_BLOB);
            if (loader.getSize() <= CommitFiles.LARGEST_SPECIAL) {
                loader.copyTo(begin(zip, LICENSE, LARGEST));
                zip.closeEntry();
            }
        }
    }

    private OutputStream begin(ZipOutputStream zip, String path, long most) throws IOException {
        ZipEntry entry = new ZipEntry(found.module().path() + "@" + found.version() + "/" + path);
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
        return new Bounded(zip, most);
    }

    private static final class TooMuchException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** Passes bytes on up to the limits, and does not close. */
    private final class Bounded extends FilterOutputStream {
        private long left;

        Bounded(OutputStream out, long most) {
            super(out);
            this.left = most;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            left -= count;
            written += count;
            if (left < 0 || written > LARGEST) {
                throw new TooMuchException();
            }
            out.write(bytes, offset, count);
        }

        @Override
        public void close() {
            // The zip goes on.
        }
    }
}
