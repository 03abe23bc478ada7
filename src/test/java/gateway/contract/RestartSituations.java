package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

/** The gateway stops and starts again, with all that it had or with less. */
interface RestartSituations extends Stage {

    @Test
    default void the_gateway_starts_again() {
        byte[] index = get(index()).body();
        warm();
        long artifacts = artifactsInCatalog();

        start("");
        stopUpstream();

        assertHeld(index);
        assertThat(artifactsInCatalog()).isEqualTo(artifacts);
    }

    @Test
    default void the_database_is_lost() {
        byte[] index = get(index()).body();
        warm();
        long artifacts = artifactsInCatalog();
        gateway().stop();
        gateway().deleteDatabase();

        start("");
        stopUpstream();

        assertHeld(index);
        // It is rebuilt while clients are served.
        await().untilAsserted(() -> assertThat(artifactsInCatalog()).isEqualTo(artifacts));
    }

    @Test
    default void the_database_is_lost_and_the_index_is_stale() {
        byte[] index = get(index()).body();
        letTheIndexGrowStale();
        gateway().stop();
        gateway().deleteDatabase();
        start("");

        var answer = get(index());

        assertThat(answer.body()).isEqualTo(index);
        assertThat(Stage.cacheStatus(answer))
                .as("validators are kept with the bytes")
                .isEqualTo("gateway; fwd=stale; fwd-status=304");
    }

    @Test
    default void an_index_that_did_not_exist_before_the_gateway_started_again() {
        assertStillAbsent(index());
    }

    @Test
    default void an_artifact_that_did_not_exist_before_the_gateway_started_again() {
        walkThere();
        assertStillAbsent(artifact());
    }

    /** Remembered for as long as the registry cannot be asked again, and no longer. */
    private void assertStillAbsent(Piece piece) {
        piece.host().status(piece.at(), 404);
        assertThat(get(piece).statusCode()).isEqualTo(404);

        start("");
        stopUpstream();

        var answer = get(piece);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; fwd=stale; detail=stale-if-error");
        assertError(answer);
        assertThat(head(piece).statusCode()).isEqualTo(404);

        upstream().restart();
        files().restart();
        piece.host().serve(piece.at(), piece.bytes()).type(piece.type());
        assertThat(get(piece).statusCode()).isEqualTo(200);
        assertThat(holds(piece)).isTrue();
    }

    private void assertHeld(byte[] index) {
        var indexAgain = get(index());
        assertThat(indexAgain.body()).isEqualTo(index);
        assertThat(Stage.cacheStatus(indexAgain)).isEqualTo("gateway; hit");
        var artifactAgain = get(artifact());
        assertThat(artifactAgain.body()).isEqualTo(artifact().bytes());
        assertThat(Stage.cacheStatus(artifactAgain)).isEqualTo("gateway; hit");
    }
}
