package gateway.support;

import gateway.upstream.git.OwnConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.TreeMap;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.TagBuilder;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/** A bare git repository on disk: files are put together and committed, each commit on top of the one before. */
public final class GitRepository implements AutoCloseable {

    // Else JGit notes in the user's home what it finds out about the disk.
    static {
        OwnConfiguration.install();
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Content(FileMode mode, byte[] bytes) {

        /** What the tree names; of a submodule, a commit that is not here. */
        ObjectId id(ObjectInserter inserter) throws IOException {
            return mode.equals(FileMode.GITLINK)
                    ? ObjectId.fromString(new String(bytes, StandardCharsets.US_ASCII))
                    : inserter.insert(Constants.OBJ_BLOB, bytes);
        }
    }

    private final Repository repository;
    private final Path folder;
    private final TreeMap<String, Content> files = new TreeMap<>();
    private ObjectId tip = ObjectId.zeroId();

    /** An empty one, whose default branch is {@code main}. */
    public GitRepository(Path folder) {
        this.folder = folder;
        try {
            repository = new FileRepositoryBuilder()
                    .setGitDir(folder.toFile())
                    .setBare()
                    .build();
            repository.create(true);
            repository.updateRef(Constants.HEAD, true).link("refs/heads/main");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As it stands in settings. */
    public URI uri() {
        try {
            return new URI("file", "", folder.toAbsolutePath().toString(), null);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** For the next commit. */
    public GitRepository file(String path, String text) {
        files.put(path, new Content(FileMode.REGULAR_FILE, text.getBytes(StandardCharsets.UTF_8)));
        return this;
    }

    public GitRepository file(String path, byte[] bytes) {
        files.put(path, new Content(FileMode.REGULAR_FILE, bytes));
        return this;
    }

    /** A file that may be run. */
    public GitRepository program(String path, String text) {
        files.put(path, new Content(FileMode.EXECUTABLE_FILE, text.getBytes(StandardCharsets.UTF_8)));
        return this;
    }

    /** Another repository's commit. */
    public GitRepository submodule(String path, String commit) {
        files.put(path, new Content(FileMode.GITLINK, commit.getBytes(StandardCharsets.US_ASCII)));
        return this;
    }

    public GitRepository link(String path, String target) {
        files.put(path, new Content(FileMode.SYMLINK, target.getBytes(StandardCharsets.UTF_8)));
        return this;
    }

    public GitRepository remove(String path) {
        files.remove(path);
        return this;
    }

    /** On top of the last one; returns its name. */
    public String commit(String time) {
        try (ObjectInserter inserter = repository.newObjectInserter()) {
            DirCache index = DirCache.newInCore();
            DirCacheBuilder builder = index.builder();
            for (var file : files.entrySet()) {
                DirCacheEntry entry = new DirCacheEntry(file.getKey());
                entry.setFileMode(file.getValue().mode());
                entry.setObjectId(file.getValue().id(inserter));
                builder.add(entry);
            }
            builder.finish();
            PersonIdent person = new PersonIdent("a", "a@example.test", Instant.parse(time), ZoneOffset.ofHours(2));
            CommitBuilder commit = new CommitBuilder();
            commit.setTreeId(index.writeTree(inserter));
            commit.setAuthor(person);
            commit.setCommitter(person);
            commit.setMessage("commit\n");
            if (!tip.equals(ObjectId.zeroId())) {
                commit.setParentId(tip);
            }
            tip = inserter.insert(commit);
            inserter.flush();
            point("refs/heads/main", tip);
            return tip.name();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last commit gets a tag, also one that another commit had. */
    public GitRepository tag(String name) {
        return tag(name, tip.name());
    }

    public GitRepository tag(String name, String commit) {
        point(Constants.R_TAGS + name, ObjectId.fromString(commit));
        return this;
    }

    /** The last commit gets a tag with a message. */
    public GitRepository annotated(String name, String time) {
        try (ObjectInserter inserter = repository.newObjectInserter()) {
            TagBuilder tag = new TagBuilder();
            tag.setObjectId(tip, Constants.OBJ_COMMIT);
            tag.setTag(name);
            tag.setTagger(new PersonIdent("a", "a@example.test", Instant.parse(time), ZoneOffset.UTC));
            tag.setMessage("tag\n");
            ObjectId id = inserter.insert(tag);
            inserter.flush();
            point(Constants.R_TAGS + name, id);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public GitRepository branch(String name, String commit) {
        point(Constants.R_HEADS + name, ObjectId.fromString(commit));
        return this;
    }

    public void delete(String ref) {
        try {
            RefUpdate update = repository.updateRef(ref);
            update.setForceUpdate(true);
            update.delete();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void point(String ref, ObjectId id) {
        try {
            RefUpdate update = repository.updateRef(ref);
            update.setNewObjectId(id);
            update.setForceUpdate(true);
            RefUpdate.Result result = update.update();
            if (result == RefUpdate.Result.LOCK_FAILURE || result == RefUpdate.Result.REJECTED) {
                throw new IllegalStateException(ref + ": " + result);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For tests that serve it in their own way. */
    public Repository repository() {
        return repository;
    }

    @Override
    public void close() {
        repository.close();
    }
}
