package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A document of a registration: the list of a package's versions, a page of it, or one version.
 *
 * <p>Most feeds keep them all below one address. What a feed keeps elsewhere is served as a part of the document that
 * names it, and is one of that document's links.
 *
 * @param rest its path below the package's; of a part, the document's without its ending, then {@code /-/} and a digest
 */
record NuGetRegistration(NuGetResource hive, NuGetId id, String rest) implements LinkReader {

    /** A page that the list names, a version that the page names, and what the catalog says of it. */
    private static final String PARTS = "(?:/-/[0-9a-f]{16}){0,3}";

    private static final Pattern REST = Pattern.compile(
            "(?:[A-Za-z0-9][A-Za-z0-9._+-]{0,127}/){0,4}[A-Za-z0-9][A-Za-z0-9._+-]{0,127}" + PARTS + "\\.json");

    private static final Pattern PART = Pattern.compile("(?<whole>.+)/-/[0-9a-f]{16}\\.json");

    /** Whether a document of a registration can be called so. */
    static boolean isRest(String rest) {
        return REST.matcher(rest).matches();
    }

    /** Where it is served, below the mount. */
    String path() {
        return hive.path() + id.id() + "/" + rest;
    }

    /** Where a part of it is served, below the mount. */
    String part(String url) {
        return path().substring(0, path().length() - ".json".length()) + "/-/" + NuGetVulnerabilities.page(url)
                + ".json";
    }

    /** The document that names it; empty when its address follows from the feed's. */
    Optional<NuGetRegistration> whole() {
        Matcher part = PART.matcher(rest);
        return part.matches()
                ? Optional.of(new NuGetRegistration(hive, id, part.group("whole") + ".json"))
                : Optional.empty();
    }

    /** Links the parts. */
    @Override
    public void read(InputStream document, Source source, Consumer<Link> links) throws IOException {
        NuGetLinks ours = NuGetLinks.of(this, source.url(), source.url());
        JsonSplice json = JsonSplice.reader(document);
        json.document(key -> {
            switch (key) {
                case "items" ->
                    json.array(() -> json.object(member -> {
                        switch (member) {
                            case "@id" -> json.read(url -> ours.elsewhere(url).ifPresent(links));
                            case "items" -> json.array(() -> json.object(field -> leaf(json, field, ours, links)));
                            default -> json.drop();
                        }
                    }));
                case "catalogEntry" -> json.read(url -> ours.elsewhere(url).ifPresent(links));
                default -> json.drop();
            }
        });
    }

    private static void leaf(JsonSplice json, String field, NuGetLinks ours, Consumer<Link> links) throws IOException {
        if (field.equals("@id")) {
            json.read(url -> ours.elsewhere(url).ifPresent(links));
        } else {
            json.drop();
        }
    }

    Rendering rendering() {
        return new Rendering("links", NuGet.JSON, this::render);
    }

    /** One version at a time is held, whatever the size of the document. */
    private void render(InputStream document, LinkReader.Source source, URI base, OutputStream out) throws IOException {
        NuGetLinks links = NuGetLinks.of(this, source.url(), base);
        JsonSplice json = new JsonSplice(document, out);
        boolean list = rest.equals("index.json");
        json.document(key -> {
            switch (key) {
                case "@id" -> json.edit(links::self);
                case "parent", "registration" -> json.edit(url -> links.list(id, url));
                case "items" ->
                    json.array(() -> {
                        if (list) {
                            page(json, links);
                        } else {
                            json.exchange(leaf -> links.leaf(leaf));
                        }
                    });
                case "catalogEntry" -> json.exchange(entry -> links.entry(entry, version()));
                case "packageContent" -> json.edit(url -> links.content(url, version()));
                default -> json.keep();
            }
        });
    }

    private void page(JsonSplice json, NuGetLinks links) throws IOException {
        json.object(key -> {
            switch (key) {
                case "@id" -> json.edit(links::document);
                case "parent" -> json.edit(url -> links.list(id, url));
                case "items" -> json.array(() -> json.exchange(leaf -> links.leaf(leaf)));
                default -> json.keep();
            }
        });
    }

    /** The version of a leaf is the name of its document; of parts nobody can tell it. */
    private String version() {
        return rest.substring(rest.lastIndexOf('/') + 1, rest.length() - ".json".length());
    }
}
