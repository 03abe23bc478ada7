package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.catalog.CacheKey;
import gateway.catalog.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManifestsTest {

    private static final Entry ENTRY = new Entry(
            CacheKey.of("/maven", "maven", "/p"),
            "maven",
            Entry.Kind.ARTIFACT,
            "maven/p",
            "0".repeat(64),
            1,
            "text/plain",
            null,
            null,
            "http://upstream.test/p",
            Map.of("sha1", "ab"),
            true,
            "g:a",
            null,
            Instant.EPOCH,
            Instant.EPOCH);

    @Test
    void an_entry_comes_back() {
        for (Entry entry : new Entry[] {ENTRY, ENTRY.pinnedHere()}) {
            assertThat(Manifests.read(Manifests.write(entry))).isEqualTo(entry);
        }
    }

    @Test
    void a_manifest_of_a_time_when_nothing_was_pinned() {
        String written = new String(Manifests.write(ENTRY), StandardCharsets.UTF_8);
        String older = written.replaceAll(",\\s*\"pinned\"\\s*:\\s*false", "");

        assertThat(older).doesNotContain("pinned");
        assertThat(Manifests.read(older.getBytes(StandardCharsets.UTF_8))).isEqualTo(ENTRY);
    }

    @Test
    void a_manifest_without_a_size_is_none() {
        String written = new String(Manifests.write(ENTRY), StandardCharsets.UTF_8);
        byte[] cut = written.replaceAll("\"size\"\\s*:\\s*1,", "").getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Manifests.read(cut)).hasMessageContaining("size");
    }
}
