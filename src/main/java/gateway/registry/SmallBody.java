package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.ProjectRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import reactor.core.publisher.Mono;

/** Bodies of a few words. */
final class SmallBody {

    private static final int MOST = 64 << 10;

    private SmallBody() {}

    /** All of it, as UTF-8; a failure with status 413 when it has more than 64 KiB. */
    static Mono<String> text(ProjectRequest request) {
        return request.body()
                .map(SmallBody::bytes)
                .reduceWith(ByteArrayOutputStream::new, (before, more) -> {
                    if (before.size() + more.length > MOST) {
                        throw new Failure(413, "the body has more than 64 KiB", null, null);
                    }
                    before.writeBytes(more);
                    return before;
                })
                .map(all -> all.toString(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(ByteBuf buffer) {
        try {
            return ByteBufUtil.getBytes(buffer);
        } finally {
            buffer.release();
        }
    }
}
