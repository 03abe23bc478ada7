package gateway.web;

import gateway.project.RefusedException;
import gateway.project.Role;
import gateway.project.Scope;
import gateway.project.Visibility;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The fields of a JSON object that somebody sent; what is wrong with one fails with a {@link RefusedException}.
 *
 * @param within what leads to it from the outermost object, such as {@code things[1].}; empty for that itself
 */
record Fields(JsonNode json, String within) {

    /** Reads a request's body, which may be empty; refuses every field but these. */
    static Mono<Fields> of(ServerRequest request, List<String> known) {
        return request.bodyToMono(byte[].class)
                .map(bytes -> parse(bytes, known))
                .switchIfEmpty(Mono.fromSupplier(() -> parse(new byte[] {'{', '}'}, known)));
    }

    private static Fields parse(byte[] bytes, List<String> known) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(bytes);
        } catch (JacksonException e) {
            throw RefusedException.invalid("body", "is not JSON");
        }
        if (!json.isObject()) {
            throw RefusedException.invalid("body", "is not a JSON object");
        }
        return new Fields(json, "").only(known);
    }

    private Fields only(List<String> known) {
        for (String name : json.propertyNames()) {
            if (!known.contains(name)) {
                throw refused(name, "is not known here; known are " + String.join(", ", known));
            }
        }
        return this;
    }

    RefusedException refused(String name, String why) {
        return RefusedException.invalid(within + name, why);
    }

    boolean has(String name) {
        return json.has(name);
    }

    /** Whether it is there and no JSON null. */
    boolean says(String name) {
        return json.hasNonNull(name);
    }

    /** Null when it is absent; of a JSON null, empty text. */
    @Nullable
    String text(String name) {
        JsonNode value = json.get(name);
        if (value == null) {
            return null;
        }
        if (!value.isNull() && !value.isString()) {
            throw refused(name, "must be a text");
        }
        return value.isNull() ? "" : value.stringValue().strip();
    }

    /** The objects of a list; null when it is absent or a JSON null. */
    @Nullable
    List<Fields> items(String name, List<String> known) {
        JsonNode value = json.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isArray() || value.valueStream().anyMatch(item -> !item.isObject())) {
            throw refused(name, "must be a list of JSON objects");
        }
        return IntStream.range(0, value.size())
                .mapToObj(i -> new Fields(value.get(i), within + name + "[" + i + "].").only(known))
                .toList();
    }

    /** Null when it is absent; of a JSON null, nothing. */
    @Nullable
    List<String> texts(String name) {
        JsonNode value = json.get(name);
        if (value == null) {
            return null;
        }
        if (!value.isNull() && (!value.isArray() || value.valueStream().anyMatch(item -> !item.isString()))) {
            throw refused(name, "must be a list of texts");
        }
        // An empty list of what is allowed reads as "nothing", and would allow everything.
        if (value.isArray() && value.isEmpty()) {
            throw refused(name, "is empty; null takes the rules away");
        }
        return value.valueStream().map(JsonNode::stringValue).toList();
    }

    String required(String name) {
        String text = text(name);
        if (text == null || text.isEmpty()) {
            throw refused(name, "is missing");
        }
        return text;
    }

    boolean flag(String name, boolean otherwise) {
        Boolean flag = flag(name);
        return flag == null ? otherwise : flag;
    }

    @Nullable
    Boolean flag(String name) {
        JsonNode value = json.get(name);
        if (value == null) {
            return null;
        }
        if (!value.isBoolean()) {
            throw refused(name, "must be true or false");
        }
        return value.booleanValue();
    }

    long number(String name, long otherwise) {
        JsonNode value = json.get(name);
        if (value == null) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() <= 0) {
            throw refused(name, "must be a positive number");
        }
        return value.longValue();
    }

    Visibility visibility(Visibility otherwise) {
        String text = text("visibility");
        return text == null ? otherwise : constant(Visibility.class, "visibility", text);
    }

    Role role() {
        return constant(Role.class, "role", required("role"));
    }

    Set<Scope> scopes() {
        EnumSet<Scope> scopes = EnumSet.noneOf(Scope.class);
        JsonNode given = json.get("scopes");
        if (given != null) {
            if (!given.isArray()) {
                throw RefusedException.invalid("scopes", "must be a list");
            }
            given.forEach(scope -> scopes.add(constant(Scope.class, "scopes", scope.asString(""))));
        }
        return scopes;
    }

    /** Of a date its first moment in UTC. */
    @Nullable
    Instant time(String name) {
        String text = text(name);
        return text == null || text.isEmpty() ? null : time(name, text);
    }

    /** Of a date its first moment in UTC. */
    static Instant time(String name, String text) {
        try {
            return text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeParseException e) {
            throw RefusedException.invalid(name, "is not a date; write for example 2030-12-31");
        }
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String name, String text) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
                return constant;
            }
        }
        String known = List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT);
        throw RefusedException.invalid(name, "is not known here; known are " + known.substring(1, known.length() - 1));
    }
}
