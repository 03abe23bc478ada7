package gateway.upstream.git;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/** Tags, branches and commits of a repository, as modules name them. */
final class Versions {

    private static final int FEWEST_DIGITS = 7;

    private final Repository repository;
    private final RevWalk walk;
    private final boolean rootTags;

    Versions(Repository repository, RevWalk walk, boolean rootTags) {
        this.repository = repository;
        this.walk = walk;
        this.rootTags = rootTags;
    }

    /** Tags that are versions of a module or of one beside it, with another major version. */
    SortedMap<GoVersion, Ref> tags(ModulePath module) throws IOException {
        SortedMap<GoVersion, Ref> own = tags(module.tagPrefix());
        return own.isEmpty() && rootTags && !module.folder().isEmpty() ? tags("") : own;
    }

    /** The tag that is this version of a module; null when there is none. */
    @Nullable
    Ref tag(ModulePath module, String version) throws IOException {
        GoVersion wanted = GoVersion.ofTag(version).orElse(null);
        return wanted == null ? null : tags(module).get(wanted);
    }

    private SortedMap<GoVersion, Ref> tags(String prefix) throws IOException {
        SortedMap<GoVersion, Ref> tags = new TreeMap<>();
        String folder = Constants.R_TAGS + prefix;
        for (Ref ref : repository.getRefDatabase().getRefsByPrefix(folder)) {
            GoVersion.ofTag(ref.getName().substring(folder.length())).ifPresent(version -> tags.put(version, ref));
        }
        return tags;
    }

    /** The commit that a tag names, also by way of an annotation; null when it names something else. */
    @Nullable
    RevCommit commit(Ref ref) throws IOException {
        ObjectId id = ref.getObjectId();
        return id == null ? null : commit(id);
    }

    @Nullable
    RevCommit commit(ObjectId id) throws IOException {
        RevObject object = walk.peel(walk.parseAny(id));
        return object instanceof RevCommit commit ? commit : null;
    }

    /** The commit whose name begins with these digits; null when there is none, or more than one. */
    @Nullable
    RevCommit abbreviated(String digits) throws IOException {
        if (!digits.matches("[0-9a-f]{" + FEWEST_DIGITS + "," + Constants.OBJECT_ID_STRING_LENGTH + "}")) {
            return null;
        }
        RevCommit found = null;
        Collection<ObjectId> candidates = walk.getObjectReader().resolve(AbbreviatedObjectId.fromString(digits));
        for (ObjectId candidate : candidates) {
            if (walk.parseAny(candidate) instanceof RevCommit commit) {
                if (found != null) {
                    return null;
                }
                found = commit;
            }
        }
        return found;
    }

    /** What the go command would take a tag, a branch or the beginning of a commit's name for; null for none. */
    @Nullable
    RevCommit named(String query) throws IOException {
        for (String name : List.of(Constants.R_TAGS + query, Constants.R_HEADS + query)) {
            Ref ref = repository.exactRef(name);
            if (ref != null) {
                return commit(ref);
            }
        }
        return query.equals(Constants.HEAD) ? head() : abbreviated(query);
    }

    /** The tip of the default branch; null when there is no commit at all. */
    @Nullable
    RevCommit head() throws IOException {
        Ref head = repository.exactRef(Constants.HEAD);
        ObjectId tip = head == null ? null : head.getObjectId();
        return tip == null ? null : commit(tip);
    }

    /** Whether a commit comes after another. */
    boolean descends(RevCommit commit, RevCommit older) throws IOException {
        try (RevWalk own = new RevWalk(walk.getObjectReader())) {
            return own.isMergedInto(own.parseCommit(older), own.parseCommit(commit));
        }
    }

    /** The highest of the versions whose commit is this one or comes before it; null when there is none. */
    @Nullable
    GoVersion before(RevCommit commit, Map<GoVersion, RevCommit> tagged) throws IOException {
        Map<ObjectId, GoVersion> highest = new HashMap<>();
        tagged.forEach((version, at) ->
                highest.merge(at.getId(), version, (one, other) -> one.compareTo(other) > 0 ? one : other));
        GoVersion found = null;
        try (RevWalk own = new RevWalk(walk.getObjectReader())) {
            own.setRetainBody(false);
            own.markStart(own.parseCommit(commit));
            for (RevCommit past = own.next(); past != null && !highest.isEmpty(); past = own.next()) {
                GoVersion version = highest.remove(past.getId());
                if (version != null && (found == null || version.compareTo(found) > 0)) {
                    found = version;
                }
            }
        }
        return found;
    }
}
