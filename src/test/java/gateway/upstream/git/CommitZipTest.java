package gateway.upstream.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.GitRepository;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.revwalk.RevWalk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of all that can stand in a commit. */
class CommitZipTest {
    private static final String TIME = "2026-01-01T10:00:00Z";
    private static final String ELSEWHERE = "0123456789012345678901234567890123456789";

    @TempDir
    Path folder;

    private GitRepository git;

    @BeforeEach
    void start() {
        git = new GitRepository(folder.resolve("lib.git"));
    }

    @AfterEach
    void close() {
        git.close();
    }

    /** A file or link of an archive; of a link, the text is where it leads. */
    private record Member(boolean link, boolean runs, String text) {}

    private byte[] zip(String commit) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (RevWalk walk = new RevWalk(git.repository())) {
            CommitZip.write(git.repository(), walk.parseCommit(ObjectId.fromString(commit)), out);
        }
        return out.toByteArray();
    }

    private Map<String, Member> members(String commit) throws Exception {
        Map<String, Member> members = new LinkedHashMap<>();
        try (ZipFile zip = open(zip(commit))) {
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                String text = new String(zip.getInputStream(entry).readAllBytes(), UTF_8);
                members.put(
                        entry.getName(), new Member(entry.isUnixSymlink(), (entry.getUnixMode() & 0111) == 0111, text));
            }
        }
        return members;
    }

    private static ZipFile open(byte[] zip) throws IOException {
        return ZipFile.builder()
                .setSeekableByteChannel(new SeekableInMemoryByteChannel(zip))
                .get();
    }

    private String everything() {
        return git.file("composer.json", "{}")
                .program("bin/tool", "#!/bin/sh\n")
                .link("bin/same", "tool")
                .link("folder", "src/In")
                .file("src/In/A.php", "<?php\n")
                .file("src/Grüße, 世界.php", "<?php\n")
                .file("empty.txt", "")
                .file("run.bat", "one\ntwo\n")
                .file("mixed.txt", "one\r\ntwo\n")
                .file("tests/deep/T.php", "<?php\n")
                .file("docs/a.md", "a")
                .file("docs/.gitattributes", "*.md export-ignore\n")
                .file("docs/b.txt", "b")
                .file(".gitattributes", "*.bat text eol=crlf\n*.txt text=auto\n/tests export-ignore\n")
                .submodule("vendor/other", ELSEWHERE)
                .commit(TIME);
    }

    @Test
    void programs_can_be_run_and_other_files_cannot() throws Exception {
        Map<String, Member> members = members(everything());

        assertThat(members.get("bin/tool")).isEqualTo(new Member(false, true, "#!/bin/sh\n"));
        assertThat(members.get("src/In/A.php")).isEqualTo(new Member(false, false, "<?php\n"));
    }

    @Test
    void links_stay_links() throws Exception {
        Map<String, Member> members = members(everything());

        assertThat(members.get("bin/same")).isEqualTo(new Member(true, true, "tool"));
        assertThat(members.get("folder")).isEqualTo(new Member(true, true, "src/In"));
    }

    @Test
    void names_outside_ascii_are_marked_as_utf_8() throws Exception {
        try (ZipFile zip = open(zip(everything()))) {
            ZipArchiveEntry entry = zip.getEntry("src/Grüße, 世界.php");

            assertThat(entry.getGeneralPurposeBit().usesUTF8ForNames()).isTrue();
            assertThat(zip.getInputStream(entry)).hasContent("<?php\n");
        }
    }

    @Test
    void line_ends_are_as_the_commit_wants_them_checked_out() throws Exception {
        Map<String, Member> members = members(everything());

        assertThat(members.get("run.bat")).isEqualTo(new Member(false, false, "one\r\ntwo\r\n"));
        assertThat(members.get("mixed.txt")).isEqualTo(new Member(false, false, "one\r\ntwo\n"));
    }

    @Test
    void submodules_and_what_the_commit_keeps_to_itself_stay_outside() throws Exception {
        assertThat(members(everything()))
                .containsOnlyKeys(
                        ".gitattributes",
                        "bin/same",
                        "bin/tool",
                        "composer.json",
                        "docs/.gitattributes",
                        "docs/b.txt",
                        "empty.txt",
                        "folder",
                        "mixed.txt",
                        "run.bat",
                        "src/Grüße, 世界.php",
                        "src/In/A.php");
    }

    @Test
    void an_empty_folder_leaves_nothing() throws Exception {
        String commit;
        try (ObjectInserter inserter = git.repository().newObjectInserter()) {
            TreeFormatter root = new TreeFormatter();
            root.append("a.php", FileMode.REGULAR_FILE, inserter.insert(Constants.OBJ_BLOB, "<?php\n".getBytes(UTF_8)));
            root.append("empty", FileMode.TREE, inserter.insert(new TreeFormatter()));
            CommitBuilder builder = new CommitBuilder();
            builder.setTreeId(inserter.insert(root));
            builder.setAuthor(new PersonIdent("a", "a@example.test"));
            builder.setCommitter(new PersonIdent("a", "a@example.test"));
            commit = inserter.insert(builder).name();
            inserter.flush();
        }

        assertThat(members(commit)).containsOnlyKeys("a.php");
    }

    @Test
    void the_same_commit_gives_the_same_bytes() throws Exception {
        String commit = everything();

        assertThat(zip(commit)).isEqualTo(zip(commit));
    }

    @Test
    @Tag("clients")
    void git_packs_the_same() throws Exception {
        String commit = everything();
        ProcessBuilder builder = new ProcessBuilder(
                "git", "--git-dir", folder.resolve("lib.git").toString(), "archive", "--format=tar", commit);
        builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
        builder.environment().put("HOME", folder.toString());
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        byte[] tar = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).isZero();

        assertThat(members(commit)).isEqualTo(unpacked(tar));
    }

    private static Map<String, Member> unpacked(byte[] tar) throws IOException {
        Map<String, Member> members = new LinkedHashMap<>();
        try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar), "UTF-8")) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.isDirectory()) {
                    String text = entry.isSymbolicLink() ? entry.getLinkName() : new String(in.readAllBytes(), UTF_8);
                    members.put(
                            entry.getName(),
                            new Member(entry.isSymbolicLink(), (entry.getMode() & 0111) == 0111, text));
                }
            }
        }
        return members;
    }
}
