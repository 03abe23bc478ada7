package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The registry is down, hangs, refuses or wants to be left alone. */
interface OutageSituations extends Stage {

    String IMPATIENT = "network: { response_timeout: 300ms, idle_timeout: 300ms }";

    @Test
    default void the_registry_is_down_and_all_is_held() {
        byte[] index = get(index()).body();
        warm();
        stopUpstream();

        assertThat(Stage.cacheStatus(get(index()))).isEqualTo("gateway; hit");
        letTheIndexGrowStale();
        assertStale(get(index()), index);
        var artifact = get(artifact());
        assertThat(artifact.body()).isEqualTo(artifact().bytes());
        assertThat(Stage.cacheStatus(artifact)).isEqualTo("gateway; hit");
    }

    @Test
    default void the_registry_is_down_and_nothing_is_held() {
        stopUpstream();

        for (Piece piece : List.of(index(), artifact())) {
            var answer = get(piece);
            assertThat(answer.statusCode()).as(piece.path()).isEqualTo(502);
            assertThat(Stage.retryAfter(answer)).isPresent();
            assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; fwd=miss");
            assertError(answer);
            assertThat(Stage.text(answer)).doesNotContain("Exception");
            assertNothingKeptOf(piece, piece.bytes());
        }
        assertThat(head(artifact()).statusCode()).isEqualTo(502);
    }

    @Test
    default void the_registry_comes_back() {
        stopUpstream();
        assertThat(get(index()).statusCode()).isEqualTo(502);

        upstream().restart();
        files().restart();

        warm();
        assertThat(holds(artifact())).isTrue();
    }

    @Test
    default void the_registry_hangs_and_nothing_is_held() {
        start(IMPATIENT);
        index().host().serve(index().at(), index().bytes()).stallAfter(-1);

        var answer = get(index());

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(Stage.retryAfter(answer)).isPresent();
        assertError(answer);
        assertNothingKeptOf(index(), index().bytes());
    }

    @Test
    default void an_artifact_hangs() {
        start(IMPATIENT);
        walkThere();
        artifact().host().serve(artifact().at(), artifact().bytes()).stallAfter(-1);

        assertThat(get(artifact()).statusCode()).isEqualTo(504);
        assertNothingKeptOf(artifact(), artifact().bytes());
    }

    @Test
    default void the_registry_hangs_and_a_stale_index_is_held() {
        byte[] before = get(index()).body();
        start(IMPATIENT);
        letTheIndexGrowStale();
        index().host().serve(index().at(), index().bytes()).stallAfter(-1);

        assertStale(get(index()), before);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 500, 503})
    default void the_registry_refuses(int status) {
        for (Piece piece : List.of(index(), artifact())) {
            piece.host().status(piece.at(), status);
            var answer = get(piece);
            assertThat(answer.statusCode()).as(piece.path()).isEqualTo(502);
            assertError(answer);
            assertNothingKeptOf(piece, ("status " + status).getBytes(StandardCharsets.UTF_8));
            assertThat(get(piece).statusCode()).isEqualTo(502);
            assertThat(piece.asked()).as("not remembered").isEqualTo(2);

            piece.host().serve(piece.at(), piece.bytes()).type(piece.type());
            assertThat(get(piece).statusCode()).isEqualTo(200);
            assertThat(holds(piece)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 429, 500, 503})
    default void the_registry_refuses_and_a_stale_index_is_held(int status) {
        byte[] before = get(index()).body();
        letTheIndexGrowStale();
        index().host().status(index().at(), status);

        assertStale(get(index()), before);
        assertThat(holds(index())).isTrue();
    }

    @Test
    default void the_registry_asks_to_slow_down() {
        walkThere();
        artifact().host().status(artifact().at(), 429).header("Retry-After", "7");

        var first = get(artifact());
        assertThat(first.statusCode()).isEqualTo(429);
        assertThat(Stage.retryAfter(first)).contains("7");
        assertError(first);
        assertNothingKeptOf(artifact(), artifact().bytes());

        artifact()
                .host()
                .serve(artifact().at(), artifact().bytes())
                .type(artifact().type());
        gateway().clock().advance(Duration.ofSeconds(3));
        var second = get(artifact());
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(Stage.retryAfter(second)).contains("4");
        assertThat(artifact().asked()).as("it is left alone so long").isEqualTo(1);

        gateway().clock().advance(Duration.ofSeconds(5));
        assertThat(get(artifact()).body()).isEqualTo(artifact().bytes());
    }

    private static void assertStale(HttpResponse<byte[]> answer, byte[] before) {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(before);
        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; fwd=stale; detail=stale-if-error");
    }
}
