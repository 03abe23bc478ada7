package gateway.catalog;

import static gateway.catalog.Catalogs.START;
import static gateway.catalog.Catalogs.all;
import static gateway.catalog.Catalogs.artifact;
import static gateway.catalog.Catalogs.await;
import static gateway.catalog.Catalogs.entry;
import static gateway.catalog.Catalogs.key;
import static gateway.catalog.Catalogs.run;
import static gateway.catalog.Catalogs.sha256;
import static org.assertj.core.api.Assertions.assertThat;

import gateway.catalog.Catalogs.StillClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** One catalog on a real file. */
class R2dbcCatalogTest {
    @TempDir
    Path folder;

    private final StillClock clock = new StillClock();
    private R2dbcCatalog catalog;

    @BeforeEach
    void open() {
        catalog = await(CatalogDatabase.open(folder.resolve("proxy.db"), clock)).catalog();
        run(catalog.rebuilt());
    }

    @AfterEach
    void close() {
        run(catalog.close());
    }

    @Test
    void an_entry_with_every_field_comes_back_from_disk() {
        var full = new Entry(
                new CacheKey("/debian", "deb-77", "/pool/ü/%_'\";--.deb", "amd64"),
                "debian",
                Entry.Kind.ARTIFACT,
                "/debian/ü/1:2.0~rc1",
                sha256("full"),
                1L << 40,
                "application/vnd.debian.binary-package",
                "\"etag\"",
                "Wed, 04 Mar 2026 05:06:07 GMT",
                "https://deb.example/pool/ü.deb",
                Map.of("md5", "aa", "sha1", "bb", "sha512", "cc"),
                true,
                "ü",
                "1:2.0~rc1",
                START,
                START.plusNanos(1),
                true);
        run(catalog.save(full));

        reopen();

        assertThat(catalog.hot(full.key())).isNull();
        StepVerifier.create(catalog.find(full.key())).expectNext(full).verifyComplete();
        assertThat(catalog.hot(full.key())).isEqualTo(full);
    }

    @Test
    void an_entry_without_optional_fields_comes_back_from_disk() {
        var bare = entry(key("/bare"), "generic", Entry.Kind.INDEX, null, null, "", START);
        run(catalog.save(bare));

        reopen();

        StepVerifier.create(catalog.find(bare.key())).expectNext(bare).verifyComplete();
    }

    @Test
    void nobody_saved_the_entry() {
        StepVerifier.create(catalog.find(key("/nothing"))).verifyComplete();
        StepVerifier.create(catalog.remove(key("/nothing"))).verifyComplete();
        StepVerifier.create(catalog.refersTo(sha256("nothing")))
                .expectNext(false)
                .verifyComplete();
    }

    @Test
    void the_same_path_of_another_repository_upstream_or_variant_is_another_entry() {
        var keys = Flux.just(
                new CacheKey("/a", "u", "/p", ""),
                new CacheKey("/b", "u", "/p", ""),
                new CacheKey("/a", "v", "/p", ""),
                new CacheKey("/a", "u", "/p", "x"));
        var saved = all(keys.map(key -> entry(key, "npm", Entry.Kind.ARTIFACT, null, null, key.toString(), START))
                .concatMap(it -> catalog.save(it).thenReturn(it)));

        reopen();

        StepVerifier.create(keys.concatMap(catalog::find).collectList())
                .expectNext(saved)
                .verifyComplete();
    }

    @Test
    void a_saved_entry_is_hot_and_a_removed_one_is_not() {
        var saved = artifact("/a.tgz", "a", "1", "a", START);

        run(catalog.save(saved));
        assertThat(catalog.hot(saved.key())).isSameAs(saved);

        run(catalog.remove(saved.key()));
        assertThat(catalog.hot(saved.key())).isNull();
        StepVerifier.create(catalog.find(saved.key())).verifyComplete();
        StepVerifier.create(catalog.totalSize()).expectNext(0L).verifyComplete();
        assertThat(await(catalog.statistics(9, 9))).isEqualTo(statisticsOfNothing("npm"));
    }

    @Test
    void a_hot_entry_is_found_although_the_database_is_closed() {
        var saved = artifact("/a.tgz", "a", "1", "a", START);
        run(catalog.save(saved));

        run(catalog.close());

        assertThat(catalog.hot(saved.key())).isSameAs(saved);
        StepVerifier.create(catalog.find(saved.key())).expectNext(saved).verifyComplete();
        StepVerifier.create(catalog.find(key("/other"))).expectError().verify(Duration.ofSeconds(10));
        StepVerifier.create(catalog.check()).expectError().verify(Duration.ofSeconds(10));
    }

