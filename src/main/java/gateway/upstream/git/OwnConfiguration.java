package gateway.upstream.git;

import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/** Keeps JGit from what is configured for git on this machine, and from starting git to find it. */
public final class OwnConfiguration extends SystemReader.Delegate {

    private OwnConfiguration(SystemReader usual) {
        super(usual);
    }

    /** For all of JGit in this process. */
    public static void install() {
        SystemReader usual = SystemReader.getInstance();
        if (!(usual instanceof OwnConfiguration)) {
            SystemReader.setInstance(new OwnConfiguration(usual));
        }
    }

    @Override
    public FileBasedConfig openUserConfig(@Nullable Config parent, FS files) {
        return new Empty(parent, files);
    }

    @Override
    public FileBasedConfig openSystemConfig(@Nullable Config parent, FS files) {
        return new Empty(parent, files);
    }

    @Override
    public FileBasedConfig openJGitConfig(@Nullable Config parent, FS files) {
        return new Empty(parent, files);
    }

    private static final class Empty extends FileBasedConfig {

        @SuppressWarnings("NullAway") // without a file
        Empty(@Nullable Config parent, FS files) {
            super(parent, null, files);
        }

        @Override
        public void load() {
            // There is no file.
        }

        @Override
        public void save() {
            // There is no file.
        }

        @Override
        public boolean isOutdated() {
            return false;
        }
    }
}
