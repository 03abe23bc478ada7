package gateway.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import gateway.cache.Explanation;
import gateway.cache.Mount;
import gateway.cache.PullThrough;
import gateway.cache.Request;
import gateway.format.Accept;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code GET /explain?path=/npm/lodash}: what that request would get now, and why. */
final class Explain {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .changeDefaultPropertyInclusion(all -> all.withValueInclusion(JsonInclude.Include.NON_NULL))
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private final Mounts mounts;
    private final PullThrough pullThrough;
    private final Guard guard;

    Explain(Mounts mounts, PullThrough pullThrough, Guard guard) {
        this.mounts = mounts;
        this.pullThrough = pullThrough;
        this.guard = guard;
    }

    Mono<ServerResponse> page(ServerRequest request) {
        String asked = request.queryParam("path").orElse("");
        if (asked.isEmpty()) {
            return plain(400, "say which path: /explain?path=/npm/lodash\n");
        }
        Target target;
        try {
            target = Target.parse(asked);
        } catch (Target.Malformed e) {
            return plain(400, e.getMessage() + "\n");
        }
        Mount mount = mounts.find(target.path()).orElse(null);
        if (mount == null) {
            return plain(404, ControlPlane.NOWHERE + "\n");
        }
        HttpHeaders sent = new DefaultHttpHeaders();
        request.headers().asHttpHeaders().forEach(sent::add);
        return guard.guards(mount)
                ? guard.admits(sent, true)
                        .flatMap(admitted -> admitted
                                ? explained(mount, target, request)
                                : plain(401, "this repository wants a token\n"))
                : explained(mount, target, request);
    }

    private Mono<ServerResponse> explained(Mount mount, Target target, ServerRequest request) {
        boolean text = request.queryParam("format")
                .map("text"::equals)
                .orElseGet(() ->
                        Accept.parse(request.headers().firstHeader("Accept")).names("text/plain"));
        return pullThrough
                .explain(Request.get(mount, Mounts.below(mount, target.path()), target.query()))
                .flatMap(explanation -> text
                        ? plain(200, text(explanation))
                        : ServerResponse.ok()
                                .contentType(MediaType.APPLICATION_JSON)
                                .bodyValue(JSON.writeValueAsString(explanation) + "\n"));
    }

    private static Mono<ServerResponse> plain(int status, String text) {
        return ServerResponse.status(status)
                .contentType(MediaType.parseMediaType("text/plain;charset=utf-8"))
                .bodyValue(text);
    }

    /** The same for a terminal: a line for each value. */
    private static String text(Explanation explanation) {
        StringBuilder text = new StringBuilder();
        lines(text, "", JSON.valueToTree(explanation));
        return text.toString();
    }

    private static void lines(StringBuilder text, String indent, JsonNode node) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            JsonNode value = field.getValue();
            if (value.isArray()) {
                for (JsonNode member : value) {
                    text.append(indent).append(field.getKey()).append('\n');
                    lines(text, indent + "  ", member);
                }
            } else if (value.isObject()) {
                text.append(indent).append(field.getKey()).append('\n');
                lines(text, indent + "  ", value);
            } else {
                // What clients and upstreams say may hold anything, and a terminal obeys some of it.
                String shown = value.asString().replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
                text.append(indent)
                        .append(field.getKey())
                        .append(" "
                                .repeat(Math.max(
                                        1, 18 - indent.length() - field.getKey().length())))
                        .append(shown)
                        .append('\n');
            }
        }
    }
}
