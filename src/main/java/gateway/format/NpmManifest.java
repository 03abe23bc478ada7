package gateway.format;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** Cuts one version out of a packument, named by its number or by a tag. */
final class NpmManifest {

    private static final int MOST_WAITING = 32 << 20;

    private final NpmDocument document;
    private final String reference;
    private final URI base;
    private final OutputStream out;

    // Some registries name the tags after the versions: those wait here, compressed, until it is known which is meant.
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

    private @Nullable String wanted;
    private boolean found;

    NpmManifest(NpmDocument document, String reference, URI base, OutputStream out) {
        this.document = document;
        this.reference = reference;
        this.base = base;
        this.out = out;
        this.wanted = NpmPackage.VERSION.matcher(reference).matches() ? reference : null;
    }

    void write(InputStream packument) throws IOException {
        scan(packument);
        if (!found && wanted != null && waiting.size() > 0) {
            scan(new InflaterInputStream(new ByteArrayInputStream(waiting.toByteArray())));
        }
        if (!found) {
            throw new Rendering.Absent("version not found: " + document.of().name() + "@" + reference);
        }
    }

    private void scan(InputStream in) throws IOException {
        JsonSplice json = JsonSplice.reader(in);
        json.document(key -> {
            if (key.equals("dist-tags") && wanted == null) {
                json.object(tag -> {
                    if (tag.equals(reference)) {
                        json.read(version -> wanted = version);
                    }
                });
            } else if (key.equals("versions") && wanted == null) {
                await(json);
            } else if (key.equals("versions")) {
                json.object(version -> pick(json, version));
            }
        });
    }

    private void pick(JsonSplice json, String version) throws IOException {
        if (version.equals(wanted) && !found) {
            found = true;
            json.divert(out, () -> document.version(json, version, base));
        }
    }

    private void await(JsonSplice json) throws IOException {
        waiting.reset();
        try (var compressed = new DeflaterOutputStream(waiting)) {
            compressed.write("{\"versions\":".getBytes(StandardCharsets.UTF_8));
            json.divert(
                    compressed,
                    () -> json.object(version -> {
                        if (waiting.size() > MOST_WAITING) {
                            throw new IOException("too many versions come before the tags of "
                                    + document.of().name());
                        }
                    }));
            compressed.write('}');
        }
    }
}