    @Test
    void a_look_up_that_began_before_a_change_does_not_bring_back_the_past() {
        var hot = new HotEntries(1 << 20);
        var old = artifact("/a.tgz", "a", "1", "old", START);
        var generation = hot.generation(old.key());

        hot.saved(new HotEntries.Row(1, artifact("/a.tgz", "a", "1", "new", START)));
        hot.removed(old.key());
        hot.loaded(new HotEntries.Row(1, old), generation);

        assertThat(hot.get(old.key())).isNull();
    }

    @Test
    void saving_again_keeps_the_hits() {
        run(catalog.save(artifact("/a.tgz", "a", "1", "old", START)));
        hit("/a.tgz", 3);
        run(catalog.save(artifact("/a.tgz", "a", "1", "newer", START)));
        hit("/a.tgz", 1);

        assertThat(await(catalog.statistics(1, 1)).popular())
                .containsExactly(new Statistics.Popular("npm", "a", "1", 4, 5));
    }

    @Test
    void hits_and_misses_survive_a_restart() {
        run(catalog.save(artifact("/a.tgz", "a", "1", "a", START)));
        hit("/a.tgz", 3);
        catalog.missed("npm");
        catalog.missed("cargo");

        reopen();
        hit("/a.tgz", 2);
        await(catalog.find(key("/a.tgz")));
        hit("/a.tgz", 2);

        var statistics = await(catalog.statistics(1, 1));
        assertThat(statistics.popular()).extracting(Statistics.Popular::hits).containsExactly(7L);
        assertThat(statistics.hits())
                .as("the format is known once the entry was found")
                .isEqualTo(5);
        assertThat(statistics.misses()).isEqualTo(2);
        assertThat(statistics.formats())
                .containsExactly(new Statistics.ByFormat("cargo", 0, 0, 0), new Statistics.ByFormat("npm", 1, 1, 5));
    }

