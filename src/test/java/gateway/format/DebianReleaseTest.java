package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DebianReleaseTest {

    private static final String MD5 = "d41d8cd98f00b204e9800998ecf8427e";
    private static final String SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    private static final String SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String SHA512 = "cf83e1357eefb8bd".repeat(8);

    private static final String RELEASE = """
            Origin: Example
            Label: Example
            Suite: stable
            Codename: bookworm
            Changelogs: https://upstream.test/changelogs/@CHANGEPATH@_changelog
            Date: Sat, 11 Jul 2026 10:16:37 UTC
            Valid-Until: Sat, 18 Jul 2026 10:16:37 UTC
            Acquire-By-Hash: yes
            Architectures: all amd64
            Components: main
            Description: Example 12.15 Released 11 July 2026
            MD5Sum:
             %1$s  1484322 main/Contents-all
             %1$s     8768 main/binary-amd64/Packages.xz
            SHA256:
             %3$s  1484322 main/Contents-all
             %3$s     8768 main/binary-amd64/Packages.xz
             %3$s      120 main/binary-amd64/Release
            SHA512:
             %4$s     8768 main/binary-amd64/Packages.xz
            """.formatted(MD5, SHA1, SHA256, SHA512);

    private static final String INRELEASE = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + RELEASE
            + "-----BEGIN PGP SIGNATURE-----\n\niQIzBAEBCAAdFiEE\n=tJ7P\n-----END PGP SIGNATURE-----\n";

    @Test
    void aReleaseSaysWhenAndWhat() throws IOException {
        Generation generation = unsigned(RELEASE);
        assertThat(generation.date()).isEqualTo(Instant.parse("2026-07-11T10:16:37Z"));
        assertThat(generation.members().keySet())
                .containsExactlyInAnyOrder(
                        "main/Contents-all", "main/binary-amd64/Packages.xz", "main/binary-amd64/Release");
        Generation.Member packages = member(RELEASE, "main/binary-amd64/Packages.xz");
        assertThat(packages.size()).isEqualTo(8768);
        assertThat(packages.digests()).containsExactly(md5(), sha256(), new Checksum.Known(Algorithm.SHA512, SHA512));
        assertThat(packages.strongest().algorithm()).isEqualTo(Algorithm.SHA512);
    }

    @Test
    void aSignatureAroundItChangesNothing() throws IOException {
        assertThat(signed(INRELEASE)).isEqualTo(unsigned(RELEASE));
        assertThat(signed(INRELEASE.replace("\n", "\r\n"))).isEqualTo(unsigned(RELEASE));
    }

    @Test
    void dashesThatTheSignatureEscapedAreRestored() throws IOException {
        String text = INRELEASE.replace("Label: Example\n", "Label: Example\n- Dashed: -----\n");
        assertThat(signed(text)).isEqualTo(unsigned(RELEASE));
    }

    @Test
    void aMemberIsFetchedBySha256EvenWhenSha512IsListed() throws IOException {
        assertThat(member(RELEASE, "main/binary-amd64/Packages.xz").origin())
                .isEqualTo("main/binary-amd64/by-hash/SHA256/" + SHA256);
    }

    @Test
    void withoutSha256TheStrongestNamesTheFolder() throws IOException {
        String sha1 = "Acquire-By-Hash: yes\nSHA1:\n " + SHA1 + " 0 Packages\nMD5Sum:\n " + MD5 + " 0 Packages\n";
        assertThat(member(sha1, "Packages").origin()).isEqualTo("by-hash/SHA1/" + SHA1);
        String md5 = "Acquire-By-Hash: yes\nMD5Sum:\n " + MD5 + " 0 Packages\n";
        assertThat(member(md5, "Packages").origin()).isEqualTo("by-hash/MD5Sum/" + MD5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Acquire-By-Hash: no\n", ""})
    void withoutByHashTheNameIsAsked(String field) throws IOException {
        String release = RELEASE.replace("Acquire-By-Hash: yes\n", field);
        assertThat(member(release, "main/binary-amd64/Packages.xz").origin())
                .isEqualTo("main/binary-amd64/Packages.xz");
    }

    @Test
    void namesOfFlatArchivesLoseTheirDot() throws IOException {
        Generation generation =
                unsigned("Date: Sat, 11 Jul 2026 10:16:37 UTC\nSHA256:\n " + SHA256 + " 0 ./Packages\n");
        assertThat(generation.members()).containsOnlyKeys("Packages");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "/etc/passwd", "main/../../x", "main//x", "a\\b", "main/./x", ".."})
    void namesThatLeadElsewhereAreLeftOut(String name) throws IOException {
        Generation generation = unsigned("SHA256:\n " + SHA256 + " 0 " + name + "\n " + SHA256 + " 0 main/..x\n");
        assertThat(generation.members()).containsOnlyKeys("main/..x");
    }

    @Test
    void aSizeThatSectionsDisagreeAboutIsThatOfTheStrongest() throws IOException {
        String text = "MD5Sum:\n " + MD5 + " 7 Packages\nSHA256:\n " + SHA256 + " 0 Packages\n";
        assertThat(member(text, "Packages")).isEqualTo(new Generation.Member(0, List.of(sha256()), "Packages"));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "'Sat, 11 Jul 2026 10:16:37 UTC', 2026-07-11T10:16:37Z",
                "'Wed,  1 Jul 2026 10:16:37 GMT', 2026-07-01T10:16:37Z",
                "'Wed, 1 Jul 2026 10:16:37 +0200', 2026-07-01T08:16:37Z",
                "'Fri, 11 Jul 2026 10:16:37 Z', 2026-07-11T10:16:37Z",
                "yesterday, -",
            })
    void datesComeInSeveralSpellings(String date, Instant expected) throws IOException {
        assertThat(unsigned("Date: " + date + "\nSHA256:\n").date()).isEqualTo(expected);
    }

    @Test
    void anArchiveWithoutFilesIsOne() throws IOException {
        assertThat(unsigned("Date: Sat, 11 Jul 2026 10:16:37 UTC\n").members()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<!DOCTYPE html><html><body>log in</body></html>",
                "Not Found",
                "Origin: Example\n",
                "Date: Sat, 11 Jul 2026 10:16:37 UTC\nSHA256:\n e3b0c442",
                "Date: Sat, 11 Jul 2026 10:16:37 UTC\nSHA256:\n " + SHA256 + " 12",
                "Date: Sat, 11 Jul 2026 10:16:37 UTC\nSHA256:\n " + SHA256 + " many Packages",
                "Date: Sat, 11 Jul 2026 10:16:37 UTC\nSHA256:\n " + SHA1 + " 0 Packages",
            })
    void whatIsNoReleaseIsRefused(String text) {
        assertThatIOException().isThrownBy(() -> unsigned(text));
    }

    @Test
    void anInReleaseMustBeSignedAndWhole() {
        assertThatIOException().isThrownBy(() -> signed(RELEASE));
        assertThatIOException().isThrownBy(() -> signed("<html></html>"));
        assertThatIOException().isThrownBy(() -> signed("\n" + INRELEASE));
        assertThatIOException().isThrownBy(() -> signed(INRELEASE + "Date: later\n"));
        // The last byte is a line feed, without which the document is still whole.
        for (int length = 0; length < INRELEASE.length() - 1; length += 7) {
            String cut = INRELEASE.substring(0, length);
            assertThatIOException().isThrownBy(() -> signed(cut));
        }
    }

    private static Generation.Member member(String release, String name) throws IOException {
        return Objects.requireNonNull(unsigned(release).members().get(name));
    }

    private static Generation unsigned(String text) throws IOException {
        return DebianRelease.unsigned(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    private static Generation signed(String text) throws IOException {
        return DebianRelease.signed(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    private static Checksum.Known md5() {
        return new Checksum.Known(Algorithm.MD5, MD5);
    }

    private static Checksum.Known sha256() {
        return new Checksum.Known(Algorithm.SHA256, SHA256);
    }
}
