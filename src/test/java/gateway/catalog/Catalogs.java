package gateway.catalog;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the tests of this package have in common: a clock, entries, and waiting. */
final class Catalogs {
    static final Instant START = Instant.parse("2026-03-04T05:06:07.123456789Z");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Catalogs() {}

    /** Time that passes when a test says so. */
    static final class StillClock extends Clock {
        private final AtomicReference<Instant> now = new AtomicReference<>(START);

        void advance(Duration by) {
            now.updateAndGet(it -> it.plus(by));
        }

        @Override
        public Instant instant() {
            return Objects.requireNonNull(now.get());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE));
    }

    static void run(Mono<Void> mono) {
        mono.block(PATIENCE);
    }

    static <T> List<T> all(Flux<T> flux) {
        return await(flux.collectList());
    }

    static CacheKey key(String path) {
        return CacheKey.of("/npm", "npmjs-1f", path);
    }

    static Entry artifact(String path, String name, @Nullable String version, String content, Instant at) {
        return entry(key(path), "npm", Entry.Kind.ARTIFACT, name, version, content, at);
    }

    static Entry entry(
            CacheKey key,
            String format,
            Entry.Kind kind,
            @Nullable String name,
            @Nullable String version,
            String content,
            Instant at) {
        return new Entry(
                key,
                format,
                kind,
                key.repository() + key.path(),
                sha256(content),
                content.length(),
                "application/octet-stream",
                null,
                null,
                "https://registry.example" + key.path(),
                Map.of(),
                false,
                name,
                version,
                at,
                at);
    }

    static String sha256(String content) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(content.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
