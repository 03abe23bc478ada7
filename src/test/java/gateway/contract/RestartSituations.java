package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

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

        assertThat(artifactsInCatalog()).isEqualTo(artifacts);
        assertHeld(index);
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

    private void assertHeld(byte[] index) {
        var indexAgain = get(index());
        assertThat(indexAgain.body()).isEqualTo(index);
        assertThat(Stage.cacheStatus(indexAgain)).isEqualTo("gateway; hit");
        var artifactAgain = get(artifact());
        assertThat(artifactAgain.body()).isEqualTo(artifact().bytes());
        assertThat(Stage.cacheStatus(artifactAgain)).isEqualTo("gateway; hit");
    }
}
