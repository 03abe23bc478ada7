package gateway.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What of a store's folder belongs to the tree of links and manifests. */
class WalkTest {

    @TempDir
    private Path root;

    @Test
    void foldersOfOthersAreLeftAlone() throws Exception {
        String half = "." + UUID.randomUUID() + ".tmp";
        for (String name : new String[] {"npm/x/.x.tgz.meta", "npm/" + half, ".git/ab/.x.meta", ".git/ab/" + half}) {
            Path file = root.resolve(name);
            Files.createDirectories(file.resolve("..").normalize());
            Files.writeString(file, "{}");
        }
        Holdings holdings = Holdings.ofStopped(root);

        assertEmits(holdings.places(), "npm/x/.x.tgz.meta");
        assertEmits(holdings.leftovers(), "npm/" + half);
        StepVerifier.create(new Tree(root).manifests())
                .assertNext(json -> assertThat(json).asString().isEqualTo("{}"))
                .verifyComplete();
    }

    private static void assertEmits(Flux<String> paths, String only) {
        StepVerifier.create(paths).expectNext(only).verifyComplete();
    }
}
