package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.Locale;

/**
 * A document of a registration: the list of a package's versions, a page of it, or one version.
 *
 * @param rest its path below the package's
 */
record NuGetRegistration(NuGetResource hive, NuGetId id, String rest) {

    Rendering rendering() {
        return new Rendering("links", NuGet.JSON, this::render);
    }

    /** One version at a time is held, whatever the size of the document. */
    private void render(InputStream document, LinkReader.Source source, URI base, OutputStream out) throws IOException {
        NuGetLinks links = new NuGetLinks(hive, theirs(source.url()), base);
        JsonSplice json = new JsonSplice(document, out);
        boolean list = rest.equals("index.json");
        json.document(key -> {
            switch (key) {
                case "@id", "parent", "registration" -> json.edit(links::registration);
                case "items" ->
                    json.array(() -> {
                        if (list) {
                            page(json, links);
                        } else {
                            json.exchange(leaf -> links.leaf(id, leaf));
                        }
                    });
                case "catalogEntry" -> json.exchange(entry -> links.entry(id, entry, version()));
                case "packageContent" -> json.edit(url -> links.content(id, url, version()));
                default -> json.keep();
            }
        });
    }

    private void page(JsonSplice json, NuGetLinks links) throws IOException {
        json.object(key -> {
            switch (key) {
                case "@id", "parent" -> json.edit(links::registration);
                case "items" -> json.array(() -> json.exchange(leaf -> links.leaf(id, leaf)));
                default -> json.keep();
            }
        });
    }

    /** The version of a leaf is the name of its document; of other documents nobody asks it. */
    private String version() {
        return rest.substring(rest.lastIndexOf('/') + 1, rest.length() - ".json".length());
    }

    /** The path of the upstream's registration, with the slash at the end; nothing that a path is when it cannot be told. */
    private String theirs(URI url) {
        String path = url.getPath();
        String below = "/" + id.id() + "/";
        int at = path.toLowerCase(Locale.ROOT).lastIndexOf(below + rest.toLowerCase(Locale.ROOT));
        return at < 0 ? "?" : path.substring(0, at + 1);
    }
}
