package gateway.registry;

import gateway.project.PackageFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What composer is told of a version: its composer.json, and where its archive is. */
final class ComposerManifest {

    private static final JsonMapper JSON = JsonMapper.shared();

    private static final String FILE = "composer.json";
    private static final int MOST = 512 << 10;
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9](?:[_.-]?[a-z0-9]+)*/[a-z0-9](?:(?:[_.]|-{1,2})?[a-z0-9]+)*");

    private ComposerManifest() {}

    /**
     * Reads it from an archive, where it stands at the root, or in the one folder there.
     *
     * @throws IOException with what is wrong, for people
     */
    static ObjectNode read(InputStream archive) throws IOException {
        @Nullable ObjectNode found;
        try {
            found = find(archive);
        } catch (IllegalArgumentException e) {
            // From names that are no text.
            throw new IOException("it is broken", e);
        }
        if (found == null) {
            throw new IOException("there is no composer.json at the root of the repository");
        }
        String name = found.path("name").asString("");
        if (name.length() > 200 || !NAME.matcher(name).matches()) {
            throw new IOException("its composer.json has no name such as vendor/package, in lower case");
        }
        return found;
    }

    private static @Nullable ObjectNode find(InputStream archive) throws IOException {
        @Nullable ObjectNode found = null;
        ZipInputStream zip = new ZipInputStream(archive);
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            String name = entry.getName();
            boolean root = name.equals(FILE);
            if (root || (found == null && name.endsWith("/" + FILE) && name.indexOf('/') == name.lastIndexOf('/'))) {
                found = object(zip.readNBytes(MOST + 1));
                if (root) {
                    break;
                }
            }
        }
        return found;
    }

    private static ObjectNode object(byte[] json) throws IOException {
        if (json.length > MOST) {
            throw new IOException("its composer.json has more than 512 KiB");
        }
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw new IOException("its composer.json is no JSON: " + e.getOriginalMessage(), e);
        }
        throw new IOException("its composer.json is no JSON object");
    }

    /** With what is known of the commit, and without its archive. */
    static String of(ObjectNode manifest, String version, String reference, String time) {
        manifest.remove("version_normalized");
        manifest.put("version", version);
        manifest.put("time", time);
        manifest.putObject("dist").put("type", "zip").put("reference", reference);
        return JSON.writeValueAsString(manifest);
    }

    /** Of an archive that was pulled, whose commit nobody knows any more. */
    static String pulled(InputStream archive, PackageFile file) throws IOException {
        String version = String.valueOf(file.version());
        return of(read(archive), version, file.sha1(), file.createdAt().toString());
    }

    /** Complete: what was published is at the address that every client of such registries knows, all else at its path. */
    static ObjectNode told(PackageFile file, URI base) {
        ObjectNode manifest = (ObjectNode) JSON.readTree(file.metadata());
        ObjectNode dist = (ObjectNode) manifest.get("dist");
        String reference = dist.path("reference").asString();
        boolean published = file.path().endsWith("/" + reference + ".zip");
        dist.put("url", base + (published ? "/archives/" + file.packageName() + ".zip?sha=" + reference : file.path()));
        dist.put("shasum", file.sha1());
        return manifest;
    }
}
