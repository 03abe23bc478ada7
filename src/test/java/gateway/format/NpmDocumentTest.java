package gateway.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class NpmDocumentTest {

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final NpmDocument SCOPED = new NpmDocument(NpmSamples.SCOPED);
    private static final NpmDocument BIG = new NpmDocument(NpmSamples.BIG);

    /** What the registry's short form holds of a version, and {@code time} beside it. */
    private static final Set<String> OF_VERSION =
            Set.of(("name version deprecated dependencies devDependencies optionalDependencies peerDependencies"
                            + " peerDependenciesMeta bundleDependencies acceptDependencies bin directories dist engines"
                            + " os cpu libc funding _hasShrinkwrap hasInstallScript")
                    .split(" ", -1));

    @Test
    void theFullFormDiffersOnlyInTheLinks() throws IOException {
        String expected = NpmSamples.TRAPS
                .replace(
                        "\"https:\\/\\/upstream.test\\/@scope\\/name\\/-\\/name-1.0.0.tgz\"",
                        "\"https://our-gate.test/@scope/name/-/name-1.0.0.tgz\"")
                .replace(
                        "https://upstream.test/@scope%2fname/-/name-1.1.0.tgz",
                        "https://our-gate.test/@scope/name/-/name-1.1.0.tgz")
                .replace(
                        "https://upstream.test/-/npm/v1/attestations/@scope%2fname@1.1.0",
                        "https://our-gate.test/-/npm/v1/attestations/@scope%2fname@1.1.0")
                .replace(
                        "https://upstream.test/files?id=7",
                        "https://our-gate.test/@scope/name/-/name-2.0.0-beta.1.tgz");

        assertThat(render(SCOPED.full(), NpmSamples.TRAPS)).isEqualTo(expected);
    }

    @Test
    void aBigDocumentIsWhatATreeRewriteMakesOfIt() throws IOException {
        String document = NpmSamples.read(NpmSamples.big());
        ObjectNode expected = rewritten(document);

        assertThat(document.length()).isGreaterThan(12 << 20);
        assertThat(tree(render(BIG.full(), document))).isEqualTo(expected);
        assertThat(tree(render(BIG.abbreviated(), document))).isEqualTo(abbreviated(expected));
    }

    @Test
    void theAbbreviatedFormHoldsTheAllowListAndTheTimes() throws IOException {
        String full = render(SCOPED.full(), NpmSamples.TRAPS);
        ObjectNode abbreviated = tree(render(SCOPED.abbreviated(), NpmSamples.TRAPS));

        assertThat(abbreviated).isEqualTo(abbreviated(tree(full)));
        assertThat(abbreviated.propertyNames())
                .containsExactlyInAnyOrder("name", "dist-tags", "versions", "time", "modified");
        assertThat(abbreviated.at("/versions/1.1.0/hasInstallScript").booleanValue())
                .isTrue();
        assertThat(abbreviated.at("/versions/1.1.0/dist/signatures/0/sig").stringValue())
                .isEqualTo("MEU=");
    }

    @Test
    void anAbbreviatedDocumentOfTheUpstreamStaysWhatItIs() throws IOException {
        String document = "{\"name\":\"@scope/name\",\"modified\":\"2024-05-06\",\"dist-tags\":{},\"versions\":{}}";

        assertThat(render(SCOPED.abbreviated(), document)).isEqualTo(document);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"@scope/name\",\"time\":{\"unpublished\":{\"versions\":[\"1.0.0\"]}}}",
                "{\"versions\":null,\"time\":[],\"dist-tags\":1}",
                "{\"error\":\"not_found\"}",
                "{}"
            })
    void documentsWithoutVersionsAreNoError(String document) throws IOException {
        assertThat(render(SCOPED.full(), document)).isEqualTo(document);
        assertThat(render(SCOPED.abbreviated(), document)).startsWith("{").endsWith("}");
        assertThatThrownBy(() -> render(SCOPED.version("latest"), document)).isInstanceOf(Rendering.Absent.class);
    }

    @ParameterizedTest
    @CsvSource({"1.0.0, 1.0.0", "latest, 1.1.0", "next, 2.0.0-beta.1", "2.0.0-beta.1, 2.0.0-beta.1"})
    void aVersionIsCutOutWhetherTheTagsComeFirstOrLast(String reference, String version) throws IOException {
        ObjectNode packument = tree(NpmSamples.TRAPS);
        String tagsLast =
                "{\"versions\":" + packument.get("versions") + ",\"dist-tags\":" + packument.get("dist-tags") + "}";
        JsonNode expected =
                tree(render(SCOPED.full(), NpmSamples.TRAPS)).get("versions").get(version);

        assertThat(tree(render(SCOPED.version(reference), NpmSamples.TRAPS))).isEqualTo(expected);
        assertThat(tree(render(SCOPED.version(reference), tagsLast))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9.9.9", "1.0", "1.x", "none", "constructor"})
    void aVersionThatIsNotThereIsAbsent(String reference) {
        assertThatThrownBy(() -> render(SCOPED.version(reference), NpmSamples.TRAPS))
                .isInstanceOf(Rendering.Absent.class)
                .hasMessage("version not found: @scope/name@" + reference);
    }

    @Test
    void theTagsAreCutOutAsTheyAre() throws IOException {
        assertThat(render(SCOPED.tags(), NpmSamples.TRAPS))
                .isEqualTo("{\"latest\":\"1.1.0\" ,\"next\" : \"2.0.0-beta.1\"}");
        assertThat(render(SCOPED.tags(), "{\"name\":\"@scope/name\"}")).isEqualTo("{}");
    }

    @Test
    void piecesOfAnySizeGiveTheSameResult() throws IOException {
        for (Rendering form : List.of(SCOPED.full(), SCOPED.abbreviated(), SCOPED.version("next"), SCOPED.tags())) {
            String whole = render(form, NpmSamples.TRAPS);
            assertThat(render(form, new Trickle(NpmSamples.stream(NpmSamples.TRAPS))))
                    .isEqualTo(whole);
        }
        String big = render(BIG.full(), NpmSamples.big());
        for (long seed = 1; seed <= 3; seed++) {
            assertThat(render(BIG.full(), new Trickle(NpmSamples.big(), seed)).equals(big))
                    .as("pieces of seed " + seed)
                    .isTrue();
        }
    }

    @Test
    void aCutDocumentIsAnErrorWhereverItIsCut() {
        byte[] document = NpmSamples.TRAPS.strip().getBytes(UTF_8);
        for (int length = 0; length < document.length; length += 7) {
            var cut = new ByteArrayInputStream(document, 0, length);
            for (Rendering form : List.of(SCOPED.full(), SCOPED.abbreviated(), SCOPED.version("1.0.0"))) {
                cut.reset();
                assertThatThrownBy(() -> render(form, cut))
                        .as(form.name() + " cut at " + length)
                        .isInstanceOf(IOException.class);
            }
        }
    }

    /** What is read of the document but not yet written never exceeds two windows. */
    @Test
    void aBigDocumentNeverGathersInMemory() throws IOException {
        var written = new Counter();
        var read = new FilterInputStream(NpmSamples.big()) {
            private long total;
            private long most;

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                int count = super.read(bytes, from, length);
                total += Math.max(count, 0);
                most = Math.max(most, total - written.total);
                return count;
            }
        };
        BIG.full().renderer().render(read, NpmSamples.SOURCE, NpmSamples.BASE, written);

        assertThat(read.total).isEqualTo(written.total).isGreaterThan(12 << 20);
        assertThat(read.most).isBetween(1L, 128L << 10);
    }

    private static final class Counter extends OutputStream {
        private long total;

        @Override
        public void write(int b) {
            total++;
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            total += length;
        }
    }

    private static String render(Rendering form, String document) throws IOException {
        return render(form, NpmSamples.stream(document));
    }

    private static String render(Rendering form, InputStream document) throws IOException {
        var out = new ByteArrayOutputStream();
        form.renderer().render(document, NpmSamples.SOURCE, NpmSamples.BASE, out);
        return out.toString(UTF_8);
    }

    private static ObjectNode tree(String document) {
        return (ObjectNode) MAPPER.readTree(document);
    }

    private static ObjectNode rewritten(String document) {
        ObjectNode tree = tree(document);
        for (JsonNode version : tree.get("versions")) {
            ObjectNode dist = (ObjectNode) version.get("dist");
            dist.put("tarball", dist.get("tarball").stringValue().replace("upstream", "our-gate"));
        }
        return tree;
    }

    private static ObjectNode abbreviated(ObjectNode full) {
        ObjectNode tree = full.deepCopy();
        tree.retain("name", "dist-tags", "versions", "time");
        tree.set("modified", tree.at("/time/modified"));
        for (JsonNode version : tree.get("versions")) {
            if (version instanceof ObjectNode object) {
                JsonNode scripts = object.path("scripts");
                boolean installs = scripts.has("preinstall") || scripts.has("install") || scripts.has("postinstall");
                if (installs && !object.has("hasInstallScript")) {
                    object.put("hasInstallScript", true);
                }
                object.retain(OF_VERSION);
            }
        }
        return tree;
    }
}
