package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes the repository's root document our own: what it offers of the upstream's is offered here, and nothing else. */
final class ComposerRoot {

    static final Rendering RENDERING = new Rendering("root", Composer.JSON, ComposerRoot::render);

    private ComposerRoot() {}

    private static void render(InputStream document, LinkReader.Source source, URI base, OutputStream out)
            throws IOException {
        Map<String, String> ours = Map.of(
                "metadata-url", base + Composer.metadata(),
                "search", base + Composer.SEARCH + "?q=%query%&type=%type%",
                "list", base + Composer.LIST,
                "providers-api", base + Composer.PROVIDERS + "%package%.json");
        Map<String, String> offered = new LinkedHashMap<>();
        ComposerDocument packages = new ComposerDocument("");
        JsonSplice json = new JsonSplice(document, out);
        json.document(
                key -> {
                    switch (key) {
                        case "packages" -> packages.packages(json, source, base);
                        case "available-packages", "available-package-patterns" -> json.keep();
                        case "info", "infos", "warning", "warnings", "info-versions", "warning-versions" -> json.keep();
                        case "security-advisories" -> advisories(json, base);
                        default -> {
                            if (ours.containsKey(key)) {
                                offered.put(key, ours.get(key));
                            }
                            // Mirrors, statistics, and the ways of Composer 1, which are pinned by digests.
                            json.drop();
                        }
                    }
                },
                () -> {
                    for (Map.Entry<String, String> offer : offered.entrySet()) {
                        json.add(offer.getKey(), JsonSplice.quote(offer.getValue()));
                    }
                });
    }

    private static void advisories(JsonSplice json, URI base) throws IOException {
        json.object(key -> {
            switch (key) {
                case "api-url" -> json.edit(url -> base + Composer.ADVISORIES);
                case "metadata", "query-all" -> json.keep();
                default -> json.drop();
            }
        });
    }
}
