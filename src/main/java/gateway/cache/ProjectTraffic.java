package gateway.cache;

import reactor.core.publisher.Mono;

/** One kind of a project's registry traffic. */
public interface ProjectTraffic {

    /** The reply, never empty; failures are replies as well. */
    Mono<Reply> serve(ProjectRequest request);
}
