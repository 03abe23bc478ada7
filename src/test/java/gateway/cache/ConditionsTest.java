package gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers that are read, and the one that is written, as tables. */
class ConditionsTest {

    /** Of a body of 1000 bytes. */
    @ParameterizedTest
    @CsvSource({
        "bytes=0-0,           0,    1",
        "bytes=0-999,         0,    1000",
        "bytes=10-19,         10,   20",
        "bytes=990-,          990,  1000",
        "bytes=990-5000,      990,  1000",
        "bytes=-10,           990,  1000",
        "bytes=-5000,         0,    1000",
        "' bytes=1-2 ',       1,    3",
        "bytes=1000-,         1000, 1000",
        "bytes=5000-6000,     1000, 1000",
        "bytes=-0,            1000, 1000",
        "bytes=0-999999999999999999, 0, 1000",
    })
    void a_range_is_asked_for(String header, long from, long to) {
        ByteRange range = Objects.requireNonNull(ByteRange.parse(header));

        assertThat(range.within(1000)).isEqualTo(new ByteRange(from, to, -1));
        assertThat(range.within(1000).isEmpty()).isEqualTo(from == to);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes=-",
                "bytes=",
                "bytes=5-4",
                "bytes=0-1,5-6",
                "bytes=a-b",
                "bytes=-1-2",
                "bytes 0-1",
                "lines=1-2",
                "bytes=0-9999999999999999999",
                "bytes=0x1-2"
            })
    void a_range_that_means_nothing_to_us(String header) {
        assertThat(ByteRange.parse(header)).isNull();
    }

    @Test
    void no_range_is_asked_for() {
        assertThat(ByteRange.parse(null)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        ",                                false, false",
        "no-cache,                        false, true",
        "No-Cache,                        false, true",
        "only-if-cached,                  true,  false",
        "'max-age=0, no-cache',           false, true",
        "'ONLY-IF-CACHED , max-stale=60', true,  false",
        "max-age=0,                       false, false",
        "no-store,                        false, false",
        "no-cache-really,                 false, false",
    })
    void a_client_sends_cache_control(@Nullable String header, boolean onlyIfCached, boolean revalidate) {
        assertThat(Directives.parse(header)).isEqualTo(new Directives(onlyIfCached, revalidate));
    }

    @Test
    void an_answer_tells_how_it_came_about() {
        assertThat(Outcome.HIT.header()).isEqualTo("gateway; hit");
        assertThat(Outcome.NEGATIVE.header()).isEqualTo("gateway; hit; detail=negative");
        assertThat(Outcome.REFRESHING.header()).isEqualTo("gateway; hit; detail=stale-while-revalidate");
        assertThat(Outcome.LOCAL.header()).isEqualTo("gateway; detail=local");
        assertThat(Outcome.miss(200, true, false).header()).isEqualTo("gateway; fwd=miss; fwd-status=200; stored");
        assertThat(Outcome.miss(200, true, true).header())
                .isEqualTo("gateway; fwd=miss; fwd-status=200; stored; collapsed");
        assertThat(Outcome.failed("miss").header()).isEqualTo("gateway; fwd=miss");
        assertThat(Outcome.bypass(200, "not-stored").header())
                .isEqualTo("gateway; fwd=bypass; fwd-status=200; detail=not-stored");
    }

    /** RFC 9211, section 2.2: what went forward was no hit. */
    @Test
    void an_answer_was_confirmed_or_could_not_be() {
        assertThat(Outcome.revalidated(304, false, false).header()).isEqualTo("gateway; fwd=stale; fwd-status=304");
        assertThat(Outcome.revalidated(200, true, true).header())
                .isEqualTo("gateway; fwd=stale; fwd-status=200; stored; collapsed");
        assertThat(Outcome.staleIfError().header()).isEqualTo("gateway; fwd=stale; detail=stale-if-error");
    }
}
