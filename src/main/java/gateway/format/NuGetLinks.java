package gateway.format;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Leads the links of a registration's parts through this gateway.
 *
 * @param hive the registration as it is offered here
 * @param theirs the path of the upstream's, with the slash at the end
 * @param base URL of the mount
 */
record NuGetLinks(NuGetResource hive, String theirs, URI base) {

    private static final JsonMapper JSON = new JsonMapper();

    /** A document of the registration; whatever host names it, since feeds behind proxies know only one of theirs. */
    String registration(String url) {
        URI uri = uri(url);
        if (uri == null || uri.getRawPath() == null || !uri.getRawPath().startsWith(theirs)) {
            return url;
        }
        String fragment = uri.getRawFragment() == null ? "" : "#" + uri.getRawFragment();
        return base + hive.path() + uri.getRawPath().substring(theirs.length()) + fragment;
    }

    /** A package. */
    String content(NuGetId id, String url, String version) {
        return id.at(version)
                .or(() -> named(id, url))
                .map(of -> base + of.flat() + of.file())
                .orElse(url);
    }

    /** One version in a list, as JSON. */
    String leaf(NuGetId id, String json) {
        if (!(tree(json) instanceof ObjectNode leaf)) {
            return json;
        }
        JsonNode entry = leaf.path("catalogEntry");
        String version = entry.path("version").asString("");
        walk(
                id,
                version,
                leaf,
                entry.isString() ? entry.asString() : entry.path("@id").asString(""));
        return JSON.writeValueAsString(leaf);
    }

    /** What the catalog says of a version, or where it says it, as JSON. */
    String entry(NuGetId id, String json, String version) {
        JsonNode entry = tree(json);
        if (entry instanceof ObjectNode object) {
            walk(id, version, object, entry.path("@id").asString(""));
            return JSON.writeValueAsString(object);
        }
        return entry.isString()
                ? id.at(version)
                        .map(of -> JsonSplice.quote(base + of.catalog()))
                        .orElse(json)
                : json;
    }

    private void walk(NuGetId id, String version, ObjectNode node, String catalog) {
        for (String key : node.propertyNames().toArray(String[]::new)) {
            JsonNode value = node.path(key);
            if (value.isString()) {
                node.put(key, link(id, version, key, value.asString(), catalog));
            } else if (value instanceof ObjectNode object) {
                walk(id, version, object, catalog);
            } else if (value.isArray()) {
                for (JsonNode element : value) {
                    if (element instanceof ObjectNode object) {
                        walk(id, version, object, catalog);
                    }
                }
            }
        }
    }

    private String link(NuGetId id, String version, String key, String text, String catalog) {
        return switch (key) {
            case "@id", "catalogEntry" ->
                !catalog.isEmpty() && text.startsWith(catalog)
                        ? id.at(version)
                                .map(of -> base + of.catalog() + text.substring(catalog.length()))
                                .orElse(text)
                        : registration(text);
            case "registration", "parent" -> registration(text);
            case "packageContent" -> content(id, text, version);
            case "iconUrl", "readmeUrl", "licenseUrl" -> beside(id, version, text);
            default -> text;
        };
    }

    /** Icons and the like that stand in the flat container; any other is a web page. */
    private String beside(NuGetId id, String version, String url) {
        Optional<NuGetId.Version> of = id.at(version);
        String lower = url.toLowerCase(Locale.ROOT);
        for (String file : new String[] {"icon", "readme", "license"}) {
            if (of.isPresent() && lower.endsWith("/" + of.get().place() + file)) {
                return base + of.get().flat() + file;
            }
        }
        return url;
    }

    private static Optional<NuGetId.Version> named(NuGetId id, String url) {
        String file = url.substring(url.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        String before = id.id() + ".";
        String after = ".nupkg";
        return file.startsWith(before) && file.endsWith(after) && file.length() > before.length() + after.length()
                ? id.at(file.substring(before.length(), file.length() - after.length()))
                : Optional.empty();
    }

    static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            return JSON.nullNode();
        }
    }

    static @Nullable URI uri(String url) {
        try {
            return URI.create(url);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
