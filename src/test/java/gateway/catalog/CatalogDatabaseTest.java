package gateway.catalog;

import static gateway.catalog.Catalogs.START;
import static gateway.catalog.Catalogs.all;
import static gateway.catalog.Catalogs.artifact;
import static gateway.catalog.Catalogs.await;
import static gateway.catalog.Catalogs.key;
import static gateway.catalog.Catalogs.run;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.catalog.Catalogs.StillClock;
import gateway.database.Connections;
import gateway.database.DamagedRowException;
import gateway.database.DatabaseFiles;
import gateway.database.Sql;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Opening files that are new, whole, broken, missing or somebody else's. */
class CatalogDatabaseTest {
    @TempDir
    Path folder;

    private final StillClock clock = new StillClock();

    /** What can happen to the bytes of a file. */
    enum Damage {
        CUT_IN_HALF {
            @Override
            void to(FileChannel file) throws IOException {
                file.truncate(file.size() / 2);
            }
        },
        CUT_TO_THE_HEADER {
            @Override
            void to(FileChannel file) throws IOException {
                file.truncate(4096);
            }
        },
        FLIPPED_HEADER {
            @Override
            void to(FileChannel file) throws IOException {
                flip(file, 0, 8192);
            }
        },
        FLIPPED_THROUGHOUT {
            @Override
            void to(FileChannel file) throws IOException {
                flip(file, 0, (int) file.size());
            }
        },
        GARBAGE {
            @Override
            void to(FileChannel file) throws IOException {
                var bytes = new byte[(int) file.size()];
                new Random(7).nextBytes(bytes);
                file.write(ByteBuffer.wrap(bytes), 0);
            }
        },
        ZERO_BYTES {
            @Override
            void to(FileChannel file) throws IOException {
                file.write(ByteBuffer.allocate((int) file.size()), 0);
            }
        };

        abstract void to(FileChannel file) throws IOException;

        static void flip(FileChannel file, int from, int to) throws IOException {
            var bytes = ByteBuffer.allocate(to - from);
            file.read(bytes, from);
            for (int i = 0; i < bytes.capacity(); i += 13) {
                bytes.put(i, (byte) ~bytes.get(i));
            }
            file.write(bytes.rewind(), from);
        }
    }

    @Test
    void a_new_file_needs_to_be_rebuilt_until_that_is_done() {
        var first = opened();
        assertThat(first.needsRebuild()).isTrue();
        run(first.catalog().close());

        var killedMeanwhile = opened();
        assertThat(killedMeanwhile.needsRebuild()).isTrue();
        run(killedMeanwhile.catalog().rebuilt());
        run(killedMeanwhile.catalog().close());

        var whole = opened();
        assertThat(whole.needsRebuild()).isFalse();
        run(whole.catalog().close());
        assertThat(files()).containsExactly("proxy.db.mv.db");
    }

