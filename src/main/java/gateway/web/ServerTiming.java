package gateway.web;

import gateway.cache.Reply;
import gateway.cache.Source;
import io.netty.util.AsciiString;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * {@code Server-Timing} for who asks for it by a request header of that name, whatever its value: how the answer came
 * about, whose it is, and how long it took until its head was ready.
 */
record ServerTiming(boolean asked, long began) {

    static final AsciiString NAME = AsciiString.cached("Server-Timing");

    private static final ServerTiming UNASKED = new ServerTiming(false, 0);

    static ServerTiming of(HttpServerRequest request) {
        return request.requestHeaders().contains(NAME) ? new ServerTiming(true, System.nanoTime()) : UNASKED;
    }

    void tell(Reply reply, HttpServerResponse response) {
        if (!asked) {
            return;
        }
        StringBuilder value = new StringBuilder("cache;desc=\"")
                .append(reply.outcome().words())
                .append('"');
        Source source = reply.source();
        if (source != null && !source.hosted()) {
            value.append(", upstream;desc=\"")
                    .append(source.upstream().name().replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "_"))
                    .append('"');
        }
        long micros = (System.nanoTime() - began) / 1000;
        value.append(", total;dur=").append(micros / 1000.0);
        response.header(NAME, value);
    }
}
