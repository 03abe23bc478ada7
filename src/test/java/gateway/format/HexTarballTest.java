package gateway.format;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.support.HexFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HexTarballTest {

    private static final byte[] CONTENTS = "contents".repeat(500).getBytes(StandardCharsets.UTF_8);

    @Test
    void aPackageIsWhole() {
        assertThatCode(() -> check(HexFiles.tarball(CONTENTS))).doesNotThrowAnyException();
        assertThatCode(() -> check(HexFiles.tarball(new byte[0]))).doesNotThrowAnyException();
    }

    @Test
    void itsContentIsDamaged() {
        byte[] tarball = HexFiles.tarball(CONTENTS);
        tarball[tarball.length / 2]++;

        assertThatThrownBy(() -> check(tarball)).isInstanceOf(IOException.class).hasMessageContaining("promises");
    }

    @Test
    void itIsCutOrNoTarballAtAll() {
        byte[] tarball = HexFiles.tarball(CONTENTS);
        byte[] huge = tarball.clone();
        System.arraycopy("77777777777".getBytes(StandardCharsets.US_ASCII), 0, huge, 124, 11);
        for (byte[] bad : List.of(
                Arrays.copyOf(tarball, 700),
                Arrays.copyOf(tarball, tarball.length / 2),
                huge,
                "<html>".repeat(200).getBytes(StandardCharsets.UTF_8),
                "x".getBytes(StandardCharsets.UTF_8))) {
            assertThatThrownBy(() -> check(bad)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void itsChecksumIsTooLong() {
        byte[] none = new byte[0];
        assertThatThrownBy(() -> check(HexFiles.tarball(none, "0".repeat(300), none, none)))
                .isInstanceOf(IOException.class);
    }

    private static void check(byte[] tarball) throws IOException {
        new HexTarball().check(new Trickle(new ByteArrayInputStream(tarball), 1));
    }
}
