package gateway.cache;

import gateway.format.Ask;
import gateway.project.Caller;
import gateway.project.Project;
import gateway.project.Rights;
import io.netty.buffer.ByteBuf;
import java.net.URI;
import reactor.core.publisher.Flux;

/**
 * Registry traffic of one project, authenticated, and let through the gates that all such traffic has.
 *
 * @param rights what the caller may do in the project
 * @param format such as {@code maven}
 * @param base public URL of the format's root, without a trailing slash
 * @param ask path below the format's root
 * @param body only read when the request is stored; whoever reads it owns the buffers
 */
public record ProjectRequest(
        Project project,
        Caller caller,
        Rights rights,
        String format,
        URI base,
        Ask ask,
        Request.Conditions conditions,
        Flux<ByteBuf> body) {}
