package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.Shelf;
import gateway.format.Algorithm;
import gateway.format.Checksum;
import gateway.project.PackageFile;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Manifests of versions, which are kept with the tarballs, and the packuments that are made of them. Each names its tarball
 * by the path that it has here.
 */
final class NpmManifests {

    private static final JsonMapper JSON = JsonMapper.shared();

    private NpmManifests() {}

    static ObjectNode read(String manifest) {
        return (ObjectNode) JSON.readTree(manifest);
    }

    /** The manifest with what this registry says of its tarball. */
    static String told(ObjectNode manifest, String name, String path, String sha1, String integrity) {
        manifest.put("_id", name + "@" + manifest.path("version").asString());
        ObjectNode dist = manifest.get("dist") instanceof ObjectNode known ? known : manifest.putObject("dist");
        dist.put("tarball", path);
        dist.put("shasum", sha1);
        dist.put("integrity", integrity);
        return JSON.writeValueAsString(manifest);
    }

    /**
     * The manifest of a tarball that was published, if the tarball is the one that it promises.
     *
     * @throws Failure with status 400 when it is another
     */
    static String promised(ObjectNode manifest, String name, String path, Shelf.Received tarball) {
        String sha1 = tarball.digest(Algorithm.SHA1);
        String shasum = manifest.path("dist").path("shasum").asString(sha1);
        if (!shasum.equalsIgnoreCase(sha1)) {
            throw new Failure(400, "dist.shasum is not that of the tarball, which is " + sha1, null, null);
        }
        Optional<Checksum.Known> integrity = Checksum.Known.ofIntegrity(
                manifest.path("dist").path("integrity").asString(""));
        integrity.ifPresent(promise -> {
            if (!promise.hex().equals(tarball.digest(promise.algorithm()))) {
                throw new Failure(
                        400, "dist.integrity is not that of the tarball; pack and publish it again", null, null);
            }
        });
        byte[] sha512 = HexFormat.of().parseHex(tarball.digest(Algorithm.SHA512));
        return told(manifest, name, path, sha1, "sha512-" + Base64.getEncoder().encodeToString(sha512));
    }

    /**
     * A packument in full.
     *
     * @param files with their manifests, oldest first, at least one
     * @param tags versions by tag
     */
    static byte[] packument(String name, List<PackageFile> files, Map<String, String> tags) {
        Map<String, PackageFile> versions = new LinkedHashMap<>();
        files.forEach(file -> versions.putIfAbsent(version(file), file));
        ByteArrayOutputStream packument = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(packument)) {
            json.writeStartObject();
            json.writeStringProperty("_id", name);
            // Nothing is refused here because of its revision, but npm will have one.
            json.writeStringProperty("_rev", "1");
            json.writeStringProperty("name", name);
            json.writeName("dist-tags");
            json.writePOJO(tagged(tags, versions.keySet()));
            json.writeName("versions");
            json.writeStartObject();
            versions.forEach((version, file) -> {
                json.writeName(version);
                json.writeRawValue(file.metadata());
            });
            json.writeEndObject();
            json.writeName("time");
            json.writePOJO(times(versions));
            json.writeEndObject();
        }
        return packument.toByteArray();
    }

    /** That of the file, also when neither its path nor an index told it. */
    private static String version(PackageFile file) {
        String version = file.version();
        return version != null
                ? version
                : read(Objects.requireNonNull(file.metadata())).path("version").asString();
    }

    /** Clients look for {@code latest} when nobody says a version: where nobody chose it, it is the highest. */
    private static Map<String, String> tagged(Map<String, String> tags, Set<String> versions) {
        Map<String, String> tagged = new TreeMap<>(tags);
        versions.stream()
                .map(NpmVersion::of)
                .max(NpmVersion.BY_WORTH)
                .ifPresent(highest -> tagged.putIfAbsent("latest", highest.text()));
        return tagged;
    }

    private static Map<String, String> times(Map<String, PackageFile> versions) {
        Map<String, String> times = new LinkedHashMap<>();
        Comparator<Instant> order = Comparator.naturalOrder();
        versions.values().stream()
                .map(PackageFile::createdAt)
                .min(order)
                .ifPresent(first -> times.put("created", first.toString()));
        versions.values().stream()
                .map(PackageFile::createdAt)
                .max(order)
                .ifPresent(last -> times.put("modified", last.toString()));
        versions.forEach((version, file) -> times.put(version, file.createdAt().toString()));
        return times;
    }
}
