package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.XZOutputStream;

class DebianPackagesTest {

    private static final String MD5 = "d41d8cd98f00b204e9800998ecf8427e";
    private static final String SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    private static final String SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String OTHER = "f".repeat(64);

    private static final String PACKAGES = """
            Package: hello
            Version: 1:2.10-3
            Installed-Size: 277
            Maintainer: Someone <someone@upstream.test>
            Architecture: amd64
            Depends: libc6 (>= 2.34)
            Description: example package
             Filename: not/a/field.deb
            Section: devel
            Filename: pool/main/h/hello/hello_2.10-3_amd64.deb
            Size: 53080
            MD5sum: %s
            SHA256: %s

            Package: tool
            Version: 7.0~rc1+b1
            filename: ./pool/t/tool_7.0~rc1+b1_all.deb
            SIZE: 12
            SHA256: %s
            """.formatted(MD5, SHA256, OTHER);

    private static final String SOURCES = """
            Package: hello
            Binary: hello
            Version: 2.10-3
            Package-List:
             hello deb devel optional arch=any
            Checksums-Sha1:
             %1$s 1183 hello_2.10-3.dsc
            Checksums-Sha256:
             %2$s 1183 hello_2.10-3.dsc
             %3$s 725946 hello_2.10.orig.tar.gz
            Directory: pool/main/h/hello
            Files:
             %4$s 1183 hello_2.10-3.dsc
             %4$s 725946 hello_2.10.orig.tar.gz
            """.formatted(SHA1, SHA256, OTHER, MD5);

    @Test
    void eachStanzaIsALink() throws IOException {
        assertThat(read("", PACKAGES))
                .containsExactly(
                        link("/pool/main/h/hello/hello_2.10-3_amd64.deb", SHA256, "hello", "1:2.10-3", 53080),
                        link("/pool/t/tool_7.0~rc1+b1_all.deb", OTHER, "tool", "7.0~rc1+b1", 12));
    }

    @Test
    void eachFileOfASourceIsALink() throws IOException {
        assertThat(read("/debian", SOURCES))
                .containsExactly(
                        link("/debian/pool/main/h/hello/hello_2.10-3.dsc", SHA256, "hello", "2.10-3", 1183),
                        link("/debian/pool/main/h/hello/hello_2.10.orig.tar.gz", OTHER, "hello", "2.10-3", 725946));
    }

    /** How a list is packed. */
    enum Packing {
        PLAIN,
        XZ,
        GZIP,
        BZIP2,
        LZMA
    }

    @ParameterizedTest
    @EnumSource(Packing.class)
    void howItIsPackedIsSeenByItsFirstBytes(Packing packing) throws IOException {
        assertThat(read(base("", false), new ByteArrayInputStream(pack(packing, PACKAGES.getBytes(UTF_8)))))
                .hasSize(2);
    }

    @Test
    void severalGzipMembersAreOneList() throws IOException {
        byte[] one = pack(Packing.GZIP, PACKAGES.getBytes(UTF_8));
        byte[] other = pack(Packing.GZIP, ("\n" + SOURCES).getBytes(UTF_8));
        assertThat(read(
                        base("", false),
                        new SequenceInputStream(new ByteArrayInputStream(one), new ByteArrayInputStream(other))))
                .hasSize(4);
    }

