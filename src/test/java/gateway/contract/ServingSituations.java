package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Nothing is wrong: content is asked for the first time, and again. */
interface ServingSituations extends Stage {

    @Test
    default void an_index_is_asked_for_the_first_time() {
        var answer = get(index());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertIndex(Stage.text(answer));
        assertThat(Stage.header(answer, "Content-Type")).isEqualTo(index().type());
        assertThat(Stage.header(answer, "ETag")).isEqualTo(indexTag(answer.body()));
        assertThat(Stage.header(answer, "Age")).isEqualTo("0");
        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; fwd=miss; fwd-status=200; stored");
        assertThat(index().asked("GET")).isEqualTo(1);
        assertThat(index().asked()).isEqualTo(1);
        assertThat(holds(index())).isTrue();
        assertThat(gateway().statistics().path("total_size_bytes").asLong())
                .isGreaterThanOrEqualTo(index().bytes().length);
    }

    @Test
    default void an_artifact_is_asked_for_the_first_time() {
        walkThere();
        long before = artifactsInCatalog();

        var answer = get(artifact());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(artifact().bytes());
        assertThat(Stage.header(answer, "Content-Type")).isEqualTo(artifact().type());
        assertThat(Stage.header(answer, "ETag")).isEqualTo(Stage.etag(artifact().bytes()));
        assertThat(Stage.header(answer, "Cache-Control")).contains("immutable");
        assertThat(Stage.header(answer, "X-Checksum-Sha256"))
                .isEqualTo(StoreFiles.hex("SHA-256", artifact().bytes()));
        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; fwd=miss; fwd-status=200; stored");
        assertThat(artifact().asked()).isEqualTo(1);
        assertThat(holds(artifact())).isTrue();
        assertThat(artifactsInCatalog()).isEqualTo(before + 1);
    }

    @Test
    default void an_artifact_is_asked_for_before_anything_else() {
        var answer = get(artifact());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(artifact().bytes());
        assertThat(artifact().asked()).isEqualTo(1);
        assertThat(holds(artifact())).isTrue();
    }

    @Test
    default void a_large_artifact_is_streamed() {
        stock(700_000);
        walkThere();

        var answer = get(artifact());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(artifact().bytes());
        assertThat(Stage.header(answer, "Content-Length"))
                .isEqualTo(Integer.toString(artifact().bytes().length));
        await().until(() -> holds(artifact()));
        assertThat(get(artifact()).body()).isEqualTo(artifact().bytes());
        assertThat(artifact().asked()).isEqualTo(1);
    }

    @Test
    default void clients_follow_the_links() {
        String document = Stage.text(gateway().get(mounted(linking()), accept(index())));

        assertThat(document)
                .doesNotContain(upstream().url().getAuthority())
                .doesNotContain(files().url().getAuthority());
        for (String link : links(document)) {
            assertThat(link).startsWith(TestGateway.BASE + mounted("/"));
            var answer = gateway().get(link.substring(TestGateway.BASE.length()));
            assertThat(answer.statusCode()).as(link).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(artifact().bytes());
        }
    }

    @Test
    default void what_is_held_is_asked_for_again() {
        String index = Stage.text(get(index()));
        warm();
        int before = upstream().requests().size() + files().requests().size();

        var indexAgain = get(index());
        var artifactAgain = get(artifact());

        assertThat(Stage.text(indexAgain)).isEqualTo(index);
        assertThat(Stage.cacheStatus(indexAgain)).isEqualTo("gateway; hit");
        assertThat(artifactAgain.body()).isEqualTo(artifact().bytes());
        assertThat(Stage.cacheStatus(artifactAgain)).isEqualTo("gateway; hit");
        assertThat(upstream().requests().size() + files().requests().size()).isEqualTo(before);
    }

    @Test
    default void a_client_takes_an_index_compressed() throws IOException {
        byte[] plain = get(index()).body();

        var answer = get(index(), "Accept-Encoding", "gzip");

        byte[] read = answer.body();
        if (Stage.header(answer, "Content-Encoding").equals("gzip")) {
            read = new GZIPInputStream(new ByteArrayInputStream(read)).readAllBytes();
            assertThat(Stage.header(answer, "Vary")).contains("Accept-Encoding");
        }
        assertThat(new String(read, StandardCharsets.UTF_8)).isEqualTo(new String(plain, StandardCharsets.UTF_8));
        assertThat(index().asked()).isEqualTo(1);
    }

    @Test
    default void a_browser_runs_nothing_of_what_it_is_given() {
        warm();
        for (Piece piece : List.of(index(), artifact())) {
            // Fetched, held, confirmed and without its body.
            for (var answer : List.of(
                    get(piece), get(piece), get(piece, "If-None-Match", "*"), get(piece, "Range", "bytes=0-1"))) {
                assertHarmless(answer);
            }
            assertHarmless(head(piece));
        }
        assertHarmless(gateway().get(mounted("/no/such/thing-1.0")));
        assertHarmless(gateway().send("DELETE", mounted(artifact().path())));
        boolean text = artifact().type().startsWith("text/plain");
        assertThat(Stage.header(get(artifact()), "Content-Disposition")).isEqualTo(text ? "" : "attachment");
        assertThat(Stage.header(get(index()), "Content-Disposition")).isEmpty();
    }

    private static void assertHarmless(HttpResponse<?> answer) {
        assertThat(Stage.header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(Stage.header(answer, "Content-Security-Policy")).startsWith("default-src 'none'; sandbox");
    }

    @Test
    default void an_index_is_wanted_only_if_it_is_cached() {
        var cold = get(index(), "Cache-Control", "only-if-cached");
        assertThat(cold.statusCode()).isEqualTo(504);
        assertThat(index().asked()).isZero();

        get(index());
        letTheIndexGrowStale();
        var held = get(index(), "Cache-Control", "only-if-cached");

        assertThat(held.statusCode()).isEqualTo(200);
        assertThat(index().asked()).isEqualTo(1);
        assertThat(Stage.cacheStatus(held)).isEqualTo("gateway; hit");
    }
}
