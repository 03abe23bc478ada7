package gateway.web;

import gateway.cache.Request;
import gateway.format.Accept;
import gateway.format.Ask;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.netty.http.server.HttpServerRequest;

/** What the pipeline heeds of a request that came in. */
final class Incoming {

    /** Headers of a passed-through request that mean something to a registry and nothing about the client. */
    private static final List<String> FORWARDED = List.of(
            "Accept",
            "Content-Type",
            "Content-Encoding",
            "Content-Length",
            "X-Checksum-Sha256",
            "X-Checksum-Sha1",
            "X-Checksum-Deploy");

    private Incoming() {}

    static Ask ask(String path, String query, HttpServerRequest request) {
        HttpHeaders headers = request.requestHeaders();
        return new Ask(
                request.method().name(),
                path,
                query,
                Accept.parse(headers.get("Accept")),
                headers.get("User-Agent", ""));
    }

    static Request.Conditions conditions(String query, HttpServerRequest request) {
        HttpHeaders headers = request.requestHeaders();
        return new Request.Conditions(
                headers.get("If-None-Match"),
                headers.get("If-Modified-Since"),
                headers.get("Range"),
                headers.get("If-Range"),
                headers.get("Cache-Control"),
                takesGzip(headers.get("Accept-Encoding")),
                bodied(request) || !query.isEmpty() ? forwarded(headers) : Map.of());
    }

    /** The subscriber owns the buffers. */
    static Flux<ByteBuf> body(HttpServerRequest request) {
        return bodied(request) ? request.receive().retain() : Flux.empty();
    }

    private static boolean bodied(HttpServerRequest request) {
        String method = request.method().name();
        return method.equals("POST") || method.equals("PUT");
    }

    private static Map<String, String> forwarded(HttpHeaders headers) {
        Map<String, String> forwarded = new HashMap<>();
        for (String name : FORWARDED) {
            String value = headers.get(name);
            if (value != null) {
                forwarded.put(name, value);
            }
        }
        return Map.copyOf(forwarded);
    }

    private static boolean takesGzip(@Nullable String header) {
        if (header == null) {
            return false;
        }
        for (String coding : header.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = coding.strip().split("\\s*;\\s*");
            if (parts[0].equals("gzip") || parts[0].equals("*")) {
                return parts.length == 1 || !parts[1].matches("q=0(\\.0*)?");
            }
        }
        return false;
    }
}
