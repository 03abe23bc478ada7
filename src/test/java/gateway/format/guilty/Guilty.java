package gateway.format.guilty;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A format that does what no format may do, so that each rule is seen to fail. */
final class Guilty {
    private final Mono<Instant> later = Mono.fromSupplier(Instant::now);

    boolean readsFiles(Path path) {
        return Files.exists(path);
    }

    @Nullable
    Instant blocks() {
        return later.block();
    }

    Function<Mono<Instant>, @Nullable Instant> blocksByReference() {
        return Mono::block;
    }

    void subscribes() {
        later.subscribe();
    }
}
