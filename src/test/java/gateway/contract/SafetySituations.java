package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients try what they should not. */
interface SafetySituations extends Stage {

    /** Ways to say: one folder up. */
    List<String> UP = List.of(
            "..",
            "%2e%2e",
            ".%2E",
            "..%2f..",
            "%2e%2e%2f%2e%2e",
            "..%5c..",
            "..\\..",
            "..%00",
            "%c0%ae%c0%ae",
            "..%0d");

    /** Ways that only a second decoding would understand. */
    List<String> UP_TWICE = List.of("%252e%252e", "..%252f..%252f..", "..%255c..", "%25%32%65%25%32%65");

    /** Everything that a format may do with these answers happens inside its own folder. */
    void assertNothingEscaped();

    @Test
    default void a_path_leads_out_of_the_mount() {
        for (String up : UP) {
            for (String target : List.of(
                    mounted("/" + up + "/" + up + "/" + up + "/canary"),
                    mounted("/a/" + up + "/" + up + "/b/canary-1.0.jar"),
                    mounted(folder(artifact()) + up + "/" + up + "/canary"),
                    mounted(artifact().path() + "/" + up))) {
                assertThat(gateway().statusOf(target)).as(target).isIn(400, 404);
            }
        }
        assertThat(upstream().requests()).isEmpty();
        assertThat(files().requests()).isEmpty();
        assertNothingEscaped();
    }

    @Test
    default void a_path_leads_out_of_the_mount_for_who_decodes_twice() {
        for (String up : UP_TWICE) {
            for (String path : List.of(
                    "/" + up + "/" + up + "/canary",
                    "/a/" + up + "/" + up + "/b/canary-1.0.jar",
                    folder(artifact()) + up + "/" + up + "/canary")) {
                // The registry has it, if it is asked at all: it is only a strange name.
                upstream().serve(path, "canary");
                assertThat(gateway().statusOf(mounted(path))).as(path).isIn(200, 400, 404, 502);
            }
        }
        // Nobody decodes twice on the way: what goes out has no more power than what came in.
        assertThat(upstream().requests())
                .map(request -> URLDecoder.decode(request.path(), StandardCharsets.UTF_8))
                .noneMatch(path -> path.matches("(.*/)?\\.\\.(/.*)?"));
        assertNothingEscaped();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE"})
    default void a_client_writes(String method) {
        warm();
        int before = upstream().requests().size() + files().requests().size();

        for (Piece piece : List.of(index(), artifact())) {
            var answer = gateway().send(method, mounted(piece.path()));
            assertThat(answer.statusCode()).as(piece.path()).isEqualTo(writeStatus());
            assertError(answer);
        }

        assertThat(upstream().requests().size() + files().requests().size()).isEqualTo(before);
        assertThat(get(artifact()).body()).isEqualTo(artifact().bytes());
        assertThat(get(index()).statusCode()).isEqualTo(200);
    }

    private static String folder(Piece piece) {
        return piece.path().substring(0, piece.path().lastIndexOf('/') + 1);
    }
}
