package gateway.format;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads an address out of a repository's root document.
 *
 * @param key of the member that holds it
 * @param values what stands in place of markers
 * @param query raw, added at the end; empty for none
 */
record ComposerTold(String key, Map<String, String> values, String query) implements Origin.Template {

    /** A search, with what the client asks for in the places that the upstream has for it. */
    static ComposerTold search(Ask ask) {
        return new ComposerTold("search", Map.of("%query%", parameter(ask, "q"), "%type%", parameter(ask, "type")), "");
    }

    @Override
    public Optional<String> expand(byte[] root, @Nullable Link link) {
        String[] found = new String[1];
        JsonSplice json = JsonSplice.reader(new ByteArrayInputStream(root));
        try {
            json.document(member -> {
                if (member.equals(key)) {
                    json.read(text -> found[0] = text);
                } else if (member.equals("security-advisories")) {
                    json.object(inner -> {
                        if (inner.equals(key)) {
                            json.read(text -> found[0] = text);
                        }
                    });
                }
            });
        } catch (IOException e) {
            return Optional.empty();
        }
        return Optional.ofNullable(found[0]).map(this::filled).flatMap(ComposerTold::sound);
    }

    private String filled(String template) {
        String url = template;
        for (Map.Entry<String, String> value : values.entrySet()) {
            url = url.replace(value.getKey(), value.getValue());
        }
        return query.isEmpty() ? url : url + (url.contains("?") ? "&" : "?") + query;
    }

    private static Optional<String> sound(String url) {
        try {
            return Optional.of(URI.create(url).toString());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String parameter(Ask ask, String name) {
        return URLEncoder.encode(ask.parameter(name).orElse(""), StandardCharsets.UTF_8);
    }
}
