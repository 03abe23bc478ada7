package gateway.cache;

import gateway.format.Accept;
import gateway.format.Ask;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * A client's request, routed and authorised.
 *
 * @param body only read when the request is passed through or stored; whoever reads it owns the buffers
 */
public record Request(Mount mount, Ask ask, Conditions conditions, Flux<ByteBuf> body) {

    /**
     * The request headers that the pipeline heeds.
     *
     * @param cacheControl null when absent, as are the others
     * @param gzip whether the client takes gzip
     * @param forwarded headers that a passed-through request may carry upstream
     */
    public record Conditions(
            @Nullable String ifNoneMatch,
            @Nullable String ifModifiedSince,
            @Nullable String range,
            @Nullable String ifRange,
            @Nullable String cacheControl,
            boolean gzip,
            Map<String, String> forwarded) {

        public static final Conditions NONE = new Conditions(null, null, null, null, null, false, Map.of());

        /** Bytes of the request's body as declared, -1 when they are not. */
        public long length() {
            String length = forwarded.get("Content-Length");
            try {
                return length == null ? -1 : Long.parseLong(length);
            } catch (NumberFormatException e) {
                return -1;
            }
        }
    }

    /** A GET without conditions. */
    public static Request get(Mount mount, String path, String query) {
        return new Request(mount, new Ask("GET", path, query, Accept.ANY), Conditions.NONE, Flux.empty());
    }

    /** The same request for the whole body, when the client would append the rest to a beginning that was wrong. */
    Request whole() {
        if (conditions.ifRange() == null) {
            return this;
        }
        Conditions without = new Conditions(
                conditions.ifNoneMatch(),
                conditions.ifModifiedSince(),
                null,
                null,
                conditions.cacheControl(),
                conditions.gzip(),
                conditions.forwarded());
        return new Request(mount, ask, without, body);
    }

    /** The same request to a part of its repository. */
    Request to(Mount part) {
        return new Request(part, ask, conditions, body);
    }

    boolean head() {
        return ask.method().equals("HEAD");
    }
}