    @ParameterizedTest
    @EnumSource(value = Packing.class, names = "PLAIN", mode = EnumSource.Mode.EXCLUDE)
    void aCutPackingIsAnError(Packing packing) throws IOException {
        byte[] packed = pack(packing, PACKAGES.repeat(50).getBytes(UTF_8));
        byte[] cut = Arrays.copyOf(packed, packed.length - 20);
        assertThatIOException().isThrownBy(() -> read(base("", false), new ByteArrayInputStream(cut)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n\n",
                "bin/ls    utils/coreutils\nbin/x: y    utils/z\n",
                "---\nFile: DEP-11\nPackage: x\n",
                "<!DOCTYPE html>\nPackage: x\nVersion: 1\nFilename: a.deb\n",
                "Archive: stable\nComponent: main\nArchitecture: amd64\n",
                "Package: hello\nDescription-md5: d41d8cd98f00b204e9800998ecf8427e\nDescription-en: hi\n there\n",
                "Package: a\nVersion: 1\n",
                "Package: a\nFilename: a.deb\n",
                "(\u00b5/\u00fdxyz",
            })
    void whatIsNoListNamesNothing(String text) throws IOException {
        assertThat(read("", text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../a.deb", "pool/../../a.deb", "/etc/passwd", "pool//a.deb", "a\\b.deb", "pool/./a.deb"})
    void namesThatLeadElsewhereAreLeftOut(String name) throws IOException {
        assertThat(read("", "Package: a\nVersion: 1\nFilename: " + name + "\nSHA256: " + SHA256 + "\n"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', ./tool_1_all.deb, /tool_1_all.deb",
        "'', amd64/tool_1_all.deb, /amd64/tool_1_all.deb",
        "/deb, ./tool_1_all.deb, /deb/tool_1_all.deb",
        "/deb, deb/tool_1_all.deb, /deb/tool_1_all.deb",
        "/core/v1.30/deb, amd64/tool_1_all.deb, /core/v1.30/deb/amd64/tool_1_all.deb",
        "/core/v1.30/deb, v1.30/deb/tool_1_all.deb, /core/v1.30/deb/tool_1_all.deb",
        "/core/v1.30/deb, core/v1.30/deb/tool_1_all.deb, /core/v1.30/deb/tool_1_all.deb",
        "/core/v1.30/deb, debug/tool_1_all.deb, /core/v1.30/deb/debug/tool_1_all.deb",
    })
    void aFlatArchiveMayBeginAboveItsList(String folder, String name, String path) throws IOException {
        String text = "Package: tool\nVersion: 1\nFilename: " + name + "\nSHA256: " + SHA256 + "\nSize: 3\n";
        assertThat(read(base(folder, true), new ByteArrayInputStream(text.getBytes(UTF_8))))
                .containsExactly(link(path, SHA256, "tool", "1", 3));
    }

    @ParameterizedTest
    @CsvSource({
        "SHA512, SHA512, 128",
        "SHA1, SHA1, 40",
        "MD5sum, MD5, 32",
    })
    void withoutSha256AnotherDigestIsTaken(String field, Algorithm algorithm, int length) throws IOException {
        String hex = "a".repeat(length);
        List<Link> links = read("", "Package: a\nVersion: 1\nFilename: a_1_all.deb\n" + field + ": " + hex + "\n");
        assertThat(links).extracting(Link::checksum).containsExactly(new Checksum.Known(algorithm, hex));
        assertThat(links.getFirst().size()).isEqualTo(-1);
    }

    @Test
    void aDigestThatIsNoneIsNotTaken() throws IOException {
        String text = "Package: a\nVersion: 1\nFilename: a_1_all.deb\nSHA256: oops\nMD5sum: " + MD5 + "\n";
        assertThat(read("", text)).extracting(Link::checksum).containsExactly(new Checksum.Known(Algorithm.MD5, MD5));
    }

    @Test
    void veryLongLinesAndForeignLineEndsDoNoHarm() throws IOException {
        String text = "Package: a\nDepends: " + "x, ".repeat(100_000) + "\nVersion: 1\nFilename: a_1_all.deb\nSHA256: "
                + SHA256;
        assertThat(read("", text)).containsExactly(link("/a_1_all.deb", SHA256, "a", "1", -1));
        assertThat(read("", PACKAGES.replace("\n", "\r\n"))).isEqualTo(read("", PACKAGES));
    }

    @Test
    void bytesThatComeInSmallPiecesAreTheSameList() throws IOException {
        InputStream slow = new ByteArrayInputStream((PACKAGES + "\n" + SOURCES).getBytes(UTF_8)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 7));
            }
        };
        assertThat(read(base("", false), slow)).isEqualTo(read("", PACKAGES + "\n" + SOURCES));
    }

    @Test
    void aSourceWithCountlessFilesIsRefused() {
        String text = "Package: a\nVersion: 1\nDirectory: a\nFiles:\n" + (" " + MD5 + " 1 x\n").repeat(20_000);
        assertThatIOException().isThrownBy(() -> read("", text));
    }

    /** More than the heap of a test: it is made while it is read, and nobody ever holds it. */
    @Test
    void aHugeListIsReadAsItComes() throws IOException {
        int stanzas = 30_000;
        String filler = "x".repeat(40_000);
        AtomicInteger links = new AtomicInteger();
        InputStream document = generated(
                stanzas,
                i -> "Package: package-" + i + "\nVersion: 1-" + i + "\nDepends: " + filler
                        + "\nFilename: pool/main/p/package-" + i + "_1-" + i + "_amd64.deb\nSize: " + i
                        + "\nSHA256: " + SHA256 + "\n\n");
        new DebianPackages(base("", false)).read(document, source(), link -> {
            int i = links.getAndIncrement();
            if (link.size() != i || !link.path().equals("/pool/main/p/package-" + i + "_1-" + i + "_amd64.deb")) {
                throw new AssertionError("stanza " + i + " was read as " + link);
            }
        });
        assertThat(links).hasValue(stanzas);
    }

    /** The parts one after another, each made when it is read. */
    private static InputStream generated(int count, IntFunction<String> part) {
        return new InputStream() {
            private int next;
            private InputStream current = InputStream.nullInputStream();

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0];
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int read = current.read(target, offset, length);
                if (read < 0 && next < count) {
                    current = new ByteArrayInputStream(part.apply(next++).getBytes(UTF_8));
                    read = current.read(target, offset, length);
                }
                return read;
            }
        };
    }

    private static List<Link> read(String root, String text) throws IOException {
        return read(base(root, false), new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    private static List<Link> read(DebianPath.Base base, InputStream document) throws IOException {
        List<Link> links = new ArrayList<>();
        new DebianPackages(base).read(document, source(), links::add);
        return links;
    }

    private static DebianPath.Base base(String path, boolean flat) {
        return new DebianPath.Base(path, flat);
    }

    private static LinkReader.Source source() {
        return new LinkReader.Source(URI.create("https://upstream.test/dists/stable/main/binary-amd64/Packages"), "");
    }

    private static Link link(String path, String sha256, String name, String version, long size) {
        return new Link(
                path,
                null,
                new Checksum.Known(Algorithm.SHA256, sha256),
                new Coordinates("debian", name, version),
                size,
                null);
    }

    private static byte[] pack(Packing packing, byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = switch (packing) {
            case PLAIN -> bytes;
            case XZ -> new XZOutputStream(bytes, new LZMA2Options());
            case GZIP -> new GZIPOutputStream(bytes);
            case BZIP2 -> new BZip2CompressorOutputStream(bytes);
            case LZMA -> new LZMAOutputStream(bytes, new LZMA2Options(), -1);
        }) {
            out.write(plain);
        }
        return bytes.toByteArray();
    }
}
