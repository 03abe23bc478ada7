package gateway.registry;

import gateway.format.Algorithm;
import gateway.project.PackageFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads what a tarball says of itself, for those that nobody published here. */
final class NpmTarball {

    private static final String MANIFEST = "/package.json";
    /** Bytes unpacked before its manifest is found. */
    private static final long DEEPEST = 1L << 30;

    private NpmTarball() {}

    /**
     * The manifest of the version in a tarball, as the registry it comes from would tell it.
     *
     * @throws IOException when it has none
     */
    static String manifest(InputStream tarball, PackageFile file) throws IOException {
        MessageDigest sha512 = Algorithm.SHA512.digest();
        InputStream digesting = new DigestInputStream(tarball, sha512);
        ObjectNode manifest = read(digesting);
        digesting.transferTo(OutputStream.nullOutputStream());
        if (manifest == null || !manifest.path("version").isString()) {
            throw new IOException("there is no package.json in " + file.path());
        }
        String integrity = "sha512-" + Base64.getEncoder().encodeToString(sha512.digest());
        return NpmManifests.told(manifest, file.packageName(), file.path(), file.sha1(), integrity);
    }

    private static @Nullable ObjectNode read(InputStream in) throws IOException {
        // Not closed: what follows the manifest is digested all the same.
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(in));
        long passed = 0;
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            String name = entry.getName();
            passed += entry.getSize();
            if (passed > DEEPEST) {
                return null;
            }
            if (name.endsWith(MANIFEST) && name.indexOf('/') == name.length() - MANIFEST.length()) {
                return entry.getSize() > NpmUpload.LONGEST_MANIFEST ? null : object(tar.readAllBytes());
            }
        }
        return null;
    }

    private static @Nullable ObjectNode object(byte[] json) throws IOException {
        try {
            return JsonMapper.shared().readTree(json) instanceof ObjectNode object ? object : null;
        } catch (JacksonException e) {
            throw new IOException("its package.json is no JSON", e);
        }
    }
}
