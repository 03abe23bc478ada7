package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The registry says that something does not exist. */
interface AbsenceSituations extends Stage {

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    default void an_index_does_not_exist(int status) {
        assertAbsent(index(), status, indexAbsence());
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    default void an_artifact_does_not_exist(int status) {
        walkThere();
        assertAbsent(artifact(), status, artifactAbsence());
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    default void an_index_was_deleted(int status) {
        warm();
        letTheIndexGrowStale();
        index().host().status(index().at(), status);

        assertThat(get(index()).statusCode()).isEqualTo(status);
        assertThat(holds(index())).isFalse();
        assertThat(get(artifact()).body())
                .as("what is held stays")
                .isEqualTo(artifact().bytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    default void an_artifact_was_deleted(int status) {
        warm();
        artifact().host().status(artifact().at(), status);
        gateway().clock().advance(Duration.ofDays(400));

        assertThat(get(artifact()).body()).isEqualTo(artifact().bytes());
        assertThat(artifact().asked()).isEqualTo(1);
    }

    private void assertAbsent(Piece piece, int status, Duration remembered) {
        piece.host().status(piece.at(), status);

        var first = get(piece);
        assertThat(first.statusCode()).isEqualTo(status);
        assertError(first);
        assertThat(Stage.cacheStatus(first)).isEqualTo("gateway; fwd=miss; fwd-status=" + status);
        assertThat(piece.asked()).isEqualTo(1);
        assertNothingKeptOf(piece, piece.bytes());

        var second = get(piece);
        assertThat(second.statusCode()).isEqualTo(status);
        assertThat(piece.asked()).isEqualTo(remembered.isZero() ? 2 : 1);
        if (!remembered.isZero()) {
            assertThat(Stage.cacheStatus(second)).isEqualTo("gateway; hit; detail=negative");
        }

        piece.host().serve(piece.at(), piece.bytes()).type(piece.type());
        gateway().clock().advance(remembered.plusSeconds(1));
        assertThat(get(piece).statusCode()).isEqualTo(200);
        assertThat(holds(piece)).isTrue();
    }
}
