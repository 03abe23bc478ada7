package gateway.format;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Expands the download template of an upstream's config.json for one crate. */
record CargoDownload(String crate, String version) implements Origin.Template {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String CHECKSUM = "{sha256-checksum}";

    @Override
    public Optional<String> expand(byte[] config, @Nullable Link link) {
        Checksum.Known known = link == null ? null : link.checksum();
        return expand(config, known == null ? null : known.hex());
    }

    /**
     * Fills in the template; empty when the document holds none, or one that needs a digest that is not known.
     *
     * @param sha256 what the index says of this version, for the few upstreams whose template asks it
     */
    Optional<String> expand(byte[] config, @Nullable String sha256) {
        String template = template(config);
        if (template.isEmpty() || (sha256 == null && template.contains(CHECKSUM))) {
            return Optional.empty();
        }
        String expanded = template.replace("{crate}", crate)
                // Object stores behind a download host read a plain plus as a space.
                .replace("{version}", version.replace("+", "%2B"))
                .replace("{prefix}", Cargo.prefix(crate))
                .replace("{lowerprefix}", Cargo.prefix(crate.toLowerCase(Locale.ROOT)));
        return Optional.of(sha256 == null ? expanded : expanded.replace(CHECKSUM, sha256));
    }

    private static String template(byte[] config) {
        try {
            String dl = JSON.readTree(config).path("dl").asString("");
            return dl.isEmpty() || hasMarker(dl) ? dl : dl + "/{crate}/{version}/download";
        } catch (JacksonException e) {
            return "";
        }
    }

    private static boolean hasMarker(String dl) {
        return dl.contains("{crate}")
                || dl.contains("{version}")
                || dl.contains("{prefix}")
                || dl.contains("{lowerprefix}")
                || dl.contains(CHECKSUM);
    }
}
