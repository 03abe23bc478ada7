package gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gateway.format.Ask;
import gateway.format.Format;
import gateway.format.Resource;
import java.util.Optional;

/**
 * What formats say of paths, remembered: most requests of a farm are for the same few thousand files, and to take a path
 * apart costs more than the rest of a hit.
 */
final class Resolutions {

    private static final long BYTES = 16L << 20;
    /** Objects of one resource, without the text. */
    private static final int OVERHEAD = 1000;

    private final Cache<Question, Optional<Resource>> known = Caffeine.newBuilder()
            .maximumWeight(BYTES)
            .weigher((Question question, Optional<Resource> resource) -> OVERHEAD
                    + 4
                            * (question.ask().path().length()
                                    + question.ask().query().length()))
            .executor(Runnable::run)
            .build();

    private record Question(Format format, Ask ask) {}

    /** As {@link gateway.format.Format#resolve}, which depends on nothing but what it is asked. */
    Optional<Resource> of(Request request) {
        Question question = new Question(request.mount().format(), request.ask());
        Optional<Resource> resource = known.getIfPresent(question);
        if (resource == null) {
            resource = request.mount().format().resolve(request.ask());
            known.put(question, resource);
        }
        return resource;
    }
}
