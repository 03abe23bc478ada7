package gateway.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class NpmLinksTest {

    @Test
    void everyVersionWithATarballIsALink() throws IOException {
        assertThat(links(NpmSamples.SCOPED, NpmSamples.stream(NpmSamples.TRAPS)))
                .containsExactly(
                        new Link(
                                "/@scope/name/-/name-1.0.0.tgz",
                                "https://upstream.test/@scope/name/-/name-1.0.0.tgz",
                                new Checksum.Known(Algorithm.SHA1, "0123456789abcdef0123456789abcdef01234567"),
                                new Coordinates("npm", "@scope/name", "1.0.0"),
                                -1,
                                Instant.parse("2020-01-01T00:00:00Z")),
                        new Link(
                                "/@scope/name/-/name-1.1.0.tgz",
                                "https://upstream.test/@scope%2fname/-/name-1.1.0.tgz",
                                new Checksum.Known(Algorithm.SHA512, "01".repeat(64)),
                                new Coordinates("npm", "@scope/name", "1.1.0"),
                                -1,
                                Instant.parse("2021-02-03T04:05:06.789012Z")),
                        new Link(
                                "/@scope/name/-/name-2.0.0-beta.1.tgz",
                                "https://upstream.test/files?id=7",
                                null,
                                new Coordinates("npm", "@scope/name", "2.0.0-beta.1"),
                                -1,
                                null));
    }

    @Test
    void everyLinkIsServedUnderThePathThatTheFormatResolves() throws IOException {
        List<Link> links = links(NpmSamples.BIG, NpmSamples.big());

        assertThat(links).hasSize(3000);
        for (Link link : links) {
            Resource resource = new Npm().resolve(Ask.get(link.path())).orElseThrow();
            assertThat(resource).isInstanceOfSatisfying(Artifact.class, artifact -> {
                assertThat(artifact.path()).isEqualTo(link.path());
                assertThat(artifact.coordinates()).isEqualTo(Objects.requireNonNull(link.coordinates()));
            });
        }
    }

    @Test
    void piecesOfAnySizeGiveTheSameLinks() throws IOException {
        assertThat(links(NpmSamples.SCOPED, new Trickle(NpmSamples.stream(NpmSamples.TRAPS))))
                .isEqualTo(links(NpmSamples.SCOPED, NpmSamples.stream(NpmSamples.TRAPS)));
    }

    @Test
    void aCutDocumentGivesNoLinkAtAll() {
        List<Link> links = new ArrayList<>();
        String cut = NpmSamples.TRAPS.strip().replaceFirst("}$", "");

        assertThatThrownBy(() ->
                        new NpmLinks(NpmSamples.SCOPED).read(NpmSamples.stream(cut), NpmSamples.SOURCE, links::add))
                .isInstanceOf(IOException.class);
        assertThat(links).isEmpty();
    }

    private static List<Link> links(NpmPackage of, InputStream document) throws IOException {
        List<Link> links = new ArrayList<>();
        new NpmLinks(of).read(document, NpmSamples.SOURCE, links::add);
        return links;
    }
}
