package gateway.upstream.git;

import gateway.settings.GitModule;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/** The modules of one repository and their versions, by the rules of the go command; for one question, on one thread. */
final class Modules implements AutoCloseable {

    private final Served served;
    private final RevWalk walk;
    private final CommitFiles files;
    private final Versions versions;

    Modules(Repository repository, Served served, GitModule settings) {
        this.served = served;
        this.walk = new RevWalk(repository);
        this.files = new CommitFiles(walk.getObjectReader());
        this.versions = new Versions(repository, walk, settings.rootTags());
    }

    /** A version of a module that exists. */
    record Found(ModulePath module, String version, CommitFiles.Place place) {

        Instant time() {
            return Instant.ofEpochSecond(place.commit().getCommitTime());
        }
    }

    /** All tagged versions in their order. */
    List<GoVersion> list(ModulePath module) throws IOException {
        List<GoVersion> fitting = new ArrayList<>();
        List<GoVersion> incompatible = new ArrayList<>();
        boolean declared = false;
        for (Map.Entry<GoVersion, Ref> tag : versions.tags(module).entrySet()) {
            GoVersion version =
                    module.fits(tag.getKey()) ? tag.getKey() : tag.getKey().asIncompatible();
            if (!module.fits(version)) {
                continue;
            }
            CommitFiles.Place place = placeOf(module, version, tag.getValue());
            if (place == null) {
                continue;
            }
            if (version.incompatible()) {
                incompatible.add(version);
            } else {
                fitting.add(version);
                declared = place.goMod() != null;
            }
        }
        // Whoever has adopted go.mod files would not go back to versions without.
        if (!declared) {
            fitting.addAll(incompatible);
        }
        return fitting;
    }

    private CommitFiles.@Nullable Place placeOf(ModulePath module, GoVersion version, Ref tag) throws IOException {
        try {
            RevCommit commit = versions.commit(tag);
            return commit == null || hidden(commit, version)
                    ? null
                    : files.place(commit, module, version.incompatible());
        } catch (AbsentException e) {
            return null;
        }
    }

    /** Whether tags of this major version are meant for a module in a folder of that name. */
    private boolean hidden(RevCommit commit, GoVersion version) throws IOException, AbsentException {
        return version.incompatible() && files.read(commit, "v" + version.major() + "/" + CommitFiles.GO_MOD) != null;
    }

    /** The newest release, else the newest other version, else the tip of the default branch. */
    Found latest(ModulePath module) throws IOException, AbsentException {
        List<GoVersion> all = list(module);
        Optional<GoVersion> newest = all.reversed().stream()
                .filter(GoVersion::isRelease)
                .findFirst()
                .or(() -> all.reversed().stream().findFirst());
        if (newest.isPresent()) {
            return find(module, newest.get().text());
        }
        RevCommit head = versions.head();
        if (head == null) {
            throw new AbsentException("the repository holds no commit");
        }
        return of(module, head);
    }

    /** A version, or a branch, tag or commit, whose version is then found. */
    Found find(ModulePath module, String query) throws IOException, AbsentException {
        Optional<GoVersion> version = GoVersion.of(query);
        if (version.isPresent()) {
            return exact(module, version.get());
        }
        RevCommit commit = versions.named(query);
        if (commit == null) {
            throw new AbsentException("there is no tag, branch or commit " + query);
        }
        return of(module, commit);
    }

    private Found exact(ModulePath module, GoVersion version) throws IOException, AbsentException {
        if (!module.fits(version)) {
            throw new AbsentException(version.text() + " cannot be a version of " + module.path()
                    + ": its major version says another path");
        }
        ObjectId before = served.find(module.path(), version.text());
        Optional<PseudoVersion> pseudo = PseudoVersion.of(version.text());
        RevCommit commit;
        if (before != null) {
            commit = walk.parseCommit(before);
        } else {
            commit = pseudo.isPresent() ? commit(module, version, pseudo.get()) : tagged(module, version);
        }
        Ref tag = before == null || pseudo.isPresent() ? null : versions.tag(module, version.tag());
        RevCommit now = tag == null ? null : versions.commit(tag);
        if (before != null && now != null) {
            served.moved(module.path(), version.text(), before, now);
        }
        return new Found(module, version.text(), files.place(commit, module, version.incompatible()));
    }

