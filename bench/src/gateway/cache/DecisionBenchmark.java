package gateway.cache;

import gateway.catalog.CacheKey;
import gateway.catalog.Entry;
import gateway.format.Ask;
import gateway.format.Cacheable;
import gateway.format.Formats;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to decide whether a held file can be served. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecisionBenchmark {

    private final Instant now = Instant.parse("2026-01-01T00:00:30Z");
    private final Cacheable artifact = resolved("/lodash/-/lodash-4.17.21.tgz");
    private final Cacheable index = resolved("/lodash");
    private final Entry entry = new Entry(
            CacheKey.of("/npm", "npm-1f", "/lodash"),
            "npm",
            Entry.Kind.INDEX,
            "/npm/lodash/index.json",
            "00".repeat(32),
            1000,
            "application/json",
            null,
            null,
            "https://registry.example/lodash",
            Map.of(),
            false,
            "lodash",
            null,
            now.minusSeconds(30),
            now.minusSeconds(30));

    @Benchmark
    public Object artifact() {
        return Decision.of(artifact, entry, Directives.NONE, now);
    }

    @Benchmark
    public Object freshIndex() {
        return Decision.of(index, entry, Directives.NONE, now);
    }

    @Benchmark
    public Object directives() {
        return Directives.parse("max-age=0, no-cache");
    }

    private static Cacheable resolved(String path) {
        return (Cacheable)
                Formats.named("npm").orElseThrow().resolve(Ask.get(path)).orElseThrow();
    }
}
