package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answer to a search, whose links lead to a registration.
 *
 * @param hive as it is offered here
 */
record NuGetSearch(NuGetResource hive) {

    private static final JsonMapper JSON = new JsonMapper();

    Rendering rendering() {
        return new Rendering(hive.folder(), NuGet.JSON, this::render);
    }

    private void render(InputStream document, LinkReader.Source source, URI base, OutputStream out) throws IOException {
        JsonSplice json = new JsonSplice(document, out);
        json.document(key -> {
            switch (key) {
                case "@context" ->
                    json.object(inner -> {
                        if (inner.equals("@base")) {
                            json.edit(url -> base + hive.path());
                        }
                    });
                case "data" -> json.array(() -> json.exchange(found -> found(found, base)));
                default -> json.keep();
            }
        });
    }

    private String found(String text, URI base) {
        NuGetId id = NuGetLinks.tree(text) instanceof ObjectNode node
                ? NuGetId.of(node.path("id").asString("")).orElse(null)
                : null;
        if (id == null || !(NuGetLinks.tree(text) instanceof ObjectNode found)) {
            return text;
        }
        String registration = base + hive.path() + id.id() + "/";
        for (String key : new String[] {"@id", "registration"}) {
            if (found.path(key).isString()) {
                found.put(key, registration + "index.json");
            }
        }
        for (JsonNode version : found.path("versions")) {
            if (version instanceof ObjectNode object && object.path("@id").isString()) {
                String number = object.path("version").asString("").toLowerCase(Locale.ROOT);
                String plain = number.contains("+") ? number.substring(0, number.indexOf('+')) : number;
                object.put(
                        "@id",
                        registration + id.at(plain).map(NuGetId.Version::number).orElse(plain) + ".json");
            }
        }
        String icon = found.path("iconUrl").asString("");
        id.at(found.path("version").asString(""))
                .filter(of -> icon.toLowerCase(Locale.ROOT).endsWith("/" + of.place() + "icon"))
                .ifPresent(of -> found.put("iconUrl", base + of.flat() + "icon"));
        return JSON.writeValueAsString(found);
    }
}
