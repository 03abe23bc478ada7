package gateway.registry;

import gateway.cache.ProjectRequest;
import gateway.cache.Reply;
import gateway.format.Algorithm;
import java.util.HexFormat;

/** Documents that are made of rows at each request. */
final class Made {

    private Made() {}

    /** The document with a tag over its bytes; only the tag when the client has it already. */
    static Reply reply(ProjectRequest request, String contentType, byte[] document) {
        String tag = "\"" + HexFormat.of().formatHex(Algorithm.SHA256.digest().digest(document)) + "\"";
        String held = request.conditions().ifNoneMatch();
        Reply reply = held != null && held.contains(tag) ? Reply.empty(304) : Reply.held(contentType, document);
        return reply.with("ETag", tag);
    }
}
