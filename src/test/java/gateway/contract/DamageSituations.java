package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes come cut or damaged; whatever clients see, it does not look complete, and nothing of it is kept. */
interface DamageSituations extends Stage {

    /** Below this size answers wait for the end of a body; above it they have begun. */
    int SMALL = 3000;

    int LARGE = 700_000;

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    default void an_artifact_is_cut(int size) {
        stock(size);
        walkThere();
        Piece artifact = artifact();
        artifact.host()
                .serve(artifact.at(), artifact.bytes())
                .type(artifact.type())
                .truncateAfter(artifact.bytes().length - 100);

        assertBroken(artifact, true);

        heal(artifact);
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    default void an_artifact_without_a_length_is_cut(int size) {
        stock(size);
        walkThere();
        Piece artifact = artifact();
        artifact.host()
                .serve(artifact.at(), artifact.bytes())
                .type(artifact.type())
                .chunked()
                .truncateAfter(artifact.bytes().length - 100);

        assertBroken(artifact, false);

        heal(artifact);
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    default void an_artifact_is_damaged(int size) {
        stock(size);
        walkThere();
        Piece artifact = artifact();
        artifact.host().serve(artifact.at(), artifact.damaged()).type(artifact.type());

        assertBroken(artifact, true);
        await().untilAsserted(() -> assertNothingKeptOf(artifact, artifact.damaged()));

        heal(artifact);
    }

    @Test
    default void an_artifact_is_damaged_and_nothing_else_was_asked_for() {
        Piece artifact = artifact();
        artifact.host().serve(artifact.at(), artifact.damaged()).type(artifact.type());

        int status = get(artifact).statusCode();

        switch (unseen()) {
            case REFUSED -> assertThat(status).isEqualTo(502);
            case PURGED, UNKNOWN -> assertThat(status).isEqualTo(200);
        }
        if (unseen() != Unseen.UNKNOWN) {
            await().untilAsserted(() -> assertNothingKeptOf(artifact, artifact.damaged()));
            heal(artifact);
        }
    }

    @Test
    default void an_index_is_cut() {
        Piece index = index();
        index.host().serve(index.at(), index.bytes()).type(index.type()).truncateAfter(index.bytes().length / 2);

        assertBroken(index, true);

        heal(index);
    }

    @Test
    default void an_index_is_cut_and_a_stale_one_is_held() {
        byte[] before = get(index()).body();
        letTheIndexGrowStale();
        publishNextEdition();
        Piece index = index();
        index.host().serve(index.at(), index.bytes()).type(index.type()).truncateAfter(index.bytes().length / 2);

        var answer = get(index);

        assertThat(answer.body()).isEqualTo(before);
        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; fwd=stale; detail=stale-if-error");
        assertThat(gateway().store().staged()).isEmpty();
    }

    /** Small bodies are waited for, if their length tells that they are small: then errors are answers. */
    private void assertBroken(Piece piece, boolean measured) {
        try {
            var answer = gateway().attempt("GET", mounted(piece.path()), accept(piece));
            assertThat(answer.statusCode()).isEqualTo(502);
            assertError(answer);
        } catch (IOException e) {
            assertThat(measured && piece.bytes().length < 2 * SMALL)
                    .as("cut off: " + e)
                    .isFalse();
        }
        await().untilAsserted(() -> assertNothingKeptOf(piece, piece.bytes()));
    }

    private void heal(Piece piece) {
        piece.host().serve(piece.at(), piece.bytes()).type(piece.type());
        var answer = get(piece);
        assertThat(answer.statusCode()).isEqualTo(200);
        await().until(() -> holds(piece));
        assertThat(get(artifact()).body()).isEqualTo(artifact().bytes());
    }
}
