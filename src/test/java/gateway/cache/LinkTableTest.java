package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.format.Algorithm;
import gateway.format.Checksum;
import gateway.format.Coordinates;
import gateway.format.Link;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LinkTableTest {

    @Test
    void half_a_million_links_take_few_bytes_and_are_found() {
        LinkTable table = new LinkTable();
        int count = 500_000;
        for (int i = 0; i < count; i++) {
            table.add(plain(i));
        }

        assertThat(table.weight()).isLessThan(40 << 20);
        for (int i = 0; i < count; i += 997) {
            assertThat(table.get("/channel/linux-64/package-" + i + ".conda")).isEqualTo(plain(i));
        }
        assertThat(table.get("/channel/linux-64/package-" + count + ".conda")).isNull();
    }

    @Test
    void links_that_say_more_are_kept_as_they_are() {
        Link link = new Link("/a", "https://files.test/a", null, new Coordinates("npm", "a", "1"), -1, null);
        Link sha1 = new Link("/b", null, new Checksum.Known(Algorithm.SHA1, "a".repeat(40)), null, 5, Instant.EPOCH);
        LinkTable table = new LinkTable();
        table.add(link);
        table.add(sha1);

        assertThat(table.get("/a")).isEqualTo(link);
        assertThat(table.get("/b")).isEqualTo(sha1);
        assertThat(table.get("/c")).isNull();
    }

    @Test
    void of_a_path_that_is_listed_twice_the_first_counts() {
        LinkTable table = new LinkTable();
        table.add(plain(1));
        table.add(new Link(plain(1).path(), null, plain(2).checksum(), null, 2, null));

        assertThat(table.get(plain(1).path())).isEqualTo(plain(1));
    }

    private static Link plain(int i) {
        return new Link(
                "/channel/linux-64/package-" + i + ".conda",
                null,
                new Checksum.Known(Algorithm.SHA256, "%064x".formatted(i * 7919L)),
                null,
                i,
                i % 2 == 0 ? null : Instant.ofEpochMilli(i));
    }
}
