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
 * Leads the links of a registration's document through this gateway.
 *
 * @param form the document as it is offered here
 * @param source the upstream's URL of the document
 * @param theirs the path of the upstream's registration, with the slash at the end; nothing that a path is when it cannot be told
 * @param base URL of the mount
 */
record NuGetLinks(NuGetRegistration form, URI source, String theirs, URI base) {

    private static final JsonMapper JSON = new JsonMapper();

    static NuGetLinks of(NuGetRegistration form, URI source, URI base) {
        String path = source.getPath();
        String below = "/" + form.id().id() + "/";
        int at = path.toLowerCase(Locale.ROOT).lastIndexOf(below + form.rest().toLowerCase(Locale.ROOT));
        return new NuGetLinks(form, source, at < 0 ? "?" : path.substring(0, at + 1), base);
    }

    /** The document's own address. */
    String self(String url) {
        return fetchable(url).map(uri -> base + form.path() + fragment(uri)).orElse(url);
    }

    /** The list of a package's versions. */
    String list(NuGetId of, String url) {
        return fetchable(url)
                .map(uri -> base + form.hive().path() + of.id() + "/index.json" + fragment(uri))
                .orElse(url);
    }

    /** A page of the list, or one version. */
    String document(String url) {
        return fetchable(url)
                .map(uri -> base
                        + below(uri).map(rest -> form.hive().path() + rest).orElseGet(() -> form.part(whole(uri)))
                        + fragment(uri))
                .orElse(url);
    }

    /** As a link, where the upstream keeps it elsewhere than its registration. */
    Optional<Link> elsewhere(String url) {
        return fetchable(url)
                .filter(uri -> below(uri).isEmpty())
                .map(uri -> new Link(form.part(whole(uri)), whole(uri), null, null, -1, null));
    }

    /** Its path in the registration; whatever host names it, since feeds behind proxies know only one of theirs. */
    private Optional<String> below(URI uri) {
        String path = uri.getRawPath();
        if (path == null || uri.getRawQuery() != null || !path.startsWith(theirs)) {
            return Optional.empty();
        }
        String below = path.substring(theirs.length());
        int id = below.indexOf('/');
        return id > 0 && NuGetRegistration.isRest(below.substring(id + 1)) ? Optional.of(below) : Optional.empty();
    }

    private Optional<URI> fetchable(String url) {
        return NpmPackage.fetchable(url, source).map(URI::create);
    }

    private static String fragment(URI uri) {
        return uri.getRawFragment() == null ? "" : "#" + uri.getRawFragment();
    }

    private static String whole(URI uri) {
        String url = uri.toString();
        return uri.getRawFragment() == null ? url : url.substring(0, url.indexOf('#'));
    }

    /** A package. */
    String content(String url, String version) {
        return form.id()
                .at(version)
                .or(() -> named(url))
                .map(of -> base + of.flat() + of.file())
                .orElse(url);
    }

    /** One version in a list, as JSON. */
    String leaf(String json) {
        if (!(tree(json) instanceof ObjectNode leaf)) {
            return json;
        }
        JsonNode entry = leaf.path("catalogEntry");
        String version = entry.path("version").asString("");
        String catalog = entry.isString() ? entry.asString() : entry.path("@id").asString("");
        String own = leaf.path("@id").asString("");
        walk(version, leaf, catalog);
        if (!own.isEmpty()) {
            leaf.put("@id", document(own));
        }
        return JSON.writeValueAsString(leaf);
    }

    /** What the catalog says of a version, or where it says it, as JSON. */
    String entry(String json, String version) {
        JsonNode entry = tree(json);
        if (entry instanceof ObjectNode object) {
            walk(version, object, entry.path("@id").asString(""));
            return JSON.writeValueAsString(object);
        }
        return entry.isString()
                ? JsonSplice.quote(form.id()
                        .at(version)
                        .map(of -> base + of.catalog())
                        .orElseGet(() -> document(entry.asString())))
                : json;
    }

    private void walk(String version, ObjectNode node, String catalog) {
        for (String key : node.propertyNames().toArray(String[]::new)) {
            JsonNode value = node.path(key);
            if (value.isString()) {
                node.put(key, link(node, version, key, value.asString(), catalog));
            } else if (value instanceof ObjectNode object) {
                walk(version, object, catalog);
            } else if (value.isArray()) {
                for (JsonNode element : value) {
                    if (element instanceof ObjectNode object) {
                        walk(version, object, catalog);
                    }
                }
            }
        }
    }

    private String link(ObjectNode node, String version, String key, String text, String catalog) {
        return switch (key) {
            case "@id", "catalogEntry" -> inCatalog(version, text, catalog);
            // Of a dependency, it is the other package's.
            case "registration", "parent" ->
                list(NuGetId.of(node.path("id").asString("")).orElse(form.id()), text);
            case "packageContent" -> content(text, version);
            case "iconUrl", "readmeUrl", "licenseUrl" -> beside(version, text);
            default -> text;
        };
    }

    private String inCatalog(String version, String text, String catalog) {
        return !catalog.isEmpty() && text.startsWith(catalog)
                ? form.id()
                        .at(version)
                        .map(of -> base + of.catalog() + text.substring(catalog.length()))
                        .orElse(text)
                : text;
    }

    /** Icons and the like that stand in the flat container; any other is a web page. */
    private String beside(String version, String url) {
        Optional<NuGetId.Version> of = form.id().at(version);
        String lower = url.toLowerCase(Locale.ROOT);
        for (String file : new String[] {"icon", "readme", "license"}) {
            if (of.isPresent() && lower.endsWith("/" + of.get().place() + file)) {
                return base + of.get().flat() + file;
            }
        }
        return url;
    }

    private Optional<NuGetId.Version> named(String url) {
        NuGetId id = form.id();
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
