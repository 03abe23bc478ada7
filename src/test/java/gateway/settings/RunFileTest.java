package gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunFileTest {

    private static final RunFile RUN = new RunFile(17, "127.0.0.1:8080", true, new Secret("abc"));

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadByTheOwnerAlone() throws IOException {
        Path path = folder.resolve("new/proxy.db.run");
        RUN.write(path);

        assertThat(RunFile.read(path)).contains(RUN);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder.resolve("new"))) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void aStaleFileIsReplacedWithItsPermissions() throws IOException {
        Path path = Files.writeString(folder.resolve("proxy.db.run"), "stale");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
        RUN.write(path);

        assertThat(RunFile.read(path)).contains(RUN);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "not json", "[]", "{}", "{\"pid\":1,\"address\":\"a:1\"}", "{\"pid\":1,\"address\":[1]}"})
    void aFileThatSaysNothingUsefulIsNone(String text) throws IOException {
        assertThat(RunFile.read(Files.writeString(folder.resolve("x.run"), text)))
                .isEmpty();
        assertThat(RunFile.read(folder.resolve("missing.run"))).isEmpty();
    }

    @Test
    void onlyItsOwnFileIsDeleted() throws IOException {
        Path path = folder.resolve("proxy.db.run");
        RUN.write(path);
        new RunFile(18, "127.0.0.1:8080", true, new Secret("other")).delete(path);
        assertThat(path).exists();
        RUN.delete(path);
        assertThat(path).doesNotExist();
        RUN.delete(path);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 127.0.0.1:4711",
        "::, 127.0.0.1:4711",
        "127.0.0.1, 127.0.0.1:4711",
        "::1, [0:0:0:0:0:0:0:1]:4711",
    })
    void theAddressCanBeConnectedTo(String bound, String address) {
        RunFile first = RunFile.of(new InetSocketAddress(InetAddress.ofLiteral(bound), 4711), false);
        RunFile second = RunFile.of(new InetSocketAddress(InetAddress.ofLiteral(bound), 4711), false);

        assertThat(first.address()).isEqualTo(address);
        assertThat(first.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(first.token().value())
                .hasSize(48)
                .isNotEqualTo(second.token().value());
    }

    @Test
    void itStandsBesideTheDatabase() {
        Database database = new Database(Path.of("/var/lib/proxy.db"));

        assertThat(database.runFile()).isEqualTo(Path.of("/var/lib/proxy.db.run"));
        assertThat(database.file()).isEqualTo(Path.of("/var/lib/proxy.db.mv.db"));
    }
}
