package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a service index offers.
 *
 * <p>Ours offers what the upstream has, under every alias that clients look for, and nothing that leads elsewhere: web
 * pages, pushing, the whole catalog; and the certificates of signatures, which clients demand over TLS or not at all.
 *
 * @param addresses type to URL, the first one of each
 */
record NuGetService(Map<String, String> addresses) {

    static final Rendering RENDERING = new Rendering("service", NuGet.JSON, NuGetService::render);

    /** An old gallery is what clients of V2 read. */
    private static final String GALLERY = "LegacyGallery/2.0.0";

    private static final String README = "ReadmeUriTemplate/6.13.0";

    static NuGetService read(InputStream document) throws IOException {
        Map<String, String> addresses = new LinkedHashMap<>();
        JsonSplice json = JsonSplice.reader(document);
        json.document(key -> {
            if (key.equals("resources")) {
                json.array(() -> resource(json, addresses));
            }
        });
        return new NuGetService(addresses);
    }

    private static void resource(JsonSplice json, Map<String, String> addresses) throws IOException {
        List<String> ids = new ArrayList<>();
        List<String> types = new ArrayList<>();
        json.object(key -> {
            switch (key) {
                case "@id" -> json.read(ids::add);
                case "@type" -> {
                    if (json.isArray()) {
                        json.array(() -> json.read(types::add));
                    } else {
                        json.read(types::add);
                    }
                }
                default -> json.drop();
            }
        });
        types.forEach(type -> ids.forEach(id -> addresses.putIfAbsent(type, id)));
    }

    /** Where it is; empty when it is not offered. */
    Optional<String> address(NuGetResource resource) {
        return first(resource.types()).or(() -> first(resource.instead()));
    }

    private Optional<String> first(List<String> types) {
        return types.stream().filter(addresses::containsKey).findFirst().map(addresses::get);
    }

    private static void render(InputStream document, LinkReader.Source source, URI base, OutputStream out)
            throws IOException {
        NuGetService theirs = read(document);
        List<String> resources = new ArrayList<>();
        for (NuGetResource resource : NuGetResource.values()) {
            if (theirs.address(resource).isPresent()) {
                resource.types().forEach(type -> resources.add(entry(type, base + resource.path())));
            }
        }
        if (theirs.addresses.containsKey(GALLERY)) {
            resources.add(entry(GALLERY, base + NuGetV2.PATH));
        }
        if (theirs.addresses.containsKey(README)) {
            resources.add(entry(README, base + "/v3/flat/{lower_id}/{lower_version}/readme"));
        }
        out.write(document(resources));
    }

    /** @param resources as {@link #entry} writes them */
    static byte[] document(List<String> resources) {
        String document = "{\"version\":\"3.0.0\",\"resources\":[\n" + String.join(",\n", resources) + "\n]}\n";
        return document.getBytes(StandardCharsets.UTF_8);
    }

    static String entry(String type, String url) {
        String since = type.endsWith("/Versioned") ? ",\"clientVersion\":\"4.3.0-alpha\"" : "";
        return "{\"@id\":" + JsonSplice.quote(url) + ",\"@type\":" + JsonSplice.quote(type) + since + "}";
    }
}
