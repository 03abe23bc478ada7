package gateway.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;

/**
 * Leads the archives of a package document through this gateway. A minified document stays minified: a {@code dist} that
 * versions inherit from the one before is served under one path anyway.
 *
 * @param folder added to the paths of archives, empty for none
 */
record ComposerDocument(String folder) implements Rendering.Renderer {

    static Rendering of(boolean dev) {
        return new Rendering("links", Composer.JSON, new ComposerDocument(dev ? "dev/" : ""));
    }

    @Override
    public void render(InputStream document, LinkReader.Source source, URI base, OutputStream out) throws IOException {
        JsonSplice json = new JsonSplice(document, out);
        json.document(key -> {
            if (key.equals("packages")) {
                packages(json, source, base);
            }
        });
    }

    /** The value of {@code packages}: lists of versions, or objects of versions, under the names of packages. */
    void packages(JsonSplice json, LinkReader.Source source, URI base) throws IOException {
        versions(
                json,
                (of, version) -> json.object(key -> {
                    switch (key) {
                        case "dist" ->
                            json.exchange(dist -> ComposerDist.of(dist, source.url())
                                    .map(read -> read.servedAt(base + under(folder, read.path(of))))
                                    .orElse(dist));
                        // Who installed what is for the upstream's statistics; clients would tell it directly.
                        case "notification-url" -> json.drop();
                        default -> json.keep();
                    }
                }));
    }

    /** What is done at each version of a package. */
    @FunctionalInterface
    interface Version {
        void at(ComposerPackage of, String key) throws IOException;
    }

    /** Walks through the versions of all packages; names that no package can have are passed by. */
    static void versions(JsonSplice json, Version visitor) throws IOException {
        json.object(name -> {
            ComposerPackage of = ComposerPackage.named(name).orElse(null);
            if (of == null) {
                json.keep();
            } else if (json.isArray()) {
                json.array(() -> visitor.at(of, ""));
            } else {
                json.object(version -> visitor.at(of, version));
            }
        });
    }

    private static String under(String folder, String path) {
        int file = path.lastIndexOf('/') + 1;
        return path.substring(0, file) + folder + path.substring(file);
    }
}
