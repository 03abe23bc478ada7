package gateway.web;

import gateway.cache.Reply;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;

/** Writes the head of a reply, whichever way it goes out. */
final class Head {

    private static final AsciiString CACHE_STATUS = AsciiString.cached("Cache-Status");
    static final AsciiString SECURITY_POLICY = AsciiString.cached("Content-Security-Policy");
    /** A page of a registry shows text and links, and runs nothing; its links may lead to downloads. */
    private static final AsciiString POLICY = AsciiString.cached("default-src 'none'; sandbox allow-downloads");

    private static final AsciiString TYPE_OPTIONS = AsciiString.cached("X-Content-Type-Options");
    private static final AsciiString NO_SNIFF = AsciiString.cached("nosniff");

    private Head() {}

    /**
     * Adds all headers.
     *
     * @param length of the body, negative when it is not known
     */
    static void write(Reply reply, long length, HttpHeaders headers) {
        reply.headers().forEach(headers::set);
        headers.set(CACHE_STATUS, reply.outcome().header());
        if (length >= 0) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, Long.toString(length));
        }
        // Whoever uploads to a registry chooses what a browser that follows a link to it here is shown.
        headers.set(TYPE_OPTIONS, NO_SNIFF);
        if (!reply.headers().containsKey(SECURITY_POLICY.toString())) {
            headers.set(SECURITY_POLICY, POLICY);
        }
    }
}
