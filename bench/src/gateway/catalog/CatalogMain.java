package gateway.catalog;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** How the catalog does with many entries in a real file: {@code CatalogMain [entries] [folder]}, a million by default. */
public final class CatalogMain {

    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final int LOOKUPS = 10_000;
    private static final int USED = 10_000;
    private static final int FLUSHES = 3;
    private static final int EVICTED = 64;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final int entries;
    private final Path database;
    private final Random random = new Random(1);

    private CatalogMain(int entries, Path database) {
        this.entries = entries;
        this.database = database;
    }

    public static void main(String[] arguments) throws IOException {
        int entries = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        Path folder = arguments.length > 1 ? Path.of(arguments[1]) : Files.createTempDirectory("gateway-catalog");
        System.out.println("| work, " + entries + " entries | ms | CPU ms |\n| --- | ---: | ---: |");
        CatalogMain bench = new CatalogMain(entries, folder.resolve("proxy.db"));
        bench.fill();
        bench.use();
        bench.idle();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** What a rebuild writes, without reading the store. */
    private void fill() throws IOException {
        R2dbcCatalog catalog = open("open, empty");
        timed("save all, as a rebuild does", () -> Flux.range(0, entries)
                .flatMap(i -> catalog.save(entry(i)), 16)
                .then(catalog.rebuilt()));
        timed("close and compact, as a rebuild does", catalog::closeCompacted);
        size();
    }

    private void use() throws IOException {
        R2dbcCatalog catalog = open("open");
        each("look-up from the file", LOOKUPS, () -> catalog.find(key(random.nextInt(entries))));
        CacheKey hot = key(1);
        catalog.find(hot).block();
        Times began = Times.now();
        int found = 0;
        for (int i = 0; i < 1_000_000; i++) {
            found += catalog.hot(hot) == null ? 0 : 1;
        }
        report("look-up from memory, of " + found / 1_000_000, began, 1_000_000);
        timed("statistics", () -> catalog.statistics(10, 10));
        timed("recall what was used last", catalog::recall);
        for (int round = 1; round <= FLUSHES; round++) {
            timed("flush of " + USED + " used entries, round " + round, () -> {
                for (int i = 0; i < USED; i++) {
                    catalog.touched(key(random.nextInt(entries)));
                }
                return catalog.flush();
            });
        }
        timed("size of everything", catalog::totalSize);
        timed("eviction of " + EVICTED, () -> catalog.leastRecentlyUsed(EVICTED)
                .collectList()
                .flatMapMany(Flux::fromIterable)
                .concatMap(old -> catalog.remove(old.key()).then(catalog.refersTo(old.sha256())))
                .then(catalog.totalSize()));
        each("save of a new entry", 100, () -> catalog.save(entry(entries + random.nextInt(1 << 30))));
        timed("close after use", catalog::close);
        size();
    }

    private void idle() throws IOException {
        R2dbcCatalog catalog = open("open after use");
        timed("close without use", catalog::close);
        size();
    }

    private R2dbcCatalog open(String what) {
        Times began = Times.now();
        R2dbcCatalog catalog = Objects.requireNonNull(
                        CatalogDatabase.open(database, Clock.systemUTC()).block())
                .catalog();
        report(what, began, 1);
        return catalog;
    }

    private static void timed(String what, Supplier<Mono<?>> work) {
        Times began = Times.now();
        work.get().block();
        report(what, began, 1);
    }

    private static void each(String what, int times, Supplier<Mono<?>> work) {
        Times began = Times.now();
        for (int i = 0; i < times; i++) {
            work.get().block();
        }
        report(what + ", each", began, times);
    }

    private static void report(String what, Times began, int times) {
        Times now = Times.now();
        System.out.printf(
                "| %s | %.6f | %.6f |%n",
                what, (now.wall - began.wall) / 1e6 / times, (now.cpu - began.cpu) / 1e6 / times);
    }

    /** A moment, and the CPU time of this process until then, both in nanoseconds. */
    private record Times(long wall, long cpu) {
        static Times now() {
            return new Times(System.nanoTime(), SYSTEM.getProcessCpuTime());
        }
    }

    private void size() throws IOException {
        Path file = database.resolveSibling(database.getFileName() + ".mv.db");
        System.out.printf("| (file: %d MiB) | | |%n", Files.size(file) >> 20);
    }

    private static CacheKey key(int number) {
        return CacheKey.of("/npm", "npm-0123456789abcdef", "/package-" + number / 5 + "/-/package-" + number / 5 + "-1." + number % 5
                + ".0.tgz");
    }

    private static Entry entry(int number) {
        CacheKey key = key(number);
        String name = "package-" + number / 5;
        Instant at = START.plusSeconds(number);
        return new Entry(
                key,
                "npm",
                Entry.Kind.ARTIFACT,
                "npm/" + name + "/1." + number % 5 + ".0/" + name + ".tgz",
                sha256(key.path()),
                20_000 + number % 1000,
                "application/octet-stream",
                "\"" + number + "\"",
                "Thu, 01 Jan 2026 00:00:00 GMT",
                "https://registry.example" + key.path(),
                Map.of("sha512", sha256(key.path()) + sha256(name)),
                true,
                name,
                "1." + number % 5 + ".0",
                at,
                at);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
