package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.catalog.CacheKey;
import gateway.catalog.Entry;
import gateway.format.Cacheable;
import gateway.format.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is done about a request, by what is held, how old it is, and what the client asked. */
class DecisionTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    /** An index is fresh for a minute, and may be served for one more while it is refreshed. */
    @ParameterizedTest
    @CsvSource({
        "artifact, none,  ,               Fetch",
        "artifact, none,  only-if-cached, Refuse",
        "artifact, 0,     ,               Serve",
        "artifact, 99999, ,               Serve",
        "artifact, 99999, no-cache,       Serve",
        "artifact, 99999, only-if-cached, Serve",
        "index,    none,  ,               Fetch",
        "index,    none,  no-cache,       Fetch",
        "index,    none,  only-if-cached, Refuse",
        "index,    0,     ,               Serve",
        "index,    60,    ,               Serve",
        "index,    61,    ,               Serve and refresh",
        "index,    120,   ,               Serve and refresh",
        "index,    121,   ,               Revalidate",
        "index,    99999, only-if-cached, Serve",
        "index,    10,    no-cache,       Serve",
        "index,    11,    no-cache,       Revalidate",
        "index,    30,    max-age=0,      Serve",
        "index,    -5,    ,               Serve",
        "index,    -5,    no-cache,       Serve",
    })
    void a_request_comes(String kind, String age, @Nullable String cacheControl, String decision) {
        Cacheable resource = kind.equals("index")
                ? Resource.index("/p", "p").freshFor(Duration.ofMinutes(1))
                : Resource.artifact("/p", "p");
        Entry entry = age.equals("none") ? null : entry(NOW.minusSeconds(Long.parseLong(age)));

        Decision decided = Decision.of(resource, entry, Directives.parse(cacheControl), NOW);

        assertThat(name(decided)).isEqualTo(decision);
    }

    @Test
    void an_entry_is_there() {
        Entry entry = entry(NOW);

        assertThat(Decision.of(Resource.artifact("/p", "p"), entry, Directives.NONE, NOW))
                .isEqualTo(new Decision.Serve(entry, false));
    }

    private static String name(Decision decision) {
        return switch (decision) {
            case Decision.Serve serve -> serve.refresh() ? "Serve and refresh" : "Serve";
            case Decision.Fetch fetch -> "Fetch";
            case Decision.Revalidate revalidate -> "Revalidate";
            case Decision.Refuse refuse -> "Refuse";
        };
    }

    private static Entry entry(Instant validated) {
        return new Entry(
                CacheKey.of("/maven", "maven", "/p"),
                "maven",
                Entry.Kind.INDEX,
                "maven/p",
                "0".repeat(64),
                1,
                "text/plain",
                null,
                null,
                "http://upstream.test/p",
                Map.of(),
                false,
                null,
                null,
                validated,
                validated);
    }
}
