package gateway.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** The forms of a packument that clients are given, each spliced out of the upstream's full document. */
record NpmDocument(NpmPackage of) {

    static final String JSON = "application/json";
    static final String ABBREVIATED = "application/vnd.npm.install-v1+json";

    private static final String ATTESTATIONS = "/-/npm/v1/attestations/";

    /** All of it, with the links led through this gateway. */
    Rendering full() {
        return new Rendering("full", JSON, (document, source, base, out) -> {
            JsonSplice json = new JsonSplice(document, out);
            json.document(key -> {
                if (key.equals("versions")) {
                    json.object(version -> version(json, version, base));
                }
            });
        });
    }

    /** What an installation needs. */
    Rendering abbreviated() {
        return new Rendering(
                "abbreviated",
                ABBREVIATED,
                (document, source, base, out) ->
                        new NpmAbbreviation(this, base, new JsonSplice(document, out)).write());
    }

    /** One version, named by its number or by a tag. */
    Rendering version(String reference) {
        return new Rendering(
                "version-" + reference,
                JSON,
                (document, source, base, out) -> new NpmManifest(this, reference, base, out).write(document));
    }

    /** The tags alone. */
    Rendering tags() {
        return new Rendering("dist-tags", JSON, (document, source, base, out) -> {
            var tags = new ByteArrayOutputStream();
            JsonSplice json = JsonSplice.reader(document);
            json.document(key -> {
                if (key.equals("dist-tags")) {
                    tags.reset();
                    json.divert(tags, json::keep);
                }
            });
            out.write(tags.size() == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : tags.toByteArray());
        });
    }

    /** Copies one version, with the links led through this gateway. */
    void version(JsonSplice json, String version, URI base) throws IOException {
        json.object(key -> {
            if (key.equals("dist")) {
                dist(json, version, base);
            }
        });
    }

    /** Copies the {@code dist} of one version, with the links led through this gateway. */
    void dist(JsonSplice json, String version, URI base) throws IOException {
        json.object(key -> {
            if (key.equals("tarball")) {
                json.edit(url -> of.tarball(version, url)
                        .map(path -> base + Origin.encode(path))
                        .orElse(url));
            } else if (key.equals("attestations")) {
                json.object(field -> {
                    if (field.equals("url")) {
                        json.edit(url -> attestations(url, base));
                    }
                });
            }
        });
    }

    /** npm resolves only the path of this URL, and against the registry's host, where a mount below a path is lost. */
    private static String attestations(String url, URI base) {
        int at = url.indexOf(ATTESTATIONS);
        return at < 0 ? url : base + url.substring(at);
    }
}
