package gateway.support;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small disk in memory that a test can fill; mounting it takes root, and without root the test fails. */
public final class PipelineDisk implements AutoCloseable {

    private final Path folder;

    private PipelineDisk(Path folder) {
        this.folder = folder;
    }

    public static PipelineDisk mount(Path folder, int mebibytes) throws IOException {
        Files.createDirectories(folder);
        run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", folder.toString());
        return new PipelineDisk(folder);
    }

    public Path folder() {
        return folder;
    }

    public void resize(int mebibytes) throws IOException {
        run("mount", "-o", "remount,size=" + mebibytes + "m", folder.toString());
    }

    /** Takes all space that is left. */
    public void fill() throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(ballast())) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            if (Files.getFileStore(folder).getUsableSpace() > 0) {
                throw full;
            }
        }
    }

    /** Gives the space back. */
    public void free() throws IOException {
        Files.delete(ballast());
    }

    private Path ballast() {
        return folder.resolve("ballast");
    }

    @Override
    public void close() throws IOException {
        // Lazily: a file may be open for a moment yet.
        run("umount", "-l", folder.toString());
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
    }
}
