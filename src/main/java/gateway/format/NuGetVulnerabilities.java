package gateway.format;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pages of the list of known vulnerabilities, which may stand anywhere.
 *
 * @param page what stands for a page's address in ours
 */
record NuGetVulnerabilities(String page) implements Origin.Template {

    static final Rendering RENDERING = new Rendering("pages", NuGet.JSON, NuGetVulnerabilities::render);

    private static void render(InputStream document, LinkReader.Source source, URI base, OutputStream out)
            throws IOException {
        JsonSplice json = new JsonSplice(document, out);
        json.elements(() -> json.object(key -> {
            if (key.equals("@id")) {
                json.edit(url -> base + "/v3/vulnerabilities/" + page(url) + ".json");
            }
        }));
    }

    @Override
    public Optional<String> expand(byte[] list, @Nullable Link link) {
        String[] found = new String[1];
        JsonSplice json = JsonSplice.reader(new ByteArrayInputStream(list));
        try {
            json.elements(() -> json.object(key -> {
                if (key.equals("@id")) {
                    json.read(url -> found[0] = page(url).equals(page) ? url : found[0]);
                }
            }));
            return Optional.ofNullable(found[0]).map(url -> URI.create(url).toString());
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What stands for an address of the upstream in one of ours. */
    static String page(String url) {
        byte[] digest = Algorithm.SHA256.digest().digest(url.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, 8);
    }
}
