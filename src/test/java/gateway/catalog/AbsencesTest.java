package gateway.catalog;

import static gateway.catalog.Catalogs.START;
import static gateway.catalog.Catalogs.artifact;
import static gateway.catalog.Catalogs.await;
import static gateway.catalog.Catalogs.key;
import static gateway.catalog.Catalogs.run;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.catalog.Catalogs.StillClock;
import gateway.database.Connections;
import gateway.database.DatabaseFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not exist upstream, as the catalog remembers it. */
class AbsencesTest {
    private static final Absence GONE = new Absence(410, "gone for good");

    @TempDir
    Path folder;

    private final StillClock clock = new StillClock();

    @SuppressWarnings("NullAway.Init") // before each test
    private R2dbcCatalog catalog;

    @BeforeEach
    void open() {
        catalog = await(CatalogDatabase.open(folder.resolve("proxy.db"), clock)).catalog();
    }

    @AfterEach
    void close() {
        run(catalog.close());
    }

    @Test
    void a_word_is_known_at_once_and_after_a_restart() {
        catalog.absent(key("/a"), GONE);
        assertThat(known("/a")).contains(GONE);

        run(catalog.close());
        open();

        assertThat(known("/a")).contains(GONE);
        assertThat(known("/b")).isEmpty();
    }

    @Test
    void the_newest_word_counts() {
        catalog.absent(key("/a"), new Absence(404, "not found"));
        run(catalog.flush());
        catalog.absent(key("/a"), GONE);
        run(catalog.flush());

        assertThat(known("/a")).contains(GONE);
    }

    @Test
    void what_was_said_before_there_was_an_entry_is_over_when_the_entry_goes() {
        catalog.absent(key("/written"), GONE);
        run(catalog.flush());
        catalog.absent(key("/waiting"), GONE);
        for (var path : new String[] {"/written", "/waiting"}) {
            run(catalog.save(artifact(path, "a", "1", "a", START)));
            run(catalog.remove(key(path)));
        }
        run(catalog.flush());

        assertThat(known("/written")).isEmpty();
        assertThat(known("/waiting")).isEmpty();
    }

    @Test
    void an_old_word_counts_no_more() {
        catalog.absent(key("/a"), GONE);
        run(catalog.flush());

        clock.advance(Duration.ofMillis(Absences.OLDEST));
        assertThat(known("/a")).contains(GONE);
        clock.advance(Duration.ofMillis(1));
        assertThat(known("/a")).isEmpty();
    }

    @Test
    void what_nobody_writes_does_not_grow_without_end() {
        for (int i = 0; i <= Absences.WAITING; i++) {
            catalog.absent(key("/" + i), GONE);
        }
        catalog.absent(key("/" + "x".repeat(2000)), GONE);
        run(catalog.flush());

        assertThat(known("/0")).contains(GONE);
        assertThat(known("/" + (Absences.WAITING - 1))).contains(GONE);
        assertThat(known("/" + Absences.WAITING)).isEmpty();
        assertThat(known("/" + "x".repeat(2000))).isEmpty();
    }

    @Test
    void the_oldest_words_make_room() {
        var connections = new Connections(new DatabaseFiles(folder.resolve("other.db")), CatalogDatabase.SCHEMA, false);
        run(connections.open());
        var absences = new Absences(2);
        for (int i = 1; i <= 3; i++) {
            absences.add(key("/" + i), GONE, i);
            run(absences.flush(connections));
        }

        assertThat(absences.isEmpty()).isTrue();
        assertThat(absences.find(connections, key("/1"), 0).blockOptional()).isEmpty();
        assertThat(absences.find(connections, key("/2"), 0).blockOptional()).contains(GONE);
        assertThat(absences.find(connections, key("/3"), 0).blockOptional()).contains(GONE);
        run(connections.close("SHUTDOWN"));
    }

    private Optional<Absence> known(String path) {
        return catalog.absence(key(path)).blockOptional(Duration.ofSeconds(60));
    }
}
