package gateway.format;

import static gateway.format.CondaSamples.BASE;
import static gateway.format.CondaSamples.FOLDER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CondaShardsTest {

    private static final String HEX = "0123456789abcdef".repeat(4);
    private static final byte[] DIGEST = HexFormat.of().parseHex(HEX);
    private static final Checksum.Known KNOWN = new Checksum.Known(Algorithm.SHA256, HEX);
    private final CondaShards shards = new CondaShards(FOLDER);

    @ParameterizedTest
    @CsvSource({"'', ./shards/", "./, shards", "../noarch/, /conda-forge/noarch/shards/"})
    void shardsBesideTheIndexNeedNoLinkOfTheirFolder(String base, String shardsBase) throws IOException {
        assertThat(CondaSamples.read(shards, index(base, shardsBase)))
                .containsExactly(link(FOLDER + "shards/tinyc"), link(FOLDER + "shards/zlib"));
    }

    @Test
    void shardsElsewhereAreLinked() throws IOException {
        assertThat(CondaSamples.read(shards, index("https://files.test/pool", "../all/")))
                .containsExactly(
                        new Link(FOLDER, "https://files.test/pool/", null, null, -1, null),
                        new Link(FOLDER + "shards/", "https://upstream.test/conda-forge/all/", null, null, -1, null),
                        link(FOLDER + "shards/tinyc"),
                        link(FOLDER + "shards/zlib"));
    }

    @Test
    void bothPlacesLeadThroughTheGatewayAndTheRestStays() throws IOException {
        byte[] rendered = CondaSamples.render(shards.rendering(), index("https://files.test/pool", ""));
        byte[] wanted = index(BASE + FOLDER, BASE + FOLDER + "shards/");

        assertThat(CondaSamples.read(shards, rendered)).hasSize(4);
        assertThat(texts(rendered)).isEqualTo(texts(wanted)).contains(BASE + FOLDER + "shards/");
    }

    @Test
    void aShardListsTheFilesOfItsPackage() throws IOException {
        Map<String, Object> record = Map.of("sha256", DIGEST, "size", 12L, "timestamp", 1_700_000_000_000L, "ok", true);
        byte[] shard = zst(Map.of(
                "packages", Map.of("tinyc-1-0.tar.bz2", record),
                "packages.conda", Map.of("tinyc-1-0.conda", record),
                "removed", List.of("tinyc-0-0.conda")));
        Checksum.Chained chained = (Checksum.Chained) CondaShards.listing(index(), FOLDER, "tinyc");

        assertThat(chained.key()).isEqualTo(FOLDER + "shards/tinyc");
        assertThat(chained.list().apply(link(chained.key())))
                .hasValueSatisfying(
                        artifact -> assertThat(artifact.path()).isEqualTo(FOLDER + "shards/" + HEX + ".msgpack.zst"));
        assertThat(CondaSamples.read(chained.links(), shard))
                .allSatisfy(link -> assertThat(link.checksum()).isEqualTo(KNOWN))
                .allSatisfy(link -> assertThat(link.size()).isEqualTo(12))
                .extracting(Link::path)
                .containsExactlyInAnyOrder(FOLDER + "tinyc-1-0.tar.bz2", FOLDER + "tinyc-1-0.conda");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 40})
    void aCutIndexIsNone(int left) throws IOException {
        byte[] index = CondaSamples.pack(
                CondaPacking.ZST, Arrays.copyOf(CondaSamples.unpack(CondaPacking.ZST, index("", "")), left));

        assertThatIOException().isThrownBy(() -> CondaSamples.read(shards, index));
    }

    @Test
    void hostileDocumentsAreRefused() throws IOException {
        byte[] deep = new byte[10_000];
        Arrays.fill(deep, (byte) 0x91);
        byte[] longText = {(byte) 0x81, (byte) 0xdb, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff};
        for (byte[] document : List.of(deep, longText, new byte[] {(byte) 0xc1}, "<html>".getBytes(UTF_8))) {
            byte[] packed = CondaSamples.pack(CondaPacking.ZST, document);
            assertThatIOException().isThrownBy(() -> CondaSamples.read(shards, packed));
        }
        assertThatIOException().isThrownBy(() -> CondaSamples.read(shards, "no zst".getBytes(UTF_8)));
    }

    private static Index index() {
        return (Index) new Conda()
                .resolve(Ask.get(FOLDER + "repodata_shards.msgpack.zst"))
                .orElseThrow();
    }

    private static byte[] index(String base, String shardsBase) throws IOException {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("subdir", "noarch");
        info.put("base_url", base);
        info.put("shards_base_url", shardsBase);
        info.put("created_at", "2026-01-01T00:00:00Z");
        Map<String, Object> names = new LinkedHashMap<>();
        names.put("tinyc", DIGEST);
        names.put("zlib", DIGEST);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("version", 1L);
        document.put("info", info);
        document.put("shards", names);
        return zst(document);
    }

    private static byte[] zst(Object document) throws IOException {
        return CondaSamples.pack(CondaPacking.ZST, CondaSamples.pack(document));
    }

    private static Link link(String path) {
        return new Link(path, null, KNOWN, null, -1, null);
    }

    /** Every text of an index. */
    private static List<String> texts(byte[] index) throws IOException {
        CondaPack pack = CondaPack.reader(CondaPacking.ZST.unpack(new java.io.ByteArrayInputStream(index)));
        List<String> texts = new ArrayList<>();
        pack.map(key -> {
            texts.add(key);
            if (key.equals("version")) {
                texts.add(Long.toString(pack.number()));
            } else {
                pack.map(field -> {
                    texts.add(field);
                    texts.add(pack.text());
                });
            }
        });
        return texts;
    }
}
