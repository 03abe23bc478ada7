package gateway.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a revision consists of.
 *
 * @param digests path of a file -> its MD5 in hex
 */
record ConanManifest(Map<String, String> digests) {

    private static final String SOURCE = "export_source/";

    /** Reads the time, and a line for each file. */
    static ConanManifest of(byte[] bytes) throws IOException {
        String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\r?\n");
        Map<String, String> digests = new HashMap<>();
        if (lines.length == 0 || !lines[0].matches("\\d{1,19}")) {
            throw new IOException("a manifest that does not begin with a time");
        }
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].lastIndexOf(": ");
            Optional<Checksum.Known> digest =
                    colon <= 0 ? Optional.empty() : Checksum.Known.ofHex(Algorithm.MD5, lines[i].substring(colon + 2));
            if (digest.isEmpty()) {
                throw new IOException("a manifest with a line that is none: " + i);
            }
            digests.put(lines[i].substring(0, colon), digest.get().hex());
        }
        return new ConanManifest(digests);
    }

    /** The part of it that one archive holds, by the names that are in the archive. */
    Map<String, String> in(String archive) {
        Map<String, String> part = new HashMap<>();
        digests.forEach((path, digest) -> {
            boolean source = path.startsWith(SOURCE);
            switch (archive) {
                case "conan_sources" -> {
                    if (source) {
                        part.put(path.substring(SOURCE.length()), digest);
                    }
                }
                case "conan_export" -> {
                    if (!source && !path.equals("conanfile.py")) {
                        part.put(path, digest);
                    }
                }
                default -> {
                    if (!path.equals("conaninfo.txt")) {
                        part.put(path, digest);
                    }
                }
            }
        });
        return part;
    }
}
