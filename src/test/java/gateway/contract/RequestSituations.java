package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Clients ask for less than the whole: HEAD, ranges, conditions. */
interface RequestSituations extends Stage {

    @Test
    default void head_of_an_artifact_that_is_not_held() {
        walkThere();

        var answer = head(artifact());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(Stage.header(answer, "Content-Length"))
                .isEqualTo(Integer.toString(artifact().bytes().length));
        assertThat(Stage.cacheStatus(answer)).isEqualTo("gateway; fwd=miss; fwd-status=200");
        assertThat(artifact().asked("HEAD")).isEqualTo(1);
        assertThat(artifact().asked("GET")).isZero();
        assertNothingKeptOf(artifact(), artifact().bytes());
    }

    @Test
    default void head_of_an_artifact_that_does_not_exist() {
        walkThere();
        artifact().host().status(artifact().at(), 404);

        assertThat(head(artifact()).statusCode()).isEqualTo(404);
    }

    @Test
    default void head_of_an_index_that_is_not_held() {
        var answer = head(index());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(index().asked("GET")).isEqualTo(1);
        assertThat(index().asked()).isEqualTo(1);
        assertThat(Stage.header(answer, "Content-Length"))
                .isEqualTo(Integer.toString(get(index()).body().length));
    }

    @Test
    default void head_of_what_is_held() {
        warm();
        for (Piece piece : List.of(index(), artifact())) {
            assertThat(headers(head(piece))).as(piece.path()).isEqualTo(headers(get(piece)));
            assertThat(head(piece).body()).isEmpty();
            assertThat(piece.asked()).isEqualTo(1);
        }
    }

    @Test
    default void parts_of_what_is_held() {
        warm();
        byte[] whole = artifact().bytes();
        int length = whole.length;

        assertPart(get(artifact(), "Range", "bytes=0-9"), 0, 10);
        assertPart(get(artifact(), "Range", "bytes=10-10"), 10, 11);
        assertPart(get(artifact(), "Range", "bytes=100-"), 100, length);
        assertPart(get(artifact(), "Range", "bytes=-5"), length - 5, length);
        assertPart(get(artifact(), "Range", "bytes=-" + (length + 7)), 0, length);
        assertPart(get(artifact(), "Range", "bytes=5-" + (length + 7)), 5, length);
        assertThat(artifact().asked()).isEqualTo(1);
    }

    @Test
    default void a_part_that_does_not_exist() {
        warm();
        int length = artifact().bytes().length;

        var answer = get(artifact(), "Range", "bytes=" + length + "-");

        assertThat(answer.statusCode()).isEqualTo(416);
        assertThat(Stage.header(answer, "Content-Range")).isEqualTo("bytes */" + length);
        assertThat(get(artifact(), "Range", "bytes=-0").statusCode()).isEqualTo(416);
    }

    @Test
    default void ranges_that_are_not_understood_get_the_whole() {
        warm();
        for (String range : List.of("bytes=0-1,5-6", "bytes=9-2", "bytes=-", "lines=1-2", "bytes=a-b")) {
            var answer = get(artifact(), "Range", range);
            assertThat(answer.statusCode()).as(range).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(artifact().bytes());
        }
    }

    @Test
    default void a_download_is_resumed() {
        warm();
        String etag = Stage.etag(artifact().bytes());

        assertPart(
                get(artifact(), "Range", "bytes=50-", "If-Range", etag),
                50,
                artifact().bytes().length);
        var other = get(artifact(), "Range", "bytes=50-", "If-Range", "\"another\"");
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.body()).isEqualTo(artifact().bytes());
        var weak = get(artifact(), "Range", "bytes=50-", "If-Range", "W/" + etag);
        assertThat(weak.statusCode()).isEqualTo(200);
    }

    @Test
    default void a_part_of_an_artifact_that_is_not_held() {
        walkThere();

        assertPart(get(artifact(), "Range", "bytes=10-19"), 10, 20);
        assertThat(artifact().asked()).isEqualTo(1);
        assertThat(holds(artifact())).isTrue();
    }

    @Test
    default void clients_have_it_already() {
        warm();
        for (Piece piece : List.of(index(), artifact())) {
            var first = get(piece);
            String etag = Stage.header(first, "ETag");
            for (String condition : List.of(etag, "W/" + etag, "\"other\", " + etag, "*")) {
                assertUnchanged(get(piece, "If-None-Match", condition), etag);
            }
            assertUnchanged(get(piece, "If-Modified-Since", Stage.header(first, "Last-Modified")), etag);
            var other = get(piece, "If-None-Match", "\"other\"");
            assertThat(other.statusCode()).isEqualTo(200);
            assertThat(other.body()).isEqualTo(first.body());
            assertThat(piece.asked()).isEqualTo(1);
        }
    }

    private static void assertUnchanged(HttpResponse<byte[]> answer, String etag) {
        assertThat(answer.statusCode()).isEqualTo(304);
        assertThat(answer.body()).isEmpty();
        assertThat(Stage.header(answer, "ETag")).isEqualTo(etag);
    }

    private void assertPart(HttpResponse<byte[]> answer, int from, int to) {
        byte[] whole = artifact().bytes();
        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(Stage.header(answer, "Content-Range"))
                .isEqualTo("bytes " + from + "-" + (to - 1) + "/" + whole.length);
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(whole, from, to));
    }

    private static Map<String, List<String>> headers(HttpResponse<?> answer) {
        return new TreeMap<>(answer.headers().map());
    }
}
