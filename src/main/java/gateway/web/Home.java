package gateway.web;

import gateway.cache.Mount;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** The page at {@code /}: what this is, what is mounted, and how to point each client here. */
final class Home {

    private final List<Mount> mounts;

    Home(List<Mount> mounts) {
        this.mounts = mounts;
    }

    Mono<ServerResponse> page(ServerRequest request) {
        StringBuilder text = new StringBuilder("gateway: a pull-through cache for package registries\n\n");
        mounts.forEach(mount -> text.append(mount.format().name())
                .append("  ")
                .append(mount.base())
                .append("/\n"));
        return ServerResponse.ok().contentType(MediaType.TEXT_PLAIN).bodyValue(text.toString());
    }
}
