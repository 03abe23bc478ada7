package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ConanFileTest {

    private static final byte[] A = "a".getBytes(UTF_8);
    private static final byte[] B = bytes(300_000);
    private static final byte[] EMPTY = new byte[0];

    private static final String MANIFEST = ConanSamples.manifest(
            "conandata.yml",
            A,
            "conanfile.py",
            B,
            "conaninfo.txt",
            EMPTY,
            "export_source/src/b.c",
            B,
            "include/b.h",
            B);

    private static final Map<String, ConanSamples.Packing> PACKINGS = Map.of(
            "gz", GZIPOutputStream::new,
            "xz", out -> new XZOutputStream(out, new LZMA2Options(1)),
            "zst", ZstdOutputStream::new);

    @ParameterizedTest
    @ValueSource(strings = {"gz", "xz", "zst"})
    void anArchiveHasWhatTheManifestSays(String packing) {
        String manifest = ConanSamples.manifest("conaninfo.txt", EMPTY, "include/b.h", B, "lib/a", A);

        good("conan_package.t" + packing, manifest, packed(packing, this::fillPackage));
        bad("lacks lib/a", "conan_package.t" + packing, manifest, packed(packing, tar -> put(tar, "include/b.h", B)));
        bad("does not list: lib/c", "conan_package.t" + packing, manifest, packed(packing, tar -> {
            fillPackage(tar);
            put(tar, "lib/c", A);
        }));
        bad(
                "of include/b.h",
                "conan_package.t" + packing,
                manifest,
                packed(packing, tar -> put(tar, "include/b.h", A)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "xz", "zst"})
    void anArchiveThatIsCutOrDamagedIsNone(String packing) {
        String manifest = ConanSamples.manifest("conaninfo.txt", EMPTY, "include/b.h", B, "lib/a", A);
        byte[] archive = packed(packing, this::fillPackage);
        for (int length : new int[] {0, 1, 100, archive.length / 2, archive.length - 1}) {
            bad("", "conan_package.t" + packing, manifest, Arrays.copyOf(archive, length));
        }
        byte[] damaged = archive.clone();
        damaged[archive.length / 2] ^= 1;
        bad("", "conan_package.t" + packing, manifest, damaged);
        bad("", "conan_package.t" + packing, manifest, "<html>".getBytes(UTF_8));
    }

    @Test
    void aRecipeIsSpreadOverThreeFiles() {
        String manifest = ConanSamples.manifest("conandata.yml", A, "conanfile.py", B, "export_source/src/b.c", B);

        good("conanfile.py", manifest, B);
        bad("checksum mismatch", "conanfile.py", manifest, A);
        good("conan_export.tgz", manifest, packed("gz", tar -> put(tar, "conandata.yml", A)));
        good("conan_sources.tgz", manifest, packed("gz", tar -> put(tar, "src/b.c", B)));
        bad("does not list", "conan_export.tgz", manifest, packed("gz", tar -> put(tar, "src/b.c", B)));
    }

    @Test
    void anEmptyFileIsAFile() {
        good("conaninfo.txt", MANIFEST, EMPTY);
        bad("does not list", "conaninfo.txt", ConanSamples.manifest("x", A), EMPTY);
    }

    @Test
    void linksAreCompared() {
        byte[] target = "libz.so.1".getBytes(UTF_8);
        String manifest = ConanSamples.manifest("lib/copy", A, "lib/libz.so", target, "lib/libz.so.1", A);

        good("conan_package.tgz", manifest, links("libz.so.1", "lib/libz.so.1"));
        bad("of lib/libz.so", "conan_package.tgz", manifest, links("../../../etc/passwd", "lib/libz.so.1"));
        bad("of lib/copy", "conan_package.tgz", manifest, links("libz.so.1", "lib/libz.so"));
        bad(
                "no file",
                "conan_package.tgz",
                manifest,
                packed("gz", tar -> ConanSamples.link(tar, TarConstants.LF_FIFO, "lib/copy", "")));
    }

    @Test
    void aManifestIsThatOfItsRevision() {
        String revision = ConanSamples.revision(MANIFEST);

        assertThatCode(() -> check(new ConanRevision(revision), MANIFEST)).doesNotThrowAnyException();
        assertThatCode(() -> check(new ConanRevision("c".repeat(40)), MANIFEST)).doesNotThrowAnyException();
        for (String other : new String[] {MANIFEST + "z: " + "0".repeat(32) + "\n", "x" + MANIFEST, "", "<html>"}) {
            assertThatIOException().isThrownBy(() -> check(new ConanRevision(revision), other));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1\na", "1\na: b", "1\n: 00000000000000000000000000000000", "<html>\n"})
    void whatIsNoManifestIsRefused(String text) {
        assertThatIOException().isThrownBy(() -> ConanManifest.of(text.getBytes(UTF_8)));
    }

    private void fillPackage(TarArchiveOutputStream tar) throws IOException {
        ConanSamples.link(tar, TarConstants.LF_DIR, "include/", "");
        put(tar, "include/b.h", B);
        put(tar, "lib/a", A);
        ConanSamples.link(tar, TarConstants.LF_SYMLINK, "lib64", "lib");
    }

    private static byte[] links(String symbolic, String hard) {
        return packed("gz", tar -> {
            put(tar, "lib/libz.so.1", A);
            ConanSamples.link(tar, TarConstants.LF_SYMLINK, "lib/libz.so", symbolic);
            ConanSamples.link(tar, TarConstants.LF_LINK, "lib/copy", hard);
        });
    }

    private static byte[] packed(String packing, ConanSamples.Filling filling) {
        return ConanSamples.archive(PACKINGS.getOrDefault(packing, out -> out), filling);
    }

    private static void put(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        ConanSamples.put(tar, name, content);
    }

    private static void good(String name, String manifest, byte[] bytes) {
        assertThatCode(() -> check(name, manifest, bytes)).doesNotThrowAnyException();
    }

    private static void bad(String message, String name, String manifest, byte[] bytes) {
        assertThatIOException().isThrownBy(() -> check(name, manifest, bytes)).withMessageContaining(message);
    }

    private static void check(String name, String manifest, byte[] bytes) throws IOException {
        new ConanFile(name, ConanManifest.of(manifest.getBytes(UTF_8))).check(new ByteArrayInputStream(bytes));
    }

    private static void check(ConanRevision revision, String manifest) throws IOException {
        revision.check(new ByteArrayInputStream(manifest.getBytes(UTF_8)));
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(2).nextBytes(bytes);
        return bytes;
    }
}
