package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CranTest {

    private static final String MD5 = "0123456789abcdef".repeat(2);
    private static final String SHA = "0123456789abcdef".repeat(4);
    private static final String AGENT = "R/4.2.2 R (4.2.2 x86_64-pc-linux-gnu x86_64 linux-gnu)";
    private final Cran cran = new Cran();

    @ParameterizedTest
    @CsvSource({
        "/src/contrib/PACKAGES,                              true",
        "/src/contrib/PACKAGES.gz,                           false",
        "/src/contrib/PACKAGES.rds,                          false",
        "/bin/windows/contrib/4.5/PACKAGES.gz,               false",
        "/packages/3.20/bioc/src/contrib/PACKAGES.gz,        false",
        "/cran/__linux__/jammy/latest/src/contrib/PACKAGES.gz, false",
        "/PACKAGES,                                          true",
    })
    void listsAreKeptAsTheyAre(String path, boolean encoded) {
        Index index = (Index) resolve(path);
        assertThat(index.path()).isEqualTo(path);
        assertThat(index.place()).isEqualTo(path.substring(1));
        assertThat(index.encoded()).isEqualTo(encoded);
        assertThat(index.links()).isNotNull();
        assertThat(index.rendering()).isNull();
        assertThat(index.freshFor()).isEqualTo(Resource.FRESH);
    }

    @ParameterizedTest
    @CsvSource({
        "/src/contrib/jsonlite_1.8.0.tar.gz,                      /src/contrib,                        jsonlite, 1.8.0",
        "/src/contrib/Archive/jsonlite/jsonlite_1.8.0.tar.gz,     /src/contrib,                        jsonlite, 1.8.0",
        "/packages/3.20/bioc/src/contrib/S4.b_0.1-3.tar.gz,       /packages/3.20/bioc/src/contrib,     S4.b,     0.1-3",
        "/cran/2026-03-01/src/contrib/Archive/x/x_1.0.tar.gz,     /cran/2026-03-01/src/contrib,        x,        1.0",
    })
    void oneSourceHasTwoPlaces(String path, String contrib, String name, String version) {
        Artifact source = (Artifact) resolve(path);
        String file = "/" + name + "_" + version + ".tar.gz";
        String archived = contrib + "/Archive/" + name + file;
        assertThat(source.path()).isEqualTo(contrib + file);
        assertThat(source.place()).isEqualTo((contrib + file).substring(1));
        assertThat(source.coordinates()).isEqualTo(new Coordinates("cran", name, version));
        assertThat(source.check()).isEqualTo(new CranSource(name, version));
        assertThat(source.digests()).containsExactly(Algorithm.MD5);
        assertThat(((Checksum.ListedBeside) source.checksum()).index().path()).isEqualTo(contrib + "/PACKAGES.gz");
        Origin.Either places = (Origin.Either) source.origin();
        assertThat(List.of(places.first().path(), places.second().path()))
                .containsExactlyInAnyOrder(contrib + file, archived);
        assertThat(places.first().path()).as("as it was asked for").isEqualTo(path);
    }

    @Test
    void aRecommendedPackageStandsInAFolderOfItsOwn() {
        Artifact source = (Artifact) resolve("/src/contrib/4.4.0/Recommended/nlme_3.1-164.tar.gz");
        assertThat(source.path()).isEqualTo("/src/contrib/4.4.0/Recommended/nlme_3.1-164.tar.gz");
        assertThat(((Checksum.ListedBeside) source.checksum()).index().path()).isEqualTo("/src/contrib/PACKAGES.gz");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/bin/windows/contrib/4.5/x_1.0.zip",
                "/bin/macosx/big-sur-arm64/contrib/4.5/x_1.0.tgz",
                "/packages/3.20/bioc/bin/windows/contrib/4.5/x_1.0.zip",
                "/bin/linux/noble-x86_64/4.5/src/contrib/x_1.0.tar.gz",
            })
    void aBinaryIsConfirmedAndCompared(String path) {
        Index binary = (Index) resolve(path);
        assertThat(binary.freshFor()).isEqualTo(Duration.ofHours(1));
        assertThat(((Checksum.ListedBeside) binary.checksum()).index().path())
                .isEqualTo(path.substring(0, path.lastIndexOf('/')) + "/PACKAGES.gz");
        assertThat(binary.coordinates()).isEqualTo(new Coordinates("cran", "x", "1.0"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "R/4.2.2 R (4.2.2 x86_64-pc-linux-gnu x86_64 linux-gnu) | R-4.2-x86_64-pc-linux-gnu",
                "R (4.5.0 aarch64-unknown-linux-gnu aarch64 linux-gnu) | R-4.5-aarch64-unknown-linux-gnu",
                "libcurl/7.88.1 | source",
                "'' | source",
                "R (4.2.2) | source",
                "R (4.2 ../../x x86_64 linux-gnu) | source",
            })
    void aPathOfPackageManagersIsAFileForEachKindOfClient(String agent, String variant) {
        String folder = "/cran/__linux__/jammy/2026-03-01/src/contrib";
        Artifact dated = (Artifact) resolve(folder + "/x_1.0.tar.gz", agent);
        assertThat(dated.path()).isEqualTo(folder + "/x_1.0.tar.gz@" + variant);
        assertThat(dated.place()).isEqualTo(folder.substring(1) + "/" + variant + "/x_1.0.tar.gz");
        assertThat(dated.origin()).isEqualTo(Origin.At.path(folder + "/x_1.0.tar.gz"));
        assertThat(dated.agent()).isEqualTo(variant.equals("source") ? "" : agent.replaceFirst("R/[^ ]+ ", ""));
        assertThat(dated.checksum()).isEqualTo(new Checksum.None());
        Index latest = (Index) resolve("/cran/__linux__/jammy/latest/src/contrib/x_1.0.tar.gz", agent);
        assertThat(latest.path()).endsWith("/x_1.0.tar.gz@" + variant);
        assertThat(latest.freshFor()).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void elsewhereNobodyIsToldWhoAsks() {
        assertThat(((Artifact) resolve("/src/contrib/x_1.0.tar.gz", AGENT)).agent())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/config.yaml",
                "/web/packages/packages.rds",
                "/web/packages/x/DESCRIPTION",
                "/src/base/R-4/R-4.5.0.tar.gz",
                "/src/contrib/Meta/archive.rds",
                "/src/contrib/x.tar.gz",
                "/src/contrib/x_.tar.gz",
                "/src/contrib/1x_1.0.tar.gz",
                "/src/contrib/Archive/y/x_1.0.tar.gz",
                "/src/contrib/PACKAGES.gz.sig",
            })
    void allElseIsADocument(String path) {
        assertThat(((Index) resolve(path)).path()).isEqualTo(path);
    }

    @Test
    void questionsArePassedOn() {
        assertThat(resolve("/__api__/status")).isInstanceOf(Resource.Passthrough.class);
        assertThat(cran.resolve(new Ask("GET", "/x/__api__/repos", "a=b", Accept.ANY)))
                .contains(new Resource.Passthrough(new Origin.At("", "/x/__api__/repos", "a=b")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/src/contrib/", "/src/contrib/Archive/x/", "/src\\contrib/PACKAGES", "/src//PACKAGES"})
    void aFolderIsNoPath(String path) {
        assertThat(cran.resolve(Ask.get(path))).isEmpty();
    }

    @Test
    void writesAreRefused() {
        assertThat(((Resource.Refused) cran.resolve(new Ask("PUT", "/src/contrib/x_1.0.tar.gz", "", Accept.ANY))
                                .orElseThrow())
                        .status())
                .isEqualTo(405);
    }

    @Test
    void stanzasBecomeLinks() throws IOException {
        assertThat(links(".tar.gz", """
                Package: a
                Version: 1.0
                Depends: R (>= 4.0),
                        Package: no
                MD5sum: %1$s

                Package: b.c
                Version: 1.0-3
                Path: 4.4.0/Recommended
                MD5sum: %1$s
                SHA256: %2$s
                \r
                Package: d
                Version: 2
                Path: Archive/d

                Package: e
                Version: 2
                File: e-two.tar.gz
                MD5sum: nonsense

                Version: 7

                Package: f
                Version: 1
                Path: ../..
                """.formatted(MD5, SHA)))
                .containsExactly(
                        link("a_1.0.tar.gz", "a", "1.0", new Checksum.Known(Algorithm.MD5, MD5)),
                        link(
                                "4.4.0/Recommended/b.c_1.0-3.tar.gz",
                                "b.c",
                                "1.0-3",
                                new Checksum.Known(Algorithm.SHA256, SHA)),
                        link("d_2.tar.gz", "d", "2", null),
                        link("e-two.tar.gz", "e", "2", null));
    }

    @Test
    void theFolderTellsWhatFilesAreCalled() throws IOException {
        assertThat(links(".zip", "Package: a\nVersion: 1\n")).map(Link::path).containsExactly("/src/contrib/a_1.zip");
        assertThat(((Index) resolve("/bin/windows/contrib/4.5/PACKAGES")).links())
                .isEqualTo(new CranPackages("/bin/windows/contrib/4.5", ".zip"));
        assertThat(((Index) resolve("/bin/macosx/contrib/4.5/PACKAGES")).links())
                .isEqualTo(new CranPackages("/bin/macosx/contrib/4.5", ".tgz"));
    }

    @Test
    void aPageThatIsNoListIsRefused() throws IOException {
        assertThat(links(".zip", "")).isEmpty();
        assertThatThrownBy(() -> links(".zip", "<html>\n<a href='http://x/'>Log in</a>\n</html>"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aBigListNeverGathersInMemory() throws IOException {
        String stanza = "Package: a\nVersion: 1.0\nImports: " + "x, ".repeat(100) + "\nMD5sum: " + MD5 + "\n\n";
        int stanzas = (100 << 20) / stanza.length();
        AtomicLong taken = new AtomicLong();
        Ahead list =
                new Ahead(CondaSamples.generated(stanzas, i -> stanza), () -> taken.get() * stanza.length(), 256 << 10);

        new CranPackages("/src/contrib", ".tar.gz").read(list, source(), link -> taken.incrementAndGet());

        assertThat(taken).hasValue(stanzas);
    }

    private Resource resolve(String path) {
        return resolve(path, "");
    }

    private Resource resolve(String path, String agent) {
        return cran.resolve(new Ask("GET", path, "", Accept.ANY, agent)).orElseThrow();
    }

    private static Link link(String file, String name, String version, Checksum.@Nullable Known known) {
        return new Link("/src/contrib/" + file, null, known, new Coordinates("cran", name, version), -1, null);
    }

    private static List<Link> links(String ending, String document) throws IOException {
        List<Link> links = new ArrayList<>();
        new CranPackages("/src/contrib", ending)
                .read(new ByteArrayInputStream(document.getBytes(UTF_8)), source(), links::add);
        return links;
    }

    private static LinkReader.Source source() {
        return new LinkReader.Source(URI.create("https://upstream.test/src/contrib/PACKAGES"), "text/plain");
    }
}
