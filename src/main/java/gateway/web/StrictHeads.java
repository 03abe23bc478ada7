package gateway.web;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Finds heads that the codec takes and that a proxy in front may read differently (RFC 9112, sections 3.2 and 6.1). */
final class StrictHeads {

    private static final String NO_HOST = "/\\@?#,;<>\"";

    private StrictHeads() {}

    /** What is wrong with it; null when there is one way to read it. */
    static @Nullable String wrong(HttpRequest request) {
        HttpHeaders headers = request.headers();
        Iterator<String> hosts = headers.valueStringIterator(HttpHeaderNames.HOST);
        boolean old = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
        if (hosts.hasNext() ? !isHost(hosts.next()) || hosts.hasNext() : !old) {
            return "a request names its host once";
        }
        Iterator<String> codings = headers.valueStringIterator(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.hasNext()
                && (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.next()) || codings.hasNext())) {
            return "a body is chunked or has a length, and nothing else";
        }
        return null;
    }

    /** Whether it can be a host and a port; what matters is that nobody finds a path, a user or a second host in it. */
    private static boolean isHost(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || NO_HOST.indexOf(c) >= 0) {
                return false;
            }
        }
        return true;
    }
}
