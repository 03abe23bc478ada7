package gateway.format;

import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes the abbreviated form of one packument, out of its full form. */
final class NpmAbbreviation {

    // The registry's own short form has no "time". It is small, and it saves pnpm a second request, for the full form.
    private static final Set<String> KEPT = Set.of("name", "dist-tags");

    private static final Set<String> KEPT_OF_VERSION = Set.of(
            "name",
            "version",
            "deprecated",
            "dependencies",
            "devDependencies",
            "optionalDependencies",
            "peerDependencies",
            "peerDependenciesMeta",
            "bundleDependencies",
            "acceptDependencies",
            "bin",
            "directories",
            "engines",
            "os",
            "cpu",
            "libc",
            "funding",
            "_hasShrinkwrap");

    private static final Set<String> INSTALL_SCRIPTS = Set.of("preinstall", "install", "postinstall");

    private final NpmDocument document;
    private final URI base;
    private final JsonSplice json;

    private @Nullable String modified;
    private boolean saysModified;
    private boolean installs;
    private boolean saysInstalls;

    NpmAbbreviation(NpmDocument document, URI base, JsonSplice json) {
        this.document = document;
        this.base = base;
        this.json = json;
    }

    void write() throws IOException {
        json.document(this::member, () -> {
            if (modified != null && !saysModified) {
                json.add("modified", JsonSplice.quote(modified));
            }
        });
    }

    private void member(String key) throws IOException {
        switch (key) {
            case "versions" -> json.object(this::version);
            case "time" -> json.object(this::time);
            case "modified" -> saysModified = true;
            default -> {
                if (!KEPT.contains(key)) {
                    json.drop();
                }
            }
        }
    }

    private void time(String key) throws IOException {
        if (key.equals("modified")) {
            json.read(text -> modified = text);
        }
    }

    private void version(String version) throws IOException {
        installs = false;
        saysInstalls = false;
        json.object(key -> field(version, key), () -> {
            // The full form need not say it, and a client that knows only this form would run no scripts.
            if (installs && !saysInstalls) {
                json.add("hasInstallScript", "true");
            }
        });
    }

    private void field(String version, String key) throws IOException {
        switch (key) {
            case "dist" -> document.dist(json, version, base);
            case "hasInstallScript" -> saysInstalls = true;
            case "scripts" -> json.drop(script -> installs |= INSTALL_SCRIPTS.contains(script));
            default -> {
                if (!KEPT_OF_VERSION.contains(key)) {
                    json.drop();
                }
            }
        }
    }
}
