package gateway.format;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One file of a project page, whichever form the page had.
 *
 * @param url absolute, without a fragment
 * @param fragment what follows the number sign in HTML, empty when there is nothing
 * @param hashes lower-case algorithm -> hex
 * @param attributes what else is said of it, by its names in HTML ({@code data-yanked}), decoded
 * @param size -1 when the page does not say
 */
record PyPiFile(
        String name,
        String url,
        String fragment,
        Map<String, String> hashes,
        Map<String, String> attributes,
        long size,
        @Nullable Instant published) {

    static final String CORE_METADATA = "core-metadata";
    static final String DIST_INFO_METADATA = "dist-info-metadata";
    private static final String DATA = "data-";
    private static final int KEY_LENGTH = 16;

    /** Reads a member of {@code files}, {@code urls} or {@code releases}; null when it cannot be served. */
    static @Nullable PyPiFile ofJson(JsonNode node, URI base) {
        String link = node.path("url").asString("");
        String url = PyPiUrls.absolute(base, link);
        String name = node.path("filename").asString("");
        if (url == null || !PyPiNames.isFile(name)) {
            return null;
        }
        Map<String, String> hashes = new LinkedHashMap<>();
        for (var hash : (node.has("hashes") ? node.path("hashes") : node.path("digests")).properties()) {
            hashes.put(hash.getKey().toLowerCase(Locale.ROOT), hash.getValue().asString(""));
        }
        String fragment = PyPiUrls.fragment(link);
        return new PyPiFile(
                name,
                url,
                fragment.isEmpty() ? fragment(hashes) : fragment,
                hashes,
                attributes(node),
                node.path("size").asLong(-1),
                instant(node.path("upload-time").asString("")));
    }

    /** Reads an anchor; null when it leads to no file. */
    static @Nullable PyPiFile ofAnchor(String href, String text, Map<String, String> data, URI base) {
        String url = PyPiUrls.absolute(base, href);
        if (url == null) {
            return null;
        }
        String segment = PyPiUrls.fileName(url);
        String name = PyPiNames.isDistribution(segment) ? segment : text.strip();
        if (!PyPiNames.isDistribution(name)) {
            return null;
        }
        String fragment = PyPiUrls.fragment(href);
        Map<String, String> hashes = new LinkedHashMap<>();
        for (String pair : fragment.split("&", -1)) {
            int equals = pair.indexOf('=');
            String algorithm = pair.substring(0, Math.max(0, equals)).toLowerCase(Locale.ROOT);
            known(algorithm, pair.substring(equals + 1)).ifPresent(known -> hashes.put(algorithm, known.hex()));
        }
        return new PyPiFile(name, url, fragment, hashes, data, -1, null);
    }

    /** Where this gateway serves it, below the mount and decoded. */
    String path(String project) {
        return "/files/" + project + "/" + key() + "/" + name;
    }

    /** Tells apart files of one name; it comes from the page alone, so that it is the same on every gateway. */
    String key() {
        String sha256 = known("sha256", hashes.getOrDefault("sha256", ""))
                .map(Checksum.Known::hex)
                .orElseGet(() -> HexFormat.of()
                        .formatHex(Algorithm.SHA256.digest().digest(url.getBytes(StandardCharsets.UTF_8))));
        return sha256.substring(0, KEY_LENGTH);
    }

    /** The file, and the siblings that clients find by adding to its URL. */
    void links(String project, Consumer<Link> links) {
        Coordinates coordinates = new Coordinates("pypi", project, PyPiNames.version(project, name));
        links.accept(new Link(path(project), url, checksum(), coordinates, size, published));
        String metadata = attributes.getOrDefault(
                DATA + CORE_METADATA, attributes.getOrDefault(DATA + DIST_INFO_METADATA, "false"));
        if (!metadata.equals("false")) {
            // The digest is of the metadata's bytes, not of the wheel's.
            Checksum.Known checksum = metadata.startsWith("sha256=")
                    ? known("sha256", metadata.substring("sha256=".length())).orElse(null)
                    : null;
            String suffix = ".metadata";
            links.accept(new Link(path(project) + suffix, url + suffix, checksum, coordinates, -1, published));
        }
        if (attributes.getOrDefault("data-gpg-sig", "").equals("true")) {
            links.accept(new Link(path(project) + ".asc", url + ".asc", null, coordinates, -1, published));
        }
    }

    private Checksum.@Nullable Known checksum() {
        Checksum.Known best = null;
        for (var hash : hashes.entrySet()) {
            Checksum.Known known = known(hash.getKey(), hash.getValue()).orElse(null);
            if (known != null && (best == null || best.algorithm().compareTo(known.algorithm()) < 0)) {
                best = known;
            }
        }
        return best;
    }

    private static Map<String, String> attributes(JsonNode node) {
        Map<String, String> attributes = new LinkedHashMap<>();
        copy(node, "requires-python", attributes);
        JsonNode yanked = node.path("yanked");
        if (yanked.isBoolean() ? yanked.booleanValue() : !yanked.asString("").isEmpty()) {
            attributes.put("data-yanked", yanked.isBoolean() ? "" : yanked.asString(""));
        }
        String metadata = metadata(node);
        if (!metadata.isEmpty()) {
            attributes.put(DATA + CORE_METADATA, metadata);
            attributes.put(DATA + DIST_INFO_METADATA, metadata);
        }
        if (node.path("gpg-sig").isBoolean()) {
            attributes.put("data-gpg-sig", Boolean.toString(node.path("gpg-sig").booleanValue()));
        }
        copy(node, "provenance", attributes);
        return attributes;
    }

    private static void copy(JsonNode node, String key, Map<String, String> attributes) {
        if (node.path(key).isString()) {
            attributes.put(DATA + key, node.path(key).asString());
        }
    }

    private static String metadata(JsonNode node) {
        for (String key : new String[] {CORE_METADATA, DIST_INFO_METADATA, DATA + DIST_INFO_METADATA}) {
            JsonNode value = node.path(key);
            if (value.isBoolean()) {
                return value.booleanValue() ? "true" : "";
            }
            if (value.isObject()) {
                Map<String, String> hashes = new LinkedHashMap<>();
                value.properties()
                        .forEach(hash ->
                                hashes.put(hash.getKey(), hash.getValue().asString("")));
                return hashes.isEmpty() ? "true" : fragment(hashes);
            }
        }
        return "";
    }

    /** HTML has room for one digest. */
    private static String fragment(Map<String, String> hashes) {
        String first = hashes.containsKey("sha256")
                ? "sha256"
                : hashes.keySet().stream().findFirst().orElse("");
        return first.isEmpty() ? "" : first + "=" + hashes.get(first);
    }

    private static Optional<Checksum.Known> known(String algorithm, String hex) {
        return Algorithm.of(algorithm).flatMap(ours -> Checksum.Known.ofHex(ours, hex));
    }

    private static @Nullable Instant instant(String text) {
        try {
            return text.isEmpty() ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
