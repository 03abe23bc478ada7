package gateway.format;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code dist} of a package version.
 *
 * <p>Versions of a minified document inherit it, and the same commit may get another version number tomorrow; so the path
 * under which an archive is served follows from the dist alone, and never names the version.
 *
 * @param node as the upstream has it
 * @param url absolute
 */
record ComposerDist(ObjectNode node, String url) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern REFERENCE = Pattern.compile("[0-9a-f]{7,64}");
    private static final Pattern KEY = Pattern.compile("(?:[0-9a-f]{7,64}(?:-[0-9a-f]{12})?|u[0-9a-f]{40})");
    private static final int SHASUM_SHOWN = 12;
    private static final int URL_SHOWN = 40;

    /** Clients choose how to unpack by it. */
    private static final String ENDINGS = "tar\\.(?:gz|bz2|xz)|tgz|tbz2|txz|zip|tar|gz|bz2|xz|rar|7z|phar|php";

    private static final Pattern ENDING = Pattern.compile(ENDINGS);
    private static final Pattern IN_URL = Pattern.compile("(?i).*?\\.(" + ENDINGS + ")");

    /** Reads it; empty when it is none, or none that is fetched by HTTP. */
    static Optional<ComposerDist> of(String json, URI document) {
        try {
            return JSON.readTree(json) instanceof ObjectNode node
                            && !node.path("type").asString("").equals("path")
                            && node.path("url").isString()
                    ? NpmPackage.fetchable(node.path("url").asString(), document)
                            .map(url -> new ComposerDist(node, url))
                    : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    static boolean isKey(String key) {
        return KEY.matcher(key).matches();
    }

    static boolean isEnding(String ending) {
        return ENDING.matcher(ending).matches();
    }

    /** Where an archive is served, below the mount. */
    static String path(ComposerPackage of, String key, String ending) {
        return "/dist/" + of.name() + "/" + key + "." + ending;
    }

    /** Where this one is served, below the mount. */
    String path(ComposerPackage of) {
        return path(of, key(), ending());
    }

    /** The SHA-1 that the archive must have; forges that pack at each download give none. */
    Optional<Checksum.Known> checksum() {
        return Checksum.Known.ofHex(Algorithm.SHA1, node.path("shasum").asString(""));
    }

    /** As the upstream has it, but fetched from elsewhere, and from nowhere else. */
    String servedAt(String other) {
        ObjectNode served = node.deepCopy();
        served.put("url", other);
        served.remove("mirrors");
        return JSON.writeValueAsString(served);
    }

    /** The commit, and what tells apart archives that were made of one commit at different times. */
    private String key() {
        String reference = node.path("reference").asString("").toLowerCase(Locale.ROOT);
        String shasum = checksum().map(Checksum.Known::hex).orElse("");
        if (REFERENCE.matcher(reference).matches()) {
            return shasum.isEmpty() ? reference : reference + "-" + shasum.substring(0, SHASUM_SHOWN);
        }
        byte[] unnamed = (url + "\n" + reference + "\n" + shasum).getBytes(StandardCharsets.UTF_8);
        return "u"
                + HexFormat.of()
                        .formatHex(Algorithm.SHA256.digest().digest(unnamed))
                        .substring(0, URL_SHOWN);
    }

    private String ending() {
        String path = URI.create(url).getRawPath();
        Matcher named = IN_URL.matcher(path.substring(path.lastIndexOf('/') + 1));
        if (named.matches()) {
            return named.group(1).toLowerCase(Locale.ROOT);
        }
        JsonNode type = node.path("type");
        return switch (type.asString("zip").toLowerCase(Locale.ROOT)) {
            case "tar" -> "tar";
            case "gzip" -> "gz";
            case "xz" -> "xz";
            case "rar" -> "rar";
            case "phar" -> "phar";
            case "file" -> "php";
            default -> "zip";
        };
    }
}
