package gateway.registry;

import gateway.support.StoreFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What npm packs and sends to publish a version. */
final class NpmPublication {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final String name;
    private final String version;
    private final byte[] tarball;
    private final ObjectNode body = JSON.createObjectNode();

    NpmPublication(String name, String version) {
        this(name, version, tarball(name, version));
    }

    NpmPublication(String name, String version, byte[] tarball) {
        this.name = name;
        this.version = version;
        this.tarball = tarball;
        body.put("_id", name).put("name", name).put("readme", "# read me");
        body.putObject("dist-tags").put("latest", version);
        ObjectNode manifest = body.putObject("versions").putObject(version);
        manifest.put("name", name).put("version", version).put("readme", "# read me");
        manifest.putObject("dependencies").put("other", "^1.0.0");
        manifest.putObject("scripts").put("postinstall", "node x.js").put("test", "node test.js");
        manifest.putObject("dist")
                .put("tarball", "http://somewhere.test/" + name + "/-/" + file())
                .put("shasum", StoreFiles.hex("SHA-1", tarball))
                .put("integrity", integrity());
        body.putObject("_attachments")
                .putObject(name + "-" + version + ".tgz")
                .put("content_type", "application/octet-stream")
                .put("data", Base64.getEncoder().encodeToString(tarball))
                .put("length", tarball.length);
    }

    /** Under another tag than {@code latest}. */
    NpmPublication tagged(String tag) {
        body.putObject("dist-tags").put(tag, version);
        return this;
    }

    ObjectNode body() {
        return body;
    }

    ObjectNode manifest() {
        return (ObjectNode) body.path("versions").path(version);
    }

    byte[] bytes() {
        return JSON.writeValueAsBytes(body);
    }

    byte[] tarball() {
        return tarball;
    }

    String integrity() {
        return "sha512-"
                + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(StoreFiles.hex("SHA-512", tarball)));
    }

    String file() {
        return name.substring(name.indexOf('/') + 1) + "-" + version + ".tgz";
    }

    static byte[] tarball(String name, String version) {
        return tarball(Map.of(
                "package/index.js",
                "module.exports = 1;\n",
                "package/package.json",
                "{\"name\":\"" + name + "\",\"version\":\"" + version
                        + "\",\"dependencies\":{\"other\":\"^1.0.0\"},\"bin\":\"index.js\"}"));
    }

    static byte[] tarball(Map<String, String> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(content.length);
                entry.setModTime(0L);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