    @ParameterizedTest
    @EnumSource
    void a_broken_file_is_set_aside(Damage damage) throws IOException {
        fill();
        try (var file = FileChannel.open(file(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            damage.to(file);
        }

        var opened = opened();

        assertThat(opened.needsRebuild()).isTrue();
        assertThat(files()).containsExactly("proxy.db.broken-20260304T050607Z", "proxy.db.mv.db");
        run(opened.catalog().save(artifact("/new", "new", "1", "new", START)));
        run(opened.catalog().check());
        run(opened.catalog().close());
    }

    @Test
    void an_empty_file_becomes_a_new_catalog() throws IOException {
        Files.createFile(file());

        var opened = opened();

        assertThat(opened.needsRebuild()).isTrue();
        run(opened.catalog().check());
        run(opened.catalog().close());
    }

    @Test
    void only_the_newest_broken_file_is_kept() throws IOException {
        for (int i = 0; i < 3; i++) {
            Files.writeString(file(), "not a database ".repeat(1000));
            run(opened().catalog().close());
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(files()).containsExactly("proxy.db.broken-20260304T050609Z", "proxy.db.mv.db");
    }

    @Test
    void a_file_that_broke_while_it_was_open_is_not_trusted_again() throws IOException {
        fill();
        new DatabaseFiles(database()).condemn();

        var opened = opened();

        assertThat(opened.needsRebuild()).isTrue();
        assertThat(files()).containsExactly("proxy.db.broken-20260304T050607Z", "proxy.db.mv.db");
        run(opened.catalog().close());
    }

    @Test
    void another_process_has_the_file_open() throws IOException, InterruptedException {
        var other = CatalogProcess.start(database());
        try {
            CatalogProcess.waitFor(other, CatalogProcess.OPENED);

            for (var attempt : List.of(
                    CatalogDatabase.open(database(), clock).map(CatalogDatabase.Opened::catalog),
                    CatalogDatabase.openReadOnly(database(), clock))) {
                StepVerifier.create(attempt)
                        .expectErrorSatisfies(error -> assertThat(error)
                                .isInstanceOfSatisfying(
                                        CatalogException.class,
                                        e -> assertThat(e.reason()).isEqualTo(CatalogException.Reason.IN_USE))
                                .hasMessageContaining("is in use by another gateway"))
                        .verify(Duration.ofSeconds(30));
            }
            assertThat(files()).containsExactly("proxy.db.mv.db");
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "100", "1000"})
    void a_process_is_killed_while_it_writes(String progress) throws IOException, InterruptedException {
        var other = CatalogProcess.start(database());
        try {
            CatalogProcess.waitFor(other, progress);
            CatalogProcess.waitFor(other, CatalogProcess.CHECKED);
        } finally {
            other.destroyForcibly().waitFor();
        }

        var readOnly = await(CatalogDatabase.openReadOnly(database(), clock));
        var seen = await(readOnly.statistics(0, 0));
        run(readOnly.close());
        var catalog = opened().catalog();

        assertThat(files()).containsExactly("proxy.db.mv.db");
        var entries = all(catalog.below("/npm", "npmjs-1f", "", Instant.EPOCH));
        var statistics = await(catalog.statistics(0, 0));
        assertThat(statistics).isEqualTo(seen);
        assertThat(entries).isNotEmpty().hasSize((int) statistics.artifacts());
        assertThat(statistics.versions()).isEqualTo(entries.size());
        assertThat(statistics.totalSizeBytes())
                .isEqualTo(
                        entries.stream()
                                .collect(Collectors.toMap(Entry::sha256, Entry::size, (a, b) -> a))
                                .values()
                                .stream()
                                .mapToLong(it -> it)
                                .sum());
        run(catalog.save(artifact("/after", "after", "1", "after", START)));
        run(catalog.close());
    }

    @Test
    void statistics_are_read_while_no_server_runs() throws IOException {
        fill();
        var before = Files.readAllBytes(file());

        var catalog = await(CatalogDatabase.openReadOnly(database(), clock));

        assertThat(await(catalog.statistics(1, 1)).artifacts()).isEqualTo(2000);
        StepVerifier.create(catalog.find(key("/p1"))).expectNextCount(1).verifyComplete();
        StepVerifier.create(catalog.save(artifact("/x", "x", "1", "x", START)))
                .expectError()
                .verify(Duration.ofSeconds(10));
        run(catalog.close());
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
        assertThat(files()).containsExactly("proxy.db.mv.db");
    }

    @Test
    void looking_up_long_paths_leaves_nothing_in_the_file() throws IOException {
        var catalog = opened().catalog();
        var random = new Random(7);

        run(Flux.range(0, 500)
                .concatMap(i -> catalog.find(key(
                        "/" + random.ints(5000).mapToObj(Integer::toHexString).collect(Collectors.joining()))))
                .then(catalog.check()));

        assertThat(Files.size(file())).isLessThan(1 << 20);
        run(catalog.close());
    }

    @Test
    void nothing_to_look_at() {
        assertThat(reasonOf(CatalogDatabase.openReadOnly(database(), clock)))
                .isEqualTo(CatalogException.Reason.MISSING);
        assertThat(files()).isEmpty();
    }

    @Test
    void looking_at_a_broken_file_leaves_it_alone() throws IOException {
        Files.writeString(file(), "not a database ".repeat(1000));

        assertThat(reasonOf(CatalogDatabase.openReadOnly(database(), clock))).isEqualTo(CatalogException.Reason.BROKEN);
        assertThat(files()).containsExactly("proxy.db.mv.db");
    }

    @Test
    void a_database_of_the_first_version_is_brought_to_the_newest() throws IOException {
        var entry = artifact("/a.tgz", "a", "1", "a", START);
        var catalog = await(CatalogDatabase.open(database(), clock)).catalog();
        run(catalog.save(entry));
        run(catalog.close());
        var older = new Connections(new DatabaseFiles(database()), CatalogDatabase.SCHEMA, false);
        run(older.write(connection -> Flux.just(
                        "DROP TABLE absence",
                        "DROP INDEX entry_use_evictable",
                        "ALTER TABLE entry DROP COLUMN checksum",
                        "ALTER TABLE entry DROP COLUMN pinned",
                        "ALTER TABLE entry_use DROP COLUMN pinned",
                        "CREATE INDEX entry_use_last_used ON entry_use (last_used)",
                        "DELETE FROM \"migrations\" WHERE id >= 2")
                .concatMap(sql -> Sql.update(connection, sql))
                .then()));
        run(older.close("SHUTDOWN"));

        catalog = await(CatalogDatabase.open(database(), clock)).catalog();
        catalog.absent(key("/b.tgz"), new Absence(404, "not found"));
        run(catalog.flush());

        assertThat(await(catalog.find(entry.key()))).isEqualTo(entry);
        assertThat(await(catalog.absence(key("/b.tgz")))).isEqualTo(new Absence(404, "not found"));
        run(catalog.close());
    }

    @Test
    void the_folder_cannot_be_made() throws IOException {
        var occupied = Files.writeString(folder.resolve("occupied"), "");

        assertThat(reasonOf(CatalogDatabase.open(occupied.resolve("proxy.db"), clock)))
                .isEqualTo(CatalogException.Reason.UNUSABLE);
    }

    @Test
    void a_path_that_h2_would_take_for_a_setting() {
        assertThat(reasonOf(CatalogDatabase.open(folder.resolve("a;INIT=DROP ALL OBJECTS"), clock)))
                .isEqualTo(CatalogException.Reason.UNUSABLE);
    }

    @Test
    void an_event_loop_opens_and_closes() {
        StepVerifier.create(CatalogDatabase.open(database(), clock)
                        .flatMap(opened ->
                                opened.catalog().check().then(opened.catalog().close()))
                        .subscribeOn(Schedulers.parallel()))
                .verifyComplete();
    }

    @Test
    void closing_twice() {
        var catalog = opened().catalog();

        run(Mono.when(catalog.close(), catalog.close()));
        run(catalog.close());
    }

    private void fill() {
        var catalog = opened().catalog();
        run(Flux.range(0, 2000)
                .flatMap(i -> catalog.save(artifact("/p" + i, "n" + i, "1", "c" + i, START)), 16)
                .then(catalog.rebuilt())
                .then(catalog.close()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "validated_at = TIMESTAMP WITH TIME ZONE '2036-01-01 00:00:00Z'",
                "content_type = 'text/evil'",
                "sha256 = X'00'",
                "kind = 'NONE'",
                "checksum = checksum + 1"
            })
    void a_row_that_is_not_what_was_written_is_not_believed_and_the_next_start_makes_a_new_database(String damage) {
        var first = opened();
        run(first.catalog().rebuilt());
        var entry = artifact("/a.tgz", "a", "1", "aaa", START);
        run(first.catalog().save(entry));
        run(first.catalog().save(artifact("/b.tgz", "b", "1", "bbb", START)));
        run(first.catalog().close());
        execute("UPDATE entry SET " + damage + " WHERE path = '/a.tgz'");

        var damaged = opened();
        assertThat(damaged.needsRebuild()).isFalse();
        StepVerifier.create(damaged.catalog().find(entry.key()))
                .expectError(DamagedRowException.class)
                .verify(Duration.ofSeconds(60));
        run(damaged.catalog().close());

        var anew = opened();
        assertThat(anew.needsRebuild()).isTrue();
        run(anew.catalog().close());
    }

    @Test
    void a_row_of_a_version_that_wrote_no_checksum_is_believed() {
        var first = opened();
        run(first.catalog().rebuilt());
        var entry = artifact("/a.tgz", "a", "1", "aaa", START);
        run(first.catalog().save(entry));
        run(first.catalog().close());
        execute("UPDATE entry SET checksum = NULL");

        var second = opened();
        assertThat(await(second.catalog().find(entry.key()))).isEqualTo(entry);
        run(second.catalog().close());
    }

    @Test
    void whatever_is_written_is_read_again() {
        var strange = artifact("/\ud83d\ude00 \u0000'.tgz", "\u00e9\r\n", "", "aaa", START.plusNanos(123_456_789))
                .validated(START.plusNanos(1), "\"\ufffd\"", "")
                .verified(true, Map.of("md5", "b", "sha1", "a", "blake2b", ""));
        var first = opened();
        run(first.catalog().rebuilt());
        run(first.catalog().save(strange));
        run(first.catalog().close());

        var second = opened();
        assertThat(await(second.catalog().find(strange.key()))).isEqualTo(strange);
        run(second.catalog().close());
    }

    private void execute(String sql) {
        var connections = new Connections(new DatabaseFiles(database()), CatalogDatabase.SCHEMA, false);
        run(connections.write(connection -> Sql.update(connection, sql)).then());
        run(connections.close("SHUTDOWN"));
    }

    private CatalogDatabase.Opened opened() {
        return await(CatalogDatabase.open(database(), clock));
    }

    private static CatalogException.Reason reasonOf(Mono<?> opening) {
        return await(opening.then(Mono.<CatalogException.Reason>empty())
                .onErrorResume(CatalogException.class, error -> Mono.just(error.reason())));
    }

    private Path database() {
        return folder.resolve("proxy.db");
    }

    private Path file() {
        return folder.resolve("proxy.db.mv.db");
    }

    private List<String> files() {
        try (var files = Files.list(folder)) {
            return files.map(it -> it.getFileName().toString())
                    .filter(it -> !it.equals("proxy.db.closed"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
