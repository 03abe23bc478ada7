package gateway.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Changes that are guided by what they reach, each reader in a process of its own, for {@code gateway.long.fuzz} seconds. What is
 * found is printed with its bytes: it becomes a sample whose name begins with {@code found-}.
 */
@Tag("long")
class JazzerTest {

    private static final int SECONDS = Integer.getInteger("gateway.long.fuzz", 120);

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path folder;

    @ParameterizedTest
    @EnumSource
    void nothing_breaks(Reader reader) throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        Path log = folder.resolve("log");
        Process jazzer = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-XX:+EnableDynamicAgentLoading",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + reader.type().getName(),
                        "--instrumentation_includes=gateway.**",
                        "--reproducer_path=" + folder,
                        "-artifact_prefix=" + folder + "/",
                        "-max_total_time=" + SECONDS,
                        "-max_len=65536",
                        "-timeout=100",
                        corpus.toString(),
                        reader.folder().toString()))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(jazzer.waitFor(SECONDS + 300L, TimeUnit.SECONDS)).isTrue();
            List<String> lines = Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1);
            System.out.println(String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size())));
            assertThat(jazzer.exitValue()).isZero();
            assertThat(lines).anyMatch(line -> line.contains("Done "));
        } finally {
            jazzer.destroyForcibly();
        }
    }
}