    private RevCommit tagged(ModulePath module, GoVersion version) throws IOException, AbsentException {
        Ref tag = versions.tag(module, version.tag());
        RevCommit commit = tag == null ? null : versions.commit(tag);
        if (commit == null) {
            throw new AbsentException("there is no tag " + module.tagPrefix() + version.tag());
        }
        return commit;
    }

    /** The commit that a pseudo-version names, if all that it says of the commit is true. */
    private RevCommit commit(ModulePath module, GoVersion version, PseudoVersion pseudo)
            throws IOException, AbsentException {
        String revision = pseudo.revision();
        RevCommit commit = revision.length() == PseudoVersion.DIGITS ? versions.abbreviated(revision) : null;
        if (commit == null) {
            throw new AbsentException("there is no commit " + revision + "; a version has the first 12 digits of one");
        }
        String time = PseudoVersion.time(Instant.ofEpochSecond(commit.getCommitTime()));
        if (!time.equals(pseudo.time())) {
            throw new AbsentException(CommitFiles.shown(commit) + " was made at " + time + ", not at " + pseudo.time());
        }
        String base = pseudo.base();
        if (base == null) {
            throw new AbsentException(version.text() + " comes after no tag that there can be");
        }
        if (!base.isEmpty()) {
            Ref tag = versions.tag(module, base);
            RevCommit older = tag == null ? null : versions.commit(tag);
            if (older == null) {
                throw new AbsentException("there is no tag " + module.tagPrefix() + base + ", which " + version.text()
                        + " is to come after");
            }
            if (!versions.descends(commit, older) || older.equals(commit)) {
                throw new AbsentException(CommitFiles.shown(commit) + " does not come after the tag " + base);
            }
        }
        return commit;
    }

    /** The version of a commit: the highest of its tags, else a pseudo-version. */
    private Found of(ModulePath module, RevCommit commit) throws IOException, AbsentException {
        TreeMap<GoVersion, RevCommit> tagged = new TreeMap<>();
        boolean undeclared = module.mayBeIncompatible() && files.read(commit, CommitFiles.GO_MOD) == null;
        for (Map.Entry<GoVersion, Ref> tag : versions.tags(module).entrySet()) {
            GoVersion plain = tag.getKey();
            GoVersion version = module.fits(plain) ? plain : plain.asIncompatible();
            RevCommit at = versions.commit(tag.getValue());
            ObjectId before = served.find(module.path(), version.text());
            boolean same = at != null && (before == null || before.equals(at));
            if (same && module.fits(version) && (undeclared || !version.incompatible()) && !hidden(commit, version)) {
                tagged.put(version, at);
            }
        }
        for (Map.Entry<GoVersion, RevCommit> tag : tagged.descendingMap().entrySet()) {
            if (tag.getValue().equals(commit)) {
                GoVersion version = tag.getKey();
                return new Found(module, version.text(), files.place(commit, module, version.incompatible()));
            }
        }
        GoVersion older = versions.before(commit, tagged);
        String major = module.major().isEmpty() ? "0" : module.major();
        String name = PseudoVersion.name(
                major,
                older,
                Instant.ofEpochSecond(commit.getCommitTime()),
                commit.name().substring(0, PseudoVersion.DIGITS));
        boolean incompatible = older != null && older.incompatible();
        return new Found(module, name, files.place(commit, module, incompatible));
    }

    /** Notes that a version is given out, so that it stays what it is; another commit may have been given out meanwhile. */
    Found keep(Found found) throws IOException, AbsentException {
        RevCommit commit = found.place().commit();
        ObjectId kept = served.keep(found.module().path(), found.version(), commit);
        return kept.equals(commit) ? found : find(found.module(), found.version());
    }

    /** What its go.mod file says, or would say. */
    byte[] goMod(Found found) {
        byte[] file = found.place().goMod();
        return file == null ? GoMod.made(found.module().path()) : file;
    }

    @Override
    public void close() {
        walk.close();
    }
}
