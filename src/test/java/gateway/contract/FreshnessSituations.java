package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Time passes, and the registry's index stays or changes. */
interface FreshnessSituations extends Stage {

    @Test
    default void a_fresh_index_is_not_confirmed() {
        Duration fresh = freshness();
        publishNextEdition();
        gateway().clock().advance(fresh);

        var answer = get(index());

        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; hit");
        assertThat(Stage.header(answer, "Age")).isEqualTo(Long.toString(fresh.toSeconds()));
        assertThat(index().asked()).isEqualTo(1);
    }

    @Test
    default void a_stale_index_has_not_changed() {
        byte[] before = get(index()).body();
        letTheIndexGrowStale();

        var answer = get(index());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(before);
        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; fwd=stale; fwd-status=304");
        assertThat(Stage.header(answer, "Age")).isEqualTo("0");
        assertThat(index().lastRequest().header("If-None-Match")).isEqualTo("\"edition-1\"");
        assertThat(index().asked()).isEqualTo(2);
        assertThat(Stage.cacheStatus(get(index()))).isEqualTo("gateway; hit");
        assertThat(index().asked()).isEqualTo(2);
    }

    @Test
    default void a_stale_index_has_a_date_and_no_etag() {
        String date = "Sun, 01 Mar 2026 10:00:00 GMT";
        index().host().serve(index().at(), index().bytes()).type(index().type()).lastModified(date);
        var first = get(index());
        assertThat(Stage.header(first, "Last-Modified")).isEqualTo(date);
        letTheIndexGrowStale();

        var answer = get(index());

        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; fwd=stale; fwd-status=304");
        assertThat(index().lastRequest().header("If-Modified-Since")).isEqualTo(date);
    }

    @Test
    default void a_stale_index_has_changed() {
        byte[] before = index().bytes();
        warm();
        letTheIndexGrowStale();
        publishNextEdition();

        var answer = get(index());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertIndex(Stage.text(answer));
        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; fwd=stale; fwd-status=200; stored");
        assertThat(holds(index())).isTrue();
        assertThat(Stage.cacheStatus(get(index()))).isEqualTo("gateway; hit");
        assertThat(gateway().store().holds(format() + "/" + index().place(), before))
                .isFalse();
        assertThat(get(artifact()).body()).isEqualTo(artifact().bytes());
    }

    @Test
    default void an_index_is_shown_while_it_is_refreshed() {
        byte[] before = get(index()).body();
        publishNextEdition();
        gateway().clock().advance(freshness().plusSeconds(1));

        var answer = get(index());

        if (!refreshesBehind()) {
            assertIndex(Stage.text(answer));
            return;
        }
        assertThat(answer.body()).isEqualTo(before);
        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; hit; detail=stale-while-revalidate");
        await().untilAsserted(() -> assertIndex(Stage.text(get(index()))));
        assertThat(index().asked()).isEqualTo(2);
    }

    @Test
    default void a_client_insists_on_a_confirmation() {
        get(index());
        publishNextEdition();

        get(index(), "Cache-Control", "no-cache");
        assertThat(index().asked()).as("within seconds, as farms of clients do").isEqualTo(1);

        gateway().clock().advance(Duration.ofSeconds(11));
        assumeThat(freshness()).isGreaterThan(Duration.ofSeconds(11));
        assertIndex(Stage.text(get(index(), "Cache-Control", "no-cache")));
        assertThat(index().asked()).isEqualTo(2);
    }

    @Test
    default void an_artifact_is_never_confirmed() {
        warm();
        artifact().host().serve(artifact().at(), artifact().damaged());
        gateway().clock().advance(Duration.ofDays(400));

        var answer = get(artifact(), "Cache-Control", "no-cache");

        assertThat(answer.body()).isEqualTo(artifact().bytes());
        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; hit");
        assertThat(artifact().asked()).isEqualTo(1);
    }
}