    @Test
    void counters_are_written_without_anybody_asking() {
        run(catalog.save(artifact("/a.tgz", "a", "1", "a", START)));
        hit("/a.tgz", 1);

        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(60)).until(catalog::isFlushed);
    }

    @Test
    void many_threads_count_at_once_while_counters_are_written() {
        run(catalog.save(artifact("/a.tgz", "a", "1", "a", START)));

        var hits = Flux.range(0, 40_000)
                .parallel(4)
                .runOn(Schedulers.parallel())
                .doOnNext(i -> catalog.touched(key("/a.tgz")))
                .sequential()
                .then();
        run(Mono.when(hits, Flux.range(0, 50).concatMap(i -> catalog.flush())));

        var statistics = await(catalog.statistics(1, 0));
        assertThat(statistics.hits()).isEqualTo(40_000);
        assertThat(statistics.popular()).extracting(Statistics.Popular::hits).containsExactly(40_000L);
    }

    @Test
    void least_recently_used_comes_first_with_touches_that_are_not_written_yet() {
        for (var path : new String[] {"/a", "/b", "/c"}) {
            run(catalog.save(artifact(path, path, "1", path, clock.instant())));
            clock.advance(Duration.ofSeconds(1));
        }
        catalog.touched(key("/a"));

        assertThat(all(catalog.leastRecentlyUsed(2)))
                .extracting(it -> it.key().path())
                .containsExactly("/b", "/c");
    }

    @Test
    void after_a_start_what_was_there_is_recalled_into_memory() {
        for (int i = 0; i < 600; i++) {
            run(catalog.save(artifact("/" + i, "p" + i, "1", "c" + i, clock.instant())));
        }
        reopen();
        assertThat(catalog.hot(key("/0"))).isNull();

        run(catalog.recall());

        for (int i = 0; i < 600; i++) {
            assertThat(catalog.hot(key("/" + i))).as("/" + i).isNotNull();
        }
    }

    @Test
    void what_is_pinned_is_never_among_the_least_recently_used() {
        var pinned = artifact("/a", "a", "1", "a", START).pinnedHere();
        run(catalog.save(pinned));
        run(catalog.save(artifact("/b", "b", "1", "b", START.plusSeconds(1))));
        assertThat(all(catalog.leastRecentlyUsed(9)))
                .extracting(it -> it.key().path())
                .containsExactly("/b");

        catalog.touched(key("/a"));
        run(catalog.save(pinned.validated(START.plusSeconds(2), null, null)));
        assertThat(all(catalog.leastRecentlyUsed(9))).hasSize(1);

        run(catalog.save(artifact("/a", "a", "1", "other", START)));
        assertThat(all(catalog.leastRecentlyUsed(9))).hasSize(2);
    }

    @Test
    void while_entries_may_be_missing_every_blob_may_be_needed() {
        run(catalog.close());
        catalog =
                await(CatalogDatabase.open(folder.resolve("another.db"), clock)).catalog();
        assertThat(await(catalog.refersTo(sha256("unknown")))).isTrue();

        run(catalog.rebuilt());

        assertThat(await(catalog.refersTo(sha256("unknown")))).isFalse();
    }

    @Test
    void what_is_restored_takes_the_place_of_nothing() {
        var newer = artifact("/a.tgz", "a", "1", "newer", START.plusSeconds(1));
        var missing = artifact("/b.tgz", "b", "1", "b", START);
        run(catalog.save(newer));

        run(catalog.restore(List.of(artifact("/a.tgz", "a", "1", "older", START), missing)));

        assertThat(await(catalog.find(newer.key()))).isEqualTo(newer);
        assertThat(await(catalog.find(missing.key()))).isEqualTo(missing);
    }

    @Test
    void a_revalidated_entry_counts_as_used() {
        var first = artifact("/a", "a", "1", "a", START);
        run(catalog.save(first));
        run(catalog.save(artifact("/b", "b", "1", "b", START.plusSeconds(1))));
        run(catalog.save(first.validated(START.plusSeconds(2), "\"new\"", null)));

        assertThat(all(catalog.leastRecentlyUsed(9)))
                .extracting(it -> it.key().path())
                .containsExactly("/b", "/a");
    }

    @Test
    void a_blob_that_entries_share_is_counted_once_until_the_last_of_them_goes() {
        run(catalog.save(artifact("/a.tgz", "a", "1", "same", START)));
        run(catalog.save(artifact("/b.tgz", "b", "1", "same", START)));
        run(catalog.save(artifact("/c.tgz", "c", "1", "other", START)));
        StepVerifier.create(catalog.totalSize()).expectNext(9L).verifyComplete();

        run(catalog.remove(key("/a.tgz")));
        StepVerifier.create(catalog.totalSize()).expectNext(9L).verifyComplete();
        StepVerifier.create(catalog.refersTo(sha256("same"))).expectNext(true).verifyComplete();

        run(catalog.save(artifact("/b.tgz", "b", "1", "different", START)));
        StepVerifier.create(catalog.totalSize()).expectNext(14L).verifyComplete();
        StepVerifier.create(catalog.refersTo(sha256("same"))).expectNext(false).verifyComplete();
    }

    @Test
    void paths_below_a_prefix_with_wildcards_of_sql() {
        for (var path : new String[] {"/a_b/1", "/a_b/2", "/axb/1", "/a%/1", "/aaa/1", "/a_b", "/a_c/1"}) {
            run(catalog.save(artifact(path, path, "1", path, START)));
        }
        run(catalog.save(entry(
                new CacheKey("/other", "npmjs-1f", "/a_b/3", ""), "npm", Entry.Kind.INDEX, null, null, "", START)));

        assertThat(below("/a_b/", Instant.EPOCH)).containsExactly("/a_b/1", "/a_b/2");
        assertThat(below("/a%", Instant.EPOCH)).containsExactly("/a%/1");
        assertThat(below("", Instant.EPOCH)).hasSize(7);
    }

    @Test
    void paths_below_a_prefix_that_nobody_used_lately() {
        run(catalog.save(artifact("/dists/old", "old", "1", "old", START)));
        run(catalog.save(artifact("/dists/new", "new", "1", "new", START)));
        clock.advance(Duration.ofHours(1));
        catalog.touched(key("/dists/new"));

        assertThat(below("/dists/", clock.instant().minusSeconds(60))).containsExactly("/dists/new");
    }

    @Test
    void many_save_the_same_key_at_once() {
        run(Flux.range(0, 200)
                .flatMap(i -> catalog.save(artifact("/a.tgz", "a", "1", "x".repeat(i % 7), START)), 200)
                .then());

        var last = await(catalog.find(key("/a.tgz")));
        assertThat(await(catalog.totalSize())).isEqualTo(last.size());
        var statistics = await(catalog.statistics(1, 1));
        assertThat(statistics.artifacts()).isEqualTo(1);
        assertThat(statistics.packages()).isEqualTo(1);
        reopen();
        StepVerifier.create(catalog.find(key("/a.tgz"))).expectNext(last).verifyComplete();
    }

    @Test
    void an_asker_leaves_from_an_event_loop_in_the_middle() {
        var saves = Flux.range(0, 300)
                .flatMap(
                        i -> Mono.firstWithSignal(
                                catalog.save(artifact("/" + i, "n" + i, "1", "c" + i, START)),
                                Mono.delay(Duration.ofMillis(i % 10)).then()),
                        300)
                .then();
        run(saves);

        run(catalog.check());
        var statistics = await(catalog.statistics(0, 0));
        var kept = all(catalog.below("/npm", "npmjs-1f", "", Instant.EPOCH));
        assertThat(statistics.artifacts()).isEqualTo(kept.size());
        assertThat(statistics.totalSizeBytes())
                .isEqualTo(kept.stream().mapToLong(Entry::size).sum());
    }

    @Test
    void many_look_for_the_same_entry_at_once() {
        var saved = artifact("/a.tgz", "a", "1", "a", START);
        run(catalog.save(saved));
        reopen();

        StepVerifier.create(Flux.range(0, 500).flatMap(i -> catalog.find(saved.key()), 500))
                .expectNextCount(500)
                .verifyComplete();
    }

    @Test
    void statistics_count_artifacts_by_package_and_version() {
        run(catalog.save(artifact("/a-1.tgz", "a", "1", "a1", START)));
        run(catalog.save(artifact("/a-1.tgz.asc", "a", "1", "sign", START.plusSeconds(1))));
        run(catalog.save(artifact("/a-2.tgz", "a", "2", "a2", START.plusSeconds(2))));
        run(catalog.save(artifact("/b.tgz", "b", null, "b", START.plusSeconds(3))));
        run(catalog.save(entry(key("/a"), "npm", Entry.Kind.INDEX, "a", null, "index", START.plusSeconds(4))));
        run(catalog.save(entry(
                new CacheKey("/x", "u", "/no/package", ""), "generic", Entry.Kind.ARTIFACT, null, null, "?", START)));
        catalog.touched(key("/a-1.tgz"));
        catalog.touched(key("/a-1.tgz.asc"));
        catalog.touched(key("/b.tgz"));
        catalog.touched(key("/a"));

        var statistics = await(catalog.statistics(5, 2));

        assertThat(statistics)
                .isEqualTo(new Statistics(
                        2,
                        2,
                        5,
                        15,
                        4,
                        0,
                        List.of(new Statistics.ByFormat("generic", 1, 1, 0), new Statistics.ByFormat("npm", 4, 14, 4)),
                        List.of(
                                new Statistics.Popular("npm", "a", "1", 2, 6),
                                new Statistics.Popular("npm", "b", null, 1, 1)),
                        List.of(
                                new Statistics.Recent("npm", "b", null, START.plusSeconds(3), 1),
                                new Statistics.Recent("npm", "a", "2", START.plusSeconds(2), 2)),
                        List.of()));
    }

    @Test
    void an_artifact_turns_out_to_belong_to_another_package() {
        run(catalog.save(artifact("/a.tgz", "a", "1", "x", START)));
        run(catalog.save(artifact("/a.tgz", "b", "2", "x", START)));

        var statistics = await(catalog.statistics(0, 9));
        assertThat(statistics.packages()).isEqualTo(1);
        assertThat(statistics.artifacts()).isEqualTo(1);
        assertThat(statistics.recent()).extracting(Statistics.Recent::name).containsExactly("b");
    }

    @Test
    void twenty_thousand_entries() {
        var count = 20_000;
        run(Flux.range(0, count)
                .flatMap(
                        i -> catalog.save(artifact("/p" + i, "n" + i % 500, "v" + i % 4000, "c" + i % 9000, START)), 64)
                .then());
        IntStream.range(0, count).forEach(i -> catalog.touched(key("/p" + i)));

        var statistics = await(catalog.statistics(3, 3));
        assertThat(statistics.artifacts()).isEqualTo(count);
        assertThat(statistics.packages()).isEqualTo(500);
        assertThat(statistics.versions()).isEqualTo(4000);
        assertThat(statistics.hits()).isEqualTo(count);
        assertThat(all(catalog.leastRecentlyUsed(100))).hasSize(100);
        assertThat(below("/p1999", Instant.EPOCH)).hasSize(11);
    }

    private void reopen() {
        run(catalog.close());
        open();
    }

    private void hit(String path, int times) {
        IntStream.range(0, times).forEach(i -> catalog.touched(key(path)));
    }

    private List<String> below(String prefix, Instant since) {
        return all(catalog.below("/npm", "npmjs-1f", prefix, since)).stream()
                .map(it -> it.key().path())
                .toList();
    }

    private static Statistics statisticsOfNothing(String format) {
        return new Statistics(
                0, 0, 0, 0, 0, 0, List.of(new Statistics.ByFormat(format, 0, 0, 0)), List.of(), List.of(), List.of());
    }
}
