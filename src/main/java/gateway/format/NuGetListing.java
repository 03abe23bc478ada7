package gateway.format;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The documents of a feed whose packages are all held here.
 *
 * @param base public URL of the feed, without a trailing slash
 */
public record NuGetListing(URI base) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Clients of all ages look for some of these. */
    private static final List<NuGetResource> METADATA =
            List.of(NuGetResource.PLAIN, NuGetResource.GZIPPED, NuGetResource.SEMVER2);

    /**
     * A version of a package.
     *
     * @param about what {@link NuGetSpec} wrote; {@code {}} when nobody knows
     */
    public record Item(NuGetId.Version of, String about, Instant published) {}

    /** What there is, and where. */
    public byte[] service() {
        List<String> resources = new ArrayList<>();
        offer(resources, NuGetResource.FLAT.types(), "/download/");
        METADATA.forEach(hive -> offer(resources, hive.types(), "/metadata/"));
        offer(resources, NuGetResource.QUERY.types(), "/query");
        offer(resources, List.of("PackagePublish/2.0.0"), "");
        offer(resources, List.of("SymbolPackagePublish/4.9.0"), "/symbolpackage");
        return NuGetService.document(resources);
    }

    private void offer(List<String> resources, List<String> types, String path) {
        types.forEach(type -> resources.add(NuGetService.entry(type, base + path)));
    }

    /** All versions there are. */
    public byte[] versions(List<Item> items) {
        ObjectNode document = JSON.createObjectNode();
        ArrayNode versions = document.putArray("versions");
        sorted(items).forEach(item -> versions.add(item.of().number()));
        return JSON.writeValueAsBytes(document);
    }

    /** All that is known of all versions, on one page. */
    public byte[] registration(List<Item> items) {
        List<Item> sorted = sorted(items);
        String index = index(sorted.getFirst());
        String lower = sorted.getFirst().of().number();
        String upper = sorted.getLast().of().number();
        ObjectNode document = JSON.createObjectNode().put("@id", index).put("count", 1);
        ObjectNode page = document.putArray("items")
                .addObject()
                .put("@id", index + "#page/" + lower + "/" + upper)
                .put("@type", "catalog:CatalogPage")
                .put("count", sorted.size())
                .put("lower", lower)
                .put("upper", upper)
                .put("parent", index);
        ArrayNode leaves = page.putArray("items");
        sorted.forEach(item -> leaves.add(leaf(item)));
        return JSON.writeValueAsBytes(document);
    }

    /** All that is known of one version. */
    public byte[] version(Item item) {
        return JSON.writeValueAsBytes(leaf(item));
    }

    /**
     * An answer to a search.
     *
     * @param total packages that fit the question
     * @param found those of them that are told of, each with its versions
     */
    public byte[] found(int total, List<List<Item>> found) {
        ObjectNode document = JSON.createObjectNode().put("totalHits", total);
        ArrayNode data = document.putArray("data");
        found.forEach(items -> data.add(result(sorted(items))));
        return JSON.writeValueAsBytes(document);
    }

    private ObjectNode result(List<Item> sorted) {
        Item newest = sorted.getLast();
        ObjectNode result = entry(newest);
        result.remove("dependencyGroups");
        result.put("@id", index(newest)).put("@type", "Package").put("registration", index(newest));
        result.put("totalDownloads", 0).put("verified", false);
        ArrayNode versions = result.putArray("versions");
        sorted.forEach(item -> versions.addObject()
                .put("@id", url(item))
                .put("version", item.of().number())
                .put("downloads", 0));
        return result;
    }

    private ObjectNode leaf(Item item) {
        ObjectNode entry = entry(item);
        entry.put("@id", url(item)).put("@type", "PackageDetails").put("packageContent", content(item));
        entry.put("listed", true).put("published", item.published().toString());
        ObjectNode leaf = JSON.createObjectNode()
                .put("@id", url(item))
                .put("@type", "Package")
                .put("listed", true)
                .put("published", item.published().toString())
                .put("packageContent", content(item))
                .put("registration", index(item));
        leaf.set("catalogEntry", entry);
        return leaf;
    }

    private static ObjectNode entry(Item item) {
        ObjectNode entry = JSON.createObjectNode()
                .put("id", item.of().id().id())
                .put("version", item.of().number());
        if (JSON.readTree(item.about()) instanceof ObjectNode about) {
            entry.setAll(about);
        }
        return entry;
    }

    private String index(Item item) {
        return base + "/metadata/" + item.of().id().id() + "/index.json";
    }

    private String url(Item item) {
        return base + "/metadata/" + item.of().id().id() + "/" + item.of().number() + ".json";
    }

    private String content(Item item) {
        return base + "/download/" + item.of().place() + item.of().file();
    }

    private static List<Item> sorted(List<Item> items) {
        return items.stream().sorted(Comparator.comparing(Item::of)).toList();
    }
}
