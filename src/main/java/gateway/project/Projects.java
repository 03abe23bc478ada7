package gateway.project;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Which projects there are, and who is who. Both answer from memory what they were asked moments ago. */
public interface Projects {

    /** The project of this number or path (in any case); empty when there is none. */
    Mono<Project> find(String idOrPath);

    /**
     * Who sent this. Never empty.
     *
     * @param presented null when nothing was sent
     */
    Mono<Caller> identify(@Nullable Presented presented);

    /** Grows with every change, so that what was decided before can be told from what holds now. */
    long generation();
}
