package gateway.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A child process without input, that has to end well. */
final class Command {

    private static final int MINUTES = 15;
    private static final int SHOWN = 6_000;

    private Command() {}

    /** What the command printed, on both streams. */
    static String run(Path folder, Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Path output = Files.createTempFile("client", ".log");
            try {
                int status = finish(builder.redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .redirectOutput(output.toFile())
                        .start());
                String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
                if (status != 0) {
                    throw new Failed(command, status, text);
                }
                return text;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int finish(Process process) {
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new IllegalStateException("still running after " + MINUTES + " minutes: " + process.info());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The command ended with another status than 0. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failed(List<String> command, int status, String output) {
            super(String.join(" ", command) + "\nended with status " + status + ":\n"
                    + output.substring(Math.max(0, output.length() - SHOWN)));
        }
    }
}
