package gateway.project;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gateway.project.PackageQuery.Order;
import gateway.support.FakeClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

class R2dbcPackagesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path folder;

    private final FakeClock clock = new FakeClock();

    @SuppressWarnings("NullAway.Init") // before each test
    private PackagesDatabase database;

    @BeforeEach
    void open() {
        database = PackagesDatabase.open(folder, clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private R2dbcPackages packages() {
        return database.packages();
    }

    private static <T> T now(Mono<T> mono) {
        return requireNonNull(mono.block(PATIENCE));
    }

    /** To the very database that is open in this JVM. */
    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:h2:" + folder.resolve("projects.db").toAbsolutePath(), "gateway", "");
    }

    private PackageFile file(long project, String name, @Nullable String version, String file, String digit) {
        String path = "/" + name + "/" + (version == null ? "" : version + "/") + file;
        return new PackageFile(
                0,
                0,
                project,
                "maven",
                name,
                version,
                path,
                file,
                12,
                digit.repeat(64),
                digit.repeat(40),
                digit.repeat(32),
                "text/xml",
                new PackageFile.Pulled("http://upstream.test/r", "\"etag\"", null),
                null,
                clock.instant());
    }

    private PackageFile saved(long project, String name, @Nullable String version, String file) {
        clock.advance(Duration.ofSeconds(1));
        return now(packages().save(file(project, name, version, file, "a")));
    }

    private static PackageQuery all(long... projects) {
        return new PackageQuery(
                Arrays.stream(projects).boxed().toList(),
                null,
                null,
                null,
                null,
                false,
                Order.CREATED_AT,
                false,
                1,
                20);
    }

    @Test
    void a_file_comes_back_with_its_numbers_also_after_a_kill() {
        PackageFile saved = saved(42, "g/a", "1", "a-1.pom");
        assertThat(saved.id()).isPositive();
        assertThat(saved.packageId()).isPositive();

        database.kill();
        open();

        assertThat(now(packages().find(42, "maven", "/g/a/1/a-1.pom"))).isEqualTo(saved);
        assertThat(packages().find(43, "maven", "/g/a/1/a-1.pom").block(PATIENCE))
                .isNull();
        assertThat(packages().find(42, "generic", "/g/a/1/a-1.pom").block(PATIENCE))
                .isNull();
    }

    @Test
    void files_of_one_version_share_their_package() {
        PackageFile pom = saved(42, "g/a", "1", "a-1.pom");
        PackageFile jar = saved(42, "g/a", "1", "a-1.jar");
        PackageFile other = saved(42, "g/a", "2", "a-2.jar");
        PackageFile elsewhere = saved(43, "g/a", "1", "a-1.jar");

        assertThat(jar.packageId()).isEqualTo(pom.packageId());
        assertThat(other.packageId()).isNotEqualTo(pom.packageId());
        assertThat(elsewhere.packageId()).isNotEqualTo(pom.packageId());
        RegistryPackage item = now(packages().show(42, pom.packageId()));
        assertThat(now(packages().files(item).collectList())).containsExactly(pom, jar);
        assertThat(packages().show(43, pom.packageId()).block(PATIENCE)).isNull();
    }

    @Test
    void a_newer_file_takes_the_place_of_an_older_one() {
        PackageFile old = saved(42, "g/a", "1", "a-1.jar");
        assertThat(now(packages().find(42, "maven", old.path()))).isEqualTo(old);
        PackageFile newer = now(packages().save(file(42, "g/a", "1", "a-1.jar", "b")));

        assertThat(now(packages().find(42, "maven", "/g/a/1/a-1.jar"))).isEqualTo(newer);
        assertThat(newer.id()).isNotEqualTo(old.id());
        packages().remove(old).block(PATIENCE);
        assertThat(now(packages().find(42, "maven", "/g/a/1/a-1.jar"))).isEqualTo(newer);
        packages().remove(newer).block(PATIENCE);
        packages().remove(newer).block(PATIENCE);
        assertThat(packages().find(42, "maven", "/g/a/1/a-1.jar").block(PATIENCE))
                .isNull();
        assertThat(now(packages().list(all(42))).total()).isEqualTo(1);
    }

    @Test
    void what_was_asked_for_lately_waits_for_no_statement() throws Exception {
        PackageFile jar = saved(42, "g/a", "1", "a-1.jar");
        assertThat(now(packages().find(42, "maven", jar.path()))).isEqualTo(jar);

        try (Connection exclusive = connect();
                Statement statement = exclusive.createStatement()) {
            statement.execute("SET EXCLUSIVE 1");
            assertThatThrownBy(this::connect).isInstanceOf(SQLException.class).hasMessageContaining("exclusive");

            assertThat(now(packages().find(42, "maven", jar.path()))).isEqualTo(jar);
            statement.execute("SET EXCLUSIVE FALSE");
        }
    }

    @Test
    void a_tag_stands_for_a_version_that_is_there() {
        PackageFile one = saved(42, "g/a", "1", "a-1.jar");
        saved(42, "g/a", "2", "a-2.jar");
        packages().tag(42, "maven", "g/a", "latest", "1").block(PATIENCE);
        packages().tag(42, "maven", "g/a", "next", "2").block(PATIENCE);
        packages().tag(42, "maven", "g/a", "old", "1").block(PATIENCE);
        packages().tag(42, "maven", "g/a", "latest", "2").block(PATIENCE);
        packages().tag(42, "maven", "g/a", "missing", "3").block(PATIENCE);

        assertThat(now(packages().tags(42, "maven", "g/a")))
                .containsExactly(Map.entry("latest", "2"), Map.entry("next", "2"), Map.entry("old", "1"));
        packages().tag(42, "maven", "g/a", "next", null).block(PATIENCE);
        packages().delete(one.packageId()).block(PATIENCE);
        assertThat(now(packages().tags(42, "maven", "g/a"))).containsExactly(Map.entry("latest", "2"));
    }

    @Test
    void what_is_remembered_is_what_was_written_last() {
        String path = saved(42, "g/a", "1", "a-1.jar").path();
        for (int i = 0; i < 200; i++) {
            Mono<PackageFile> reads = packages().find(42, "maven", path);
            Mono<PackageFile> write = packages().save(file(42, "g/a", "1", "a-1.jar", "" + i % 10));
            PackageFile newest =
                    now(Mono.zip(write, reads.repeat(3).then(Mono.just(true)))).getT1();

            assertThat(now(packages().find(42, "maven", path))).isEqualTo(newest);
        }
        PackageFile described = now(packages().describe(now(packages().find(42, "maven", path)), "{}"));
        assertThat(now(packages().find(42, "maven", path))).isEqualTo(described);
        assertThat(described.metadata()).isEqualTo("{}");
    }

    @Test
    void a_package_is_deleted_with_its_files() {
        PackageFile pom = saved(42, "g/a", "1", "a-1.pom");
        PackageFile jar = saved(42, "g/a", "1", "a-1.jar");
        saved(42, "g/a", "2", "a-2.jar");
        assertThat(now(packages().find(42, "maven", jar.path()))).isEqualTo(jar);

        assertThat(now(packages().delete(pom.packageId()))).containsExactlyInAnyOrder(pom, jar);

        assertThat(packages().find(42, "maven", jar.path()).block(PATIENCE)).isNull();
        assertThat(now(packages().list(all(42))).packages())
                .extracting(RegistryPackage::version)
                .containsExactly("2");
    }

    @Test
    void lists_are_filtered_ordered_and_cut_into_pages() {
        saved(42, "g/zeta_", "1", "z");
        saved(42, "g/alpha", "3", "a");
        saved(42, "g/Alpha", "2", "a");
        saved(42, "g/alpha", null, "maven-metadata.xml");
        saved(41, "g/other", "1", "o");

        assertThat(names(all(42))).containsExactly("g/zeta_ 1", "g/alpha 3", "g/Alpha 2");
        assertThat(names(all())).isEmpty();
        assertThat(names(query(List.of(42L), null, null, true, Order.CREATED_AT, true)))
                .containsExactly("g/alpha null", "g/Alpha 2", "g/alpha 3", "g/zeta_ 1");
        assertThat(names(query(List.of(42L), "ALPH", null, false, Order.CREATED_AT, false)))
                .containsExactly("g/alpha 3", "g/Alpha 2");
        assertThat(names(query(List.of(42L), "_", null, false, Order.CREATED_AT, false)))
                .containsExactly("g/zeta_ 1");
        assertThat(names(query(List.of(42L), null, "2", false, Order.CREATED_AT, false)))
                .containsExactly("g/Alpha 2");
        assertThat(names(query(List.of(42L), null, null, false, Order.VERSION, true)))
                .containsExactly("g/alpha 3", "g/Alpha 2", "g/zeta_ 1");
        assertThat(names(query(List.of(42L), null, null, false, Order.NAME, false)))
                .containsExactly("g/Alpha 2", "g/alpha 3", "g/zeta_ 1");
        assertThat(names(query(List.of(41L, 42L), null, "1", false, Order.PROJECT_PATH, false)))
                .containsExactly("g/other 1", "g/zeta_ 1");
        assertThat(names(query(List.of(42L, 41L), null, "1", false, Order.PROJECT_PATH, false)))
                .containsExactly("g/zeta_ 1", "g/other 1");
        PackageQuery second =
                new PackageQuery(List.of(42L), "maven", null, null, null, false, Order.CREATED_AT, false, 2, 2);
        assertThat(names(second)).containsExactly("g/Alpha 2");
        assertThat(now(packages().list(second)).total()).isEqualTo(3);
    }

    private PackageQuery query(
            List<Long> projects,
            @Nullable String name,
            @Nullable String version,
            boolean versionless,
            Order order,
            boolean descending) {
        return new PackageQuery(projects, null, name, version, null, versionless, order, descending, 1, 20);
    }

    private List<String> names(PackageQuery query) {
        return now(packages().list(query)).packages().stream()
                .map(item -> item.name() + " " + item.version())
                .toList();
    }

    @Test
    void what_is_hidden_is_listed_only_for_those_who_ask_for_it() {
        PackageFile file = saved(42, "g/a", "1", "a-1.jar");
        saved(42, "g/b", "1", "b-1.jar");
        packages().hide(file, true).block(PATIENCE);

        assertThat(names(all(42))).containsExactly("g/b 1");
        PackageQuery hidden =
                new PackageQuery(List.of(42L), null, null, null, "hidden", false, Order.NAME, false, 1, 20);
        assertThat(names(hidden)).containsExactly("g/a 1");
        packages().hide(file, false).block(PATIENCE);
        assertThat(names(all(42))).containsExactly("g/a 1", "g/b 1");
    }

    @Test
    void times_of_downloads_are_written_together() {
        PackageFile file = saved(42, "g/a", "1", "a-1.jar");
        clock.advance(Duration.ofHours(1));
        Instant then = clock.instant();
        packages().downloaded(file);
        packages().flush().block(PATIENCE);

        assertThat(now(packages().show(42, file.packageId())).lastDownloadedAt())
                .isEqualTo(then);
        clock.advance(Duration.ofHours(1));
        packages().downloaded(file);
        database.close();
        open();
        assertThat(now(packages().show(42, file.packageId())).lastDownloadedAt())
                .isEqualTo(then.plus(Duration.ofHours(1)));
    }
}
